import Jansson
import ShellStore
import Testing

@testable import ShellCore

/// Who may keep the desk, and for how long.
@Suite struct TablePacesTests {
  private let paces: TablePaces

  init() {
    var limits = TablePaces.Limits()
    // Longer than any machine is held up between two lines.
    limits.budgetMs = 600_000
    paces = TablePaces(limits)
  }

  private func table(_ id: String, stranger: Bool) throws -> LoadedTable {
    let owner = String(id.prefix { $0 != "." })
    let source = try ShellStore.TableSource(
      json: [
        "from": JSONValue("\(owner)_rows"), "key": "id",
        "columns": [["id": "name", "title": "Имя", "type": "text", "sortable": true]], "sort": [["column": "name"]],
      ], owner: owner)
    return LoadedTable(id: id, source: source, policy: StatementPolicy(plugin: owner), isStranger: stranger)
  }

  @Test func `I2: all tables of a stranger share one budget of the desk, and take nothing of anybody else's`() throws {
    let (one, two) = (try table("zoo.one", stranger: true), try table("zoo.two", stranger: true))
    let (other, own) = (try table("lockers.all", stranger: true), try table("school.all", stranger: false))
    #expect(paces.deskLimit(one, .byTheWay) == ReadLimit(ms: 100))
    paces.took(one, ms: 60)
    #expect(paces.deskLimit(two, .byTheWay) == ReadLimit(ms: 40))
    paces.took(two, ms: 60)
    #expect(paces.deskLimit(one, .byTheWay) == nil && paces.deskLimit(two, .byTheWay) == nil)
    paces.took(own, ms: 5_000)
    #expect(paces.deskLimit(other, .byTheWay) == ReadLimit(ms: 100))
    #expect(paces.deskLimit(own, .page) == ReadLimit(ms: 2_000))
  }

  @Test func `I2: a slow table of the school's own is looked at by the way only, one that rests not at all`() throws {
    let own = try table("school.all", stranger: false)
    paces.wasSlow(own)
    #expect(paces.deskLimit(own, .page) == nil)
    #expect(paces.deskLimit(own, .byTheWay) == ReadLimit(ms: 100))
    #expect(paces.rest(own) == nil)
    paces.wasTooSlow(own)
    #expect(paces.deskLimit(own, .byTheWay) == nil)
    #expect(paces.rest(own) ?? 0 > 0)
    paces.forget(own.id)
    #expect(paces.deskLimit(own, .page) == ReadLimit(ms: 2_000) && paces.rest(own) == nil)
  }
}
