import Jansson
import Testing

@testable import PluginHost

/// Which plugins are used, in which order, and what is said of the others.
struct ManifestRequirementTests {
  private func plugin(
    _ id: String, needs: [String: String] = [:], contracts: [String] = [], provides: [String] = [],
    version: String = "1.0.0"
  ) throws -> Manifest {
    let ranges = JSONValue(needs.mapValues { JSONValue($0) })
    return try ManifestSample.manifest(
      id,
      [
        "version": JSONValue(version),
        "requires": ["plugins": ranges, "services": JSONValue(contracts.map { JSONValue($0) })],
        "provides": JSONValue(provides.map { JSONValue($0) }),
      ])
  }

  private func error(_ catalog: Catalog, _ id: String) -> String? { catalog.plugin(id)?.error?.en }

  @Test func `each plugin comes after those it requires, equal ones by id`() throws {
    let catalog = ManifestSample.catalog([
      try plugin("a", needs: ["d": ">=1"]), try plugin("b", contracts: ["auth/1"]), try plugin("c"),
      try plugin("d", needs: ["e": "^1.0"]), try plugin("e", provides: ["auth/1"]),
    ])
    #expect(catalog.loadOrder == ["c", "e", "b", "d", "a"])
    #expect(catalog.provider(of: "auth/1") == "e")
    #expect(catalog.provider(of: "auth/2") == nil)
    #expect(catalog.plugins.allSatisfy { $0.state == .resolved && $0.error == nil })
  }

  @Test func `a missing plugin holds back whoever needs it, with the chain, and nobody else`() throws {
    let catalog = ManifestSample.catalog([
      try plugin("a", needs: ["b": ">=1"]), try plugin("b", needs: ["c": ">=1"]), try plugin("z"),
    ])
    #expect(catalog.loadOrder == ["z"])
    #expect(error(catalog, "b") == "requires plugin 'c' >=1, which is not installed")
    #expect(error(catalog, "a") == "requires a → b: requires plugin 'c' >=1, which is not installed")
    #expect(catalog.plugin("a")?.state == .disabled)
  }

  @Test func `a version outside the range is told with both`() throws {
    let catalog = ManifestSample.catalog([
      try plugin("a", needs: ["b": "^2.0"]), try plugin("b", version: "1.3.0"),
    ])
    #expect(error(catalog, "a") == "requires plugin 'b' ^2.0, version 1.3.0 is installed")
    #expect(catalog.loadOrder == ["b"])
  }

