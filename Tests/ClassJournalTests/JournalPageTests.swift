import Foundation
import PluginKit
import Testing

/// The page about the journal names what is there, and leaves no command out.
@Suite struct JournalPageTests {
  private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test func `every command, service, event and view on the page is in the manifest, and the other way round`() throws {
    let page = try text("Plugins/ClassJournal/Documentation.docc/Journal.md")
    let manifest = try JSONValue(parsing: text("Manifests/class-journal.json"))
    let contributes = manifest["contributes"]
    let commands = (contributes?["commands"]?.array ?? []).compactMap { $0["id"]?.string }
    let services = (contributes?["services"]?.array ?? []).compactMap { $0["name"]?.string }
    let windows = (contributes?["windows"]?.array ?? []).compactMap { $0["type"]?.string }
    let published = ["views", "events"].flatMap { (manifest["publishes"]?[$0]?.array ?? []).compactMap(\.string) }
    let names = Set(commands + services + published)

    let named = Set(page.matches(of: /(?:journal\.[A-Za-z0-9.]+|class_journal_v1_[a-z]+)/).map { String($0.0) })
    #expect(named.subtracting(names.union(windows)) == [])
    #expect(names.subtracting(named) == ["journal.open"])
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}
