import Foundation
import Jansson
import Testing

/// What guides show is true: manifests pass the schema, code stands in a plugin that is built and tested.
struct GuideTests {
  private static let guides = "Sources/PluginKit/Documentation.docc"

  @Test func `I3: every manifest in the guide to contribution points passes the schema`() throws {
    let samples = try Self.blocks("json", of: "\(Self.guides)/ContributionPoints.md")
    #expect(samples.count >= 6)
    let folder = NSTemporaryDirectory() + "esh-guide-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let base: JSONValue = [
      "manifestVersion": 1, "id": "notes", "version": "1.0.0", "title": "Notes", "library": "libNotesPlugin.so",
      "abi": ["major": 1, "minor": 0],
    ]
    var files: [String] = []
    for (index, sample) in samples.enumerated() {
      let manifest = base.merging(try JSONValue(parsing: sample))
      files.append("\(folder)/\(index).json")
      try manifest.text(indent: 2).write(toFile: files[index], atomically: true, encoding: .utf8)
    }
    let validator = """
      import json, sys
      import jsonschema
      check = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
      bad = [f"{name}: {error.json_path}: {error.message}" for name in sys.argv[2:]
             for error in check.iter_errors(json.load(open(name)))]
      print("\\n".join(bad)); sys.exit(1 if bad else 0)
      """
    let (status, output) = try run(["python3", "-c", validator, "Manifests/manifest.schema.json"] + files)
    #expect(status == 0, "\(output)")
  }

  @Test func `I3: every piece of C in the guide stands in the worked example`() throws {
    let example = try Repository.text("Plugins/Examples/Lockers/lockers.c")
    let pieces = try Self.blocks("c", of: "\(Self.guides)/TheCABI.md")
    #expect(pieces.count >= 5)
    for piece in pieces { #expect(example.contains(piece), "not in lockers.c:\n\(piece)") }
  }

  @Test func `I3: every piece of Swift in the guide to a first plugin stands in the package that esh plugin new makes`()
    throws
  {
    let sources = try Self.texts(under: "SDK/Templates/swift")
    // The guide's plugin has a name, the template has a word that is replaced by it.
    let pieces = try Self.blocks("swift", of: "\(Self.guides)/FirstPlugin.md").map {
      $0.replacing("class-notes", with: "my-sample").replacing("classNotes", with: "mySample")
        .replacing("ClassNotes", with: "MySample").replacing("class_notes", with: "my_sample")
    }
    #expect(pieces.count >= 5)
    for piece in pieces { #expect(sources.contains { $0.contains(piece) }, "in no file of the template:\n\(piece)") }
  }

  @Test func `I3: every piece of code in the guide to testing stands in a test`() throws {
    let sources = try Self.texts(under: "SDK/Templates") + Self.texts(under: "Tests/PluginTestingTests")
    let guide = "\(Self.guides)/Testing.md"
    let pieces = try Self.blocks("swift", of: guide) + Self.blocks("c", of: guide)
    #expect(pieces.count >= 9)
    for piece in pieces { #expect(sources.contains { $0.contains(piece) }, "in no test:\n\(piece)") }
  }

  @Test func `I3: the guides lead to each other, and to files that are there`() throws {
    let names = try Repository.files(under: Self.guides, endings: [".md"])
    #expect(names.count >= 6)
    for name in names {
      let words = try Repository.text(name).split { " ()<>`,;\n".contains($0) }
      for word in words where word.hasPrefix("doc:") {
        #expect(names.contains("\(Self.guides)/\(word.dropFirst(4)).md"), "\(name): \(word)")
      }
      for word in words where word.hasPrefix("Sources/") || word.hasPrefix("Plugins/") || word.hasPrefix("Manifests/") {
        let path = word.prefix { $0 != ":" }.drop { $0 == "/" }
        #expect(FileManager.default.fileExists(atPath: "\(Repository.root)/\(path)"), "\(name): \(path)")
      }
    }
  }

  private static func texts(under folder: String) throws -> [String] {
    try Repository.files(under: folder, endings: [".swift", ".c"]).map { try Repository.text($0) }
  }

  /// The fenced blocks of a language, without their fences.
  private static func blocks(_ language: String, of file: String) throws -> [String] {
    var (blocks, now): ([String], [Substring]?) = ([], nil)
    for line in try Repository.text(file).split(separator: "\n", omittingEmptySubsequences: false) {
      if let open = now {
        if line == "```" {
          blocks.append(open.joined(separator: "\n"))
          now = nil
        } else {
          now = open + [line]
        }
      } else if line == "```\(language)" {
        now = []
      }
    }
    return blocks
  }
}