  @Test func `a contract that nobody provides, or that a switched-off plugin provides`() throws {
    let manifests = [try plugin("a", contracts: ["auth/1"]), try plugin("b", provides: ["auth/1"])]
    #expect(
      error(ManifestSample.catalog([manifests[0]]), "a")
        == "requires contract 'auth/1', which nobody provides")
    let catalog = ManifestSample.catalog(manifests, disabled: ["b"])
    #expect(error(catalog, "a") == "requires a → b: the plugin is switched off")
    #expect(catalog.plugin("b")?.state == .disabled)
    #expect(catalog.plugin("b")?.error == nil)
  }

  @Test func `two providers of one contract are both held back, with those that need it`() throws {
    let catalog = ManifestSample.catalog([
      try plugin("a", provides: ["auth/1"]), try plugin("b", provides: ["auth/1"]),
      try plugin("c", contracts: ["auth/1"]), try plugin("d"),
    ])
    #expect(catalog.loadOrder == ["d"])
    #expect(error(catalog, "b") == "contract 'auth/1' is provided by several plugins: 'a', 'b'")
    #expect(
      error(catalog, "c") == "requires c → a: contract 'auth/1' is provided by several plugins: 'a', 'b'")
    #expect(catalog.provider(of: "auth/1") == nil)
  }

  @Test func `a circle holds back its members and those behind it`() throws {
    let catalog = ManifestSample.catalog([
      try plugin("a", needs: ["b": ">=1"]), try plugin("b", contracts: ["c/1"]),
      try plugin("c", needs: ["a": ">=1"], provides: ["c/1"]), try plugin("d", needs: ["a": ">=1"]),
      try plugin("e", needs: ["e": ">=1"]), try plugin("f"),
    ])
    #expect(catalog.loadOrder == ["f"])
    #expect(error(catalog, "a") == "plugins require each other: a → b → c → a")
    #expect(error(catalog, "c") == "plugins require each other: c → a → b → c")
    #expect(error(catalog, "d") == "requires d → a: plugins require each other: a → b → c → a")
    #expect(error(catalog, "e") == "plugins require each other: e → e")
  }

  @Test func `a plugin may require the contract that it provides`() throws {
    let catalog = ManifestSample.catalog([try plugin("a", contracts: ["x/1"], provides: ["x/1"])])
    #expect(catalog.loadOrder == ["a"])
  }

  @Test func `the order of adding does not matter`() throws {
    var random = SeededNumbers(5)
    let ids = (0..<12).map { "p\($0)" }
    var manifests: [Manifest] = []
    for (index, id) in ids.enumerated() {
      let needs = ids.indices.filter { $0 < index && Int.random(in: 0..<3, using: &random) == 0 }.map {
        ids[$0]
      }
      manifests.append(try plugin(id, needs: Dictionary(uniqueKeysWithValues: needs.map { ($0, ">=1") })))
    }
    let expected = ManifestSample.catalog(manifests).loadOrder
    #expect(expected.count == ids.count)
    for manifest in manifests {
      for (id, _) in manifest.requires.plugins {
        let (own, needed) = (expected.firstIndex(of: manifest.id), expected.firstIndex(of: id))
        #expect(try #require(needed) < #require(own))
      }
    }
    for _ in 0..<5 {
      #expect(ManifestSample.catalog(manifests.shuffled(using: &random)).loadOrder == expected)
    }
  }

  // MARK: States

  @Test func `a name of two plugins stays with the first by id, and both are named`() throws {
    let text = ManifestSample.text("а", "a")
    let contributions: [(JSONValue, String)] = [
      (["contributes": ["commands": [["id": "x.y", "title": text]]]], "command 'x.y'"),
      (["contributes": ["windows": [["type": "x.y"]]]], "window 'x.y'"),
      (["contributes": ["registries": [["id": "r", "title": text]]]], "registry 'r'"),
      (["contributes": ["tabs": [["registry": "r", "id": "t", "title": text]]]], "tab 'r/t'"),
      (["contributes": ["services": [["name": "x.y"]]]], "service 'x.y'"),
      (["contributes": ["jobs": [["name": "x.y"]]]], "job 'x.y'"),
      (["publishes": ["events": ["x.y"]]], "event 'x.y'"),
      (["contextKeys": ["x.y": ["type": "string", "scope": "all"]]], "context key 'x.y'"),
      (["contributes": ["shortcuts": [["id": "s", "title": text, "command": "shell.x"]]]], "shortcut 's'"),
      (["contributes": ["startMenu": [["id": "s", "title": text, "command": "shell.x"]]]], "menu item 's'"),
    ]
    for (members, name) in contributions {
      let catalog = ManifestSample.catalog([
        try ManifestSample.manifest("second", members), try ManifestSample.manifest("first", members),
      ])
      #expect(catalog.loadOrder == ["first"])
      #expect(error(catalog, "second") == "\(name) is declared by 'first' and by 'second'")
      #expect(catalog.plugin("second")?.state == .disabled)
    }
    let tables = try ["a", "b"].map { id in
      let tab: JSONValue = ["registry": "r", "id": JSONValue(id), "title": text, "table": "x.rows"]
      return try ManifestSample.contributing(id, ["tabs": [tab]])
    }
    #expect(error(ManifestSample.catalog(tables), "b") == "table 'x.rows' is declared by 'a' and by 'b'")
  }

  @Test func `a broken manifest, a broken clause and a quarantine are listed as failed`() throws {
    let text = ManifestSample.text("а", "a")
    var builder = CatalogBuilder()
    builder.add(try ManifestSample.manifest("good"))
    builder.add(try ManifestSample.manifest("crashed"))
    builder.add(
      try ManifestSample.contributing(
        "clause", ["registries": [["id": "r", "title": text, "access": "roles"]]]))
    do throws(ManifestError) {
      builder.add(try Manifest(parsing: Array("{".utf8), file: "/etc/manifests/torn.json"))
    } catch {
      builder.add(broken: error)
    }
    builder.exclude("crashed", because: .init(ru: "карантин", en: "quarantined"))
    let catalog = builder.build()

    #expect(catalog.plugins.map(\.id) == ["clause", "crashed", "good", "torn"])
    #expect(catalog.plugins.map(\.state) == [.failed, .failed, .resolved, .failed])
    #expect(error(catalog, "crashed") == "quarantined")
    #expect(error(catalog, "torn")?.hasPrefix("torn.json: not JSON") == true)
    #expect(
      error(catalog, "clause")
        == "clause.json: /contributes/registries/0/access: in the when-clause: column 1: 'roles' is a list; "
        + "a condition that stands alone is a boolean")
    #expect(catalog.loadOrder == ["good"])
  }

  @Test func `of two manifests of one id the first stays`() throws {
    let catalog = ManifestSample.catalog([try plugin("a"), try plugin("a", version: "2.0.0")])
    #expect(catalog.plugin("a")?.manifest?.version == SemanticVersion(1, 0, 0))
    #expect(catalog.warnings.count == 1)
  }
}
