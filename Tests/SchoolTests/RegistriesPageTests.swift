import Foundation
import PluginKit
import Testing

/// The administrators' page about the registries names what is there.
@Suite struct RegistriesPageTests {
  private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test func `every command and event on the page about the registries is in the manifest`() throws {
    let page = try text("Plugins/School/Documentation.docc/Registries.md")
    let manifest = try JSONValue(parsing: text("Manifests/school.json"))
    let commands = (manifest["contributes"]?["commands"]?.array ?? []).compactMap { $0["id"]?.string }
    let events = (manifest["publishes"]?["events"]?.array ?? []).compactMap(\.string)
    let known = Set(commands + events)

    let named = page.matches(of: /`(school\.[A-Za-z0-9.]+)`/).map { String($0.1) }
    #expect(named.filter { !known.contains($0) } == [])
    #expect(Set(named).count > 20)
  }

  @Test func `every button on the page about the registries stands in a toolbar`() throws {
    let page = try text("Plugins/School/Documentation.docc/Registries.md")
    let manifest = try JSONValue(parsing: text("Manifests/school.json"))
    let labels = Set((manifest["contributes"]?["toolbar"]?.array ?? []).compactMap { $0["label"]?["ru"]?.string })
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") && $0.contains("`school.") }
    for row in rows {
      let cell = row.split(separator: "|")[1]
      let button = cell.split(separator: "»")[0].drop { $0 != "«" }.dropFirst()
      #expect(labels.contains(String(button)), "\(row)")
    }
    #expect(rows.count > 15)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}
