import Foundation
import Testing

/// The SDK of plugin authors has of this repository what it needs, and nothing that it does not name.
struct SDKTests {
  private static let sources = "\(Repository.root)/SDK/Sources"

  /// The rooms that the SDK takes over, by links.
  private func rooms() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: Self.sources).filter { $0 != "EShLogging" }.sorted()
  }

  @Test func `I3: every room of the SDK is the repository's own, by a link that leads there`() throws {
    #expect(try rooms().count > 10)
    for room in try rooms() {
      let target = try FileManager.default.destinationOfSymbolicLink(atPath: "\(Self.sources)/\(room)")
      #expect(target == "../../Sources/\(room)")
      #expect(FileManager.default.fileExists(atPath: "\(Self.sources)/\(room)"), "\(room)")
    }
  }

  @Test func `I3: what the SDK's rooms import is in the SDK or of the system, and takes nothing from the network`()
    throws
  {
    let rooms = Set(try rooms())
    let allowed = rooms.union(["Logging", "Foundation"]).union(ImportTests.system)
    for room in rooms {
      for file in try Repository.files(under: "Sources/\(room)", endings: [".swift"]) {
        for module in Repository.imports(try Repository.text(file)) {
          #expect(allowed.contains(module), "\(file) imports \(module), which the SDK has not")
        }
      }
    }
    let package = try Repository.text("SDK/Package.swift")
    #expect(!package.contains("url:"))
    for room in rooms { #expect(package.contains("\"\(room)\""), "SDK/Package.swift does not name \(room)") }
  }

  @Test func `I3: the headers and the schema of the SDK are the repository's`() throws {
    for (name, original) in [
      ("include/shell_plugin.h", "Sources/CShellPlugin/include/shell_plugin.h"),
      ("include/shell_testing.h", "Sources/CPluginTesting/include/shell_testing.h"),
      ("manifest.schema.json", "Manifests/manifest.schema.json"),
    ] {
      #expect(try Repository.text("SDK/\(name)") == Repository.text(original))
    }
  }

  @Test func `I3: what a bench's header promises is what the bench answers`() throws {
    let header = try Repository.text("Sources/CPluginTesting/include/shell_testing.h")
    let code = try Repository.text("Sources/PluginTesting/PluginBench+Methods.swift")
    func methods(_ text: String, _ before: Character, _ after: Character) -> Set<String> {
      Set(
        text.split(separator: before).compactMap { piece in
          let name = piece.prefix { $0 != after }
          let isMethod = name.hasPrefix("bench/") && name.dropFirst(6).allSatisfy(\.isLetter) && name.count > 6
          return isMethod ? String(name) : nil
        })
    }
    let promised = methods(header, " ", " ")
    #expect(promised.count >= 12)
    #expect(promised == methods(code, "\"", "\""))
  }
}
