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
    let pieces = try Self.blocks("c", of: "\(Self.guides)/WritingInC.md")
    #expect(pieces.count >= 5)
    for piece in pieces { #expect(example.contains(piece), "not in lockers.c:\n\(piece)") }
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
