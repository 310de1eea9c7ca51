import Jansson
import JSONSchema
import ShellProtocol
import Testing

@testable import PluginHost

/// Holds the published schema, the strict decoder and the shipped manifests against each other.
struct ManifestSchemaTests {
  private func shipped() throws -> [Manifest] {
    let read = ManifestFolder.read([ManifestSample.folder])
    #expect(read.broken.map(\.description) == [])
    return read.manifests
  }

  @Test func `the host carries the published schema letter for letter`() throws {
    let bytes = try ManifestFolder.bytes(of: ManifestSample.folder + "/manifest.schema.json")
    #expect(String(decoding: bytes, as: UTF8.self) == ManifestSchema.text)
  }

  @Test func `the shipped manifests fit together`() throws {
    let manifests = try shipped()
    #expect(Set(manifests.map(\.id)).isSuperset(of: ["school", "max-platform", "sferum-binding"]))
    let catalog = ManifestSample.catalog(manifests)
    for plugin in catalog.plugins {
      #expect(plugin.state == .resolved, "\(plugin.id): \(plugin.error?.en ?? "")")
    }
    #expect(catalog.warnings == [])
  }

  @Test func `the shipped manifests have no errors and speak both languages`() throws {
    let manifests = try shipped()
    for manifest in manifests {
      #expect(manifest.file.hasSuffix("/\(manifest.id).json"))
      #expect(manifest.plainTexts == [])
      #expect(ManifestLint.findings(in: manifest, others: manifests).filter { $0.severity == .error } == [])
    }
  }

  @Test func `schema and decoder agree on mutated manifests, and nothing traps`() throws {
    var random = SeededNumbers(2)
    let samples = try shipped().map(\.json)
    var refused = 0
    for round in 0..<2_000 {
      var json = samples[round % samples.count]
      for _ in 0..<Int.random(in: 1...2, using: &random) { json = Mutation.mutate(json, &random) }
      let issues = ManifestSchema.compiled.validate(json)
      refused += issues.isEmpty ? 0 : 1
      do throws(ManifestError) {
        let manifest = try Manifest(decoding: json, file: "mutated.json")
        #expect(
          issues.isEmpty,
          "the decoder takes what the schema refuses: \(issues.map { $0.path + ": " + $0.en })")
        _ = manifest.selfContradictions()
        _ = ManifestLint.findings(in: manifest)
        exercise(ManifestSample.catalog([manifest]))
      } catch {
        // The schema of a command's parameters is checked by compiling it, which a schema cannot describe.
        let isInParameters = error.issues.allSatisfy { $0.pointer.contains("/params") }
        #expect(!issues.isEmpty || isInParameters, "the schema takes what the decoder refuses: \(error)")
      }
    }
    #expect((400..<1_900).contains(refused))
  }

  @Test func `patterns of the schema and the decoder's grammar accept the same names`() throws {
    let grammars: [(name: String, example: String, accepts: (String) -> Bool)] = [
      ("pluginId", "max-platform", ManifestGrammar.isPluginID),
      ("name", "school.v1.open", ManifestGrammar.isName),
      ("localId", "bind-Account.x", ManifestGrammar.isLocalID),
      ("contract", "a.b/12", ManifestGrammar.isContract),
      ("view", "max_v1_v2_x", ManifestGrammar.isView), ("version", "1.20.3", ManifestGrammar.isVersion),
      ("range", "^1.20", ManifestGrammar.isRange), ("icon", "bind-2", ManifestGrammar.isIcon),
      ("address", "https://a.*:*/b%20", ManifestGrammar.isAddress),
    ]
    let pieces = [
      "", "", "a", "B", "1", "0", "v1", "_v1_", "-", ".", "/", "_", "@", "*", ":", "http://", ">=", "^", "ё",
      " ", "\n", "%",
    ]
    let schema = try JSONValue(parsing: ManifestSchema.text)
    var random = SeededNumbers(3)
    for (name, example, accepts) in grammars {
      let compiled = try JSONSchema(try #require(schema["$defs"]?[name]))
      var accepted = 0
      for _ in 0..<2_000 {
        var letters = Array(example)
        for _ in 0..<Int.random(in: 0...2, using: &random) where !letters.isEmpty {
          let start = Int.random(in: 0..<letters.count, using: &random)
          let end = min(letters.count, start + Int.random(in: 0...2, using: &random))
          letters.replaceSubrange(start..<end, with: pieces[Int.random(in: 0..<pieces.count, using: &random)])
        }
        let text = String(letters)
        let fits = compiled.validate(JSONValue(text)).isEmpty
        accepted += fits ? 1 : 0
        #expect(fits == accepts(text), "\(name): '\(text)'")
      }
      #expect((100..<1_900).contains(accepted), "\(name) was hardly tried: \(accepted)")
      for count in [63, 64, 65, 127, 128, 129, 500, 501] {
        for text in [String(repeating: "a", count: count), "a." + String(repeating: "a", count: count - 2)] {
          #expect(compiled.validate(JSONValue(text)).isEmpty == accepts(text), "\(name), \(count) letters")
        }
      }
    }
  }

  /// Asks a catalog for everything that it can show.
  private func exercise(_ catalog: Catalog) {
    for locale in Locale.allCases {
      _ = catalog.startMenu(locale: locale) { catalog.defaultValue(of: $0) }
      _ = catalog.shortcuts(locale: locale) { catalog.defaultValue(of: $0) }
      _ = catalog.registries(locale: locale) { catalog.defaultValue(of: $0) }
    }
    _ = catalog.find(startMenu: ["Реестры", "Сферум", "Чаты"]) { catalog.defaultValue(of: $0) }
  }
}

/// One small change somewhere in a JSON value.
private enum Mutation {
  static func mutate(_ json: JSONValue, _ random: inout SeededNumbers) -> JSONValue {
    guard json.count > 0, Int.random(in: 0..<8, using: &random) > 0 else { return junk(json, &random) }
    if var elements = json.array {
      let index = Int.random(in: 0..<elements.count, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: elements.remove(at: index)
      case 1: elements.append(elements[index])
      default: elements[index] = mutate(elements[index], &random)
      }
      return JSONValue(elements)
    }
    var members = (json.members ?? []).map { ($0.key, $0.value) }
    guard !members.isEmpty else { return junk(json, &random) }
    let index = Int.random(in: 0..<members.count, using: &random)
    switch Int.random(in: 0..<10, using: &random) {
    case 0: members.remove(at: index)
    case 1: members[index].0 = names[Int.random(in: 0..<names.count, using: &random)]
    case 2: members.append((names[Int.random(in: 0..<names.count, using: &random)], junk(json, &random)))
    default: members[index].1 = mutate(members[index].1, &random)
    }
    return JSONValue(members: members)
  }

  private static let names = [
    "id", "title", "access", "when", "index", "command", "registry", "tab", "children", "params", "action",
    "default", "x",
    "", "a/b", "type", "icon", "arguments", "why", "reads", "background", "retry", "row", "limits",
    "selection",
  ]

  private static func junk(_ json: JSONValue, _ random: inout SeededNumbers) -> JSONValue {
    let values: [JSONValue] = [
      .null, true, 0, 1, -5, 1.0, 1e300, "", "x", "a.b", "school", "signedIn", "&&", "sferum.bound", "\u{0}",
      "ё", [],
      [:], ["ru": "а", "en": "b"], ["a"], [1], "refresh", "danger", "multiple", "user", "list",
      ["type": "object"],
      JSONValue(String(repeating: "д", count: 501)), json,
    ]
    return values[Int.random(in: 0..<values.count, using: &random)]
  }
}

/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
