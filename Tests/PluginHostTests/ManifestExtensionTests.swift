import Jansson
import Testing
import WhenClause

@testable import PluginHost

/// Elements of one plugin in forms of another, as manifests declare them.
struct ManifestExtensionTests {
  private let book = try? ManifestSample.contributing(
    "book",
    ["windows": [["type": "book.page", "extensible": true, "shares": ["page"]], ["type": "book.cover"]]])

  private func remarks(_ id: String, _ members: JSONValue = .emptyObject) throws -> Manifest {
    let base: JSONValue = ["window": "book.page", "type": JSONValue("\(id).inPage")]
    return try ManifestSample.contributing(id, ["extensions": [base.merging(members)]])
  }

  @Test func `extensions of a form stand in order of their index, then of their plugins`() throws {
    let catalog = ManifestSample.catalog([
      try #require(book), try remarks("zebra", ["index": 5, "tab": "text"]), try remarks("moth"), try remarks("ant"),
    ])
    let found = catalog.extensions(of: "book.page")
    #expect(found.map(\.type) == ["zebra.inPage", "ant.inPage", "moth.inPage"])
    #expect(found.first?.tab == "text")
    #expect(catalog.window("book.page")?.shares == ["page"])
    #expect(catalog.owner(ofWindow: "moth.inPage") == "moth")
    #expect(catalog.window("moth.inPage") == nil)
  }

  @Test func `one that leads nowhere is left out with both names, and the rest of the plugin works`() throws {
    let absent = try remarks("ant", ["window": "gone.page"])
    let closed = try remarks("moth", ["window": "book.cover"])
    let catalog = ManifestSample.catalog([try #require(book), absent, closed])
    #expect(catalog.plugin("ant")?.state == .resolved)
    #expect(
      catalog.plugin("ant")?.leftOut.map(\.en) == [
        "plugin 'ant', /contributes/extensions/0/window: there is no window 'gone.page': its plugin is absent or "
          + "switched off"
      ])
    #expect(
      catalog.plugin("moth")?.leftOut.map(\.ru) == [
        "модуль «moth», /contributes/extensions/0/window: модуль «book» не разрешает дополнять окно «book.cover»"
      ])
    #expect(catalog.extensions(of: "book.cover").isEmpty)
  }

  @Test func `a plugin extends a form once, and owns the type as it owns a window's`() throws {
    let twice: JSONValue = [
      "extensions": [["window": "book.page", "type": "ant.one"], ["window": "book.page", "type": "ant.two"]]
    ]
    let error = #expect(throws: ManifestError.self) { try ManifestSample.contributing("ant", twice) }
    #expect(error?.issues.map(\.pointer) == ["/contributes/extensions/1/window"])
    let taken = ManifestSample.catalog([
      try #require(book), try remarks("ant"), try remarks("moth", ["type": "ant.inPage"]),
    ])
    #expect(taken.plugin("moth")?.state == .disabled)
  }

  @Test func `what nobody may extend shares nothing`() throws {
    let error = #expect(throws: ManifestError.self) {
      try ManifestSample.contributing("book", ["windows": [["type": "book.page", "shares": ["page"]]]])
    }
    #expect(error?.issues.map(\.pointer) == ["/contributes/windows/0/shares"])
  }

  @Test(arguments: [["window": "page"], ["tab": "Not a tab"], ["shares": []], ["index": "1"]] as [JSONValue])
  func `mistakes are named with their place`(members: JSONValue) throws {
    let error = #expect(throws: ManifestError.self) { try self.remarks("ant", members) }
    #expect(error?.issues.first?.pointer.hasPrefix("/contributes/extensions/0/") == true)
  }

  @Test func `the check remarks on forms that are not there or not shared`() throws {
    func said(_ window: String) throws -> [String] {
      ManifestLint.findings(
        in: try remarks("ant", ["window": JSONValue(window)]), others: [try #require(book)]
      ).map(\.description)
    }
    #expect(try said("book.page") == [])
    #expect(
      try said("book.cover") == [
        "warning: /contributes/extensions/0/window: the window 'book.cover' is not extensible"
      ])
    #expect(try said("gone.page").count == 1)
  }

  @Test func `conditions are compiled with the keys of the plugin`() throws {
    let keys: JSONValue = ["ant.awake": ["type": "boolean", "scope": "user"]]
    let manifest = try ManifestSample.manifest(
      "ant",
      [
        "contextKeys": keys,
        "contributes": ["extensions": [["window": "book.page", "type": "ant.inPage", "when": "ant.awake"]]],
      ])
    let rule = ManifestSample.catalog([try #require(book), manifest]).extensions(of: "book.page").first?.rule
    func verdict(_ awake: Bool) -> Catalog.Verdict? {
      rule?.verdict { .boolean($0 == "signedIn" || ($0 == "ant.awake" && awake)) }
    }
    #expect(verdict(true) == .allowed && verdict(false) == .unavailable)
    let broken = try remarks("moth", ["when": "moth.asleep"])
    #expect(ManifestSample.catalog([broken]).plugin("moth")?.state == .failed)
  }

  @Test func `code and manifest agree on the types of extensions`() throws {
    let manifest = try remarks("ant")
    #expect(manifest.differences(from: ["windows": ["ant.inPage"]]) == [])
    #expect(manifest.differences(from: .emptyObject) == ["the code has no window 'ant.inPage'"])
  }
}
