import Foundation

/// The files of the repository, as the tests read them.
enum Repository {
  /// `ESH_ROOT` names it for a bundle that was built elsewhere.
  static let root: String = {
    if let given = ProcessInfo.processInfo.environment["ESH_ROOT"] { return given }
    return URL(fileURLWithPath: "\(#filePath)").deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
  }()

  /// Paths under `folder` with one of these endings, relative to the root, in order.
  static func files(under folder: String, endings: [String]) throws -> [String] {
    let start = "\(root)/\(folder)"
    guard FileManager.default.fileExists(atPath: start) else { return [] }
    return try FileManager.default.subpathsOfDirectory(atPath: start)
      .filter { path in endings.contains { path.hasSuffix($0) } && !path.split(separator: "/").contains(".build") }
      .map { "\(folder)/\($0)" }.sorted()
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
  }

  /// Everything written in Swift or C for the product and its tests.
  static func sources(_ folders: [String] = ["Sources", "Plugins", "Tests"]) throws -> [String] {
    try folders.flatMap { try files(under: $0, endings: [".swift", ".c", ".h"]) }
  }

  /// The modules that a Swift text imports.
  static func imports(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      var words = line.split(separator: " ").map(String.init)[...]
      while let first = words.first,
        first.hasPrefix("@") || ["package", "public", "internal", "private"].contains(first)
      {
        words = words.dropFirst()
      }
      guard words.first == "import", words.count > 1 else { return nil }
      words = words.dropFirst()
      if ["struct", "class", "enum", "func", "let", "var", "protocol", "typealias"].contains(words.first ?? "") {
        words = words.dropFirst()
      }
      return words.first.map { String($0.prefix { $0 != "." }) }
    }
  }
}
