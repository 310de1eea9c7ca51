import PluginKit

/// What is wrong with a command's arguments, gathered so that a form marks all of its fields at once.
struct Objections {
  private(set) var issues: [PluginError.Issue] = []

  mutating func add(_ argument: String, _ message: Text) {
    issues.append(PluginError.Issue(path: "/\(argument)", message))
  }

  /// Throws when there is something wrong.
  func raise() throws(PluginError) {
    guard let first = issues.first else { return }
    throw PluginError("params.invalid", first.message, code: -32602, issues: issues)
  }
}

extension PluginError {
  /// A rule of the roster says no; the message can be shown to a person.
  static func refused(_ kind: String, _ message: Text, data: JSONValue? = nil) -> PluginError {
    PluginError("school.\(kind)", message, data: data)
  }
}
