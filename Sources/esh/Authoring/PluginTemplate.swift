import Terminal

/// A plugin's package as the SDK has it, called my-sample, and how it becomes somebody's own.
struct PluginTemplate {
  enum Language: String, CaseIterable { case swift, c }

  /// What a package builds and runs against.
  struct Places {
    let sdk: String
    /// Folder of libEShTesting.so, for tests in C.
    let testing: String
    let esh: String
    let manifests: String
    let plugins: String
  }

  let language: Language
  let name: PluginName
  let places: Places

  /// In Swift the name becomes a module's, and there may be one of each: not Swift's own, nor one of the SDK.
  func refuseTakenModule() throws(HostError) {
    let system: Set = [
      "Cxx", "Dispatch", "Distributed", "Foundation", "FoundationEssentials", "Glibc", "Observation", "Swift",
      "Synchronization", "Testing", "XCTest",
    ]
    guard language == .swift else { return }
    guard !system.contains(name.type), !(try FileTree.names(in: "\(places.sdk)/Sources")).contains(name.type) else {
      throw HostError(
        ru: "«\(name.id)»: модуль Swift «\(name.type)» уже есть; возьмите другое имя",
        en: "'\(name.id)': there is a Swift module '\(name.type)' already; take another name")
    }
  }

  /// Makes the package: paths of its files, relative to `folder`, in order.
  func make(in folder: String) throws(HostError) -> [String] {
    let template = "\(places.sdk)/Templates/\(language.rawValue)"
    if FileTree.exists(folder) {
      guard FileTree.isFolder(folder) else {
        throw HostError(ru: "\(folder): это не папка", en: "\(folder): this is no folder")
      }
      guard try FileTree.names(in: folder).isEmpty else {
        throw HostError(
          ru: "\(folder): папка не пуста; выберите другую: --directory",
          en: "\(folder): the folder is not empty; choose another one: --directory")
      }
    }
    var made: [String] = []
    for file in try FileTree.files(under: template) {
      let place = adapted(file).replacing("dot-", with: ".", maxReplacements: file.hasPrefix("dot-") ? 1 : 0)
      try FileTree.write(adapted(try FileTree.text(of: "\(template)/\(file)")), to: "\(folder)/\(place)")
      made.append(place)
    }
    // For editors that complete JSON.
    let schema = "manifests/manifest.schema.json"
    try FileTree.write(try FileTree.text(of: "\(places.sdk)/manifest.schema.json"), to: "\(folder)/\(schema)")
    return (made + [schema]).sorted()
  }

  /// A text of the template with the plugin's own names in it.
  private func adapted(_ text: String) -> String {
    let words = [
      ("my-sample", name.id), ("mySample", name.word), ("MySample", name.type), ("my_sample", name.prefix),
      ("@ESH_SDK@", places.sdk), ("@ESH_TESTING@", places.testing), ("@ESH_MANIFESTS@", places.manifests),
      ("@ESH_PLUGINS@", places.plugins), ("@ESH@", places.esh),
    ]
    // One pass: a plugin may be called my-sample-2.
    var result = ""
    var rest = text[...]
    while !rest.isEmpty {
      if let (word, own) = words.first(where: { rest.utf8.starts(with: $0.0.utf8) }) {
        result += own
        rest = rest.dropFirst(word.count)
      } else {
        let plain = rest.dropFirst().prefix { !"mM@".contains($0) }
        result += rest[..<plain.endIndex]
        rest = rest[plain.endIndex...]
      }
    }
    return result
  }
}
