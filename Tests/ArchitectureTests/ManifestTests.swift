import Foundation
import Jansson
import Testing

/// Every manifest that we ship is what its schema says.
struct ManifestTests {
  @Test func `the schema is JSON Schema 2020-12 and refuses unknown members`() throws {
    let schema = try JSONValue(parsing: Repository.text("Manifests/manifest.schema.json"))

    #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
    #expect(schema["additionalProperties"] == false)
  }

  @Test func `every manifest has its name, its library, and only members that the schema knows`() throws {
    let schema = try JSONValue(parsing: Repository.text("Manifests/manifest.schema.json"))
    let known = Set((schema["properties"]?.members ?? []).map(\.key))
    let required = (schema["required"]?.array ?? []).compactMap(\.string)
    let files = try manifests()
    #expect(!files.isEmpty)

    for file in files {
      let manifest = try JSONValue(parsing: Repository.text(file))
      let members = Set((manifest.members ?? []).map(\.key))

      #expect(members.subtracting(known) == [], "\(file)")
      for name in required { #expect(members.contains(name), "\(file) lacks \(name)") }
      let id = try #require(manifest["id"]?.string)
      #expect(file == "Manifests/\(id).json")
      let folder = id.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
      #expect(manifest["library"]?.string == "lib\(folder)Plugin.so")
      #expect(FileManager.default.fileExists(atPath: "\(Repository.root)/Plugins/\(folder)/Entry"), "\(file)")
    }
  }

  @Test func `every manifest passes a validator that we did not write`() throws {
    let validator = """
      import json, sys
      import jsonschema
      schema = json.load(open(sys.argv[1]))
      check = jsonschema.Draft202012Validator(schema)
      check.check_schema(schema)
      bad = [f"{name}: {error.json_path}: {error.message}" for name in sys.argv[2:]
             for error in check.iter_errors(json.load(open(name)))]
      print("\\n".join(bad)); sys.exit(1 if bad else 0)
      """
    let (status, output) = try run(
      ["python3", "-c", validator, "Manifests/manifest.schema.json"] + manifests())
    #expect(status == 0, "\(output)")
  }

  @Test func `strings for people are in both languages`() throws {
    for file in try manifests() {
      try walk(JSONValue(parsing: Repository.text(file)), file)
    }
  }

  private func walk(_ value: JSONValue, _ place: String) throws {
    for (key, member) in value.members ?? [] {
      // Names of parameters, not of texts.
      if key == "properties" { continue }
      if ["title", "label", "description", "why"].contains(key), member.isObject {
        #expect(member["ru"]?.string?.isEmpty == false, "\(place)/\(key)")
        #expect(member["en"]?.string?.isEmpty == false, "\(place)/\(key)")
      }
      try walk(member, "\(place)/\(key)")
    }
    for (index, element) in (value.array ?? []).enumerated() { try walk(element, "\(place)/\(index)") }
  }

  private func manifests() throws -> [String] {
    try Repository.files(under: "Manifests", endings: [".json"]).filter { !$0.hasSuffix("manifest.schema.json") }
  }
}

/// Runs a command in the repository's folder: its status, and both of its streams.
func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = arguments
  process.currentDirectoryURL = URL(fileURLWithPath: Repository.root)
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}
