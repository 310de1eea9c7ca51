import Jansson

extension Manifest {
  /// Where a plugin's code and its manifest disagree; empty when they do not.
  ///
  /// Both must name the same commands, windows (those that extend others' included), services and jobs. Code handles exactly the events that the
  /// manifest says it handles. Tables may be answered by calls, so only a source that nobody could ask for in
  /// the plugin's name is wrong.
  func differences(from description: JSONValue) -> [String] {
    let lists: [(word: String, manifest: [String], code: JSONValue?)] = [
      ("command", contributes.commands.map(\.id), description["commands"]),
      ("window", contributes.windows.map(\.type) + contributes.extensions.map(\.type), description["windows"]),
      ("service", contributes.services.map(\.name), description["services"]),
      ("event", contributes.events, description["events"]),
      ("job", contributes.jobs.map(\.name), description["jobs"]),
    ]
    return lists.flatMap { word, manifest, code -> [String] in
      let manifest = Set(manifest)
      let code = Set((code?.array ?? []).compactMap(\.string))
      return manifest.subtracting(code).sorted().map { "the code has no \(word) '\($0)'" }
        + code.subtracting(manifest).sorted().map { "the manifest does not name \(word) '\($0)'" }
    }
  }
}
