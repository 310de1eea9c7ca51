import Foundation
import Jansson
import PluginHost
import SferumBindingPlugin
import ShellStore
import Testing

/// «Отчёт о привязке»: its tabs, and how they are filled.
@Suite struct ReportTests {
  private let tables = ["sferum.bindingSummary", "sferum.bindingPeople"]

  @Test func `X6: every sort of both tabs walks an index, with a filter by class, kind or state, too`() async throws {
    let bench = try await ReportBench.generated(pupils: 60)
    for table in tables {
      let (source, policy) = try await bench.source(table)
      for column in source.columns where column.sortable {
        for descending in [false, true] {
          let plan = try bench.store.explain(
            source, PageRequest(sort: [(column: column.id, descending: descending)]), policy: policy)
          #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(table) by \(column.id): \(plan)")
        }
      }
      let filters: [[(String, JSONValue)]] =
        table == tables[1] ? [[], [("class", "5А")], [("kind", "parent")], [("state", "none")]] : [[]]
      for filter in filters {
        let plan = try bench.store.explain(source, PageRequest(filter: filter), policy: policy)
        #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(table) \(filter): \(plan)")
      }
    }
  }

  @Test func `X6: «Люди» shows state, day and the phone of whoever is bound, and is searched and filtered`()
    async throws
  {
    let bench = try await ReportBench.generated(pupils: 60)
    let row = try #require(
      try bench.query("SELECT * FROM sferum_binding_places WHERE kind = 'pupil' AND listed = 1").first)
    let (user, name) = (row["user_id"]?.string ?? "", row["full_name"]?.string ?? "")
    try await bench.bind(user, "8 912 345-67-89", then: "bound")

    let presentation = Presentation(zone: "Europe/Moscow")
    let found = try await bench.page(tables[1], PageRequest(search: name, presentation: presentation))
    let cells = try #require(found.rows.first { $0["id"] == row["id"] }?["cells"])
    #expect(cells["state"] == "Привязан")
    #expect(cells["kind"] == "Ученик")
    #expect(cells["since"] == "23.11.2026 12:00")
    #expect(cells["phone"] == "+7 (912) 345-67-89")

    let bound = try await bench.page(tables[1], PageRequest(filter: [("state", "Привязан")]))
    #expect(bound.rows.compactMap { $0["id"] } == [row["id"]])
    let others = try await bench.page(tables[1], PageRequest(filter: [("state", "none")], limit: 500))
    #expect(others.rows.allSatisfy { $0["cells"]?["phone"]?.isNull == true && $0["cells"]?["since"]?.isNull == true })
    let english = try await bench.page(
      tables[1], PageRequest(filter: [("state", "bound")], presentation: Presentation(isEnglish: true)))
    #expect(english.rows.first?["cells"]?["state"] == "Bound")
    #expect(english.rows.first?["cells"]?["kind"] == "Pupil")
  }

  @Test func `X6: the summary starts with the whole school, then come the classes in the order of their grades`()
    async throws
  {
    let bench = try await ReportBench.generated(pupils: 450)
    let rows = try await bench.page(tables[0]).rows.compactMap { $0["cells"] }

    let labels = rows.map { "\($0["class"]?.string ?? "") \($0["kind"]?.string ?? "")" }
    #expect(labels.prefix(3) == ["Вся школа Сотрудники", "Вся школа Ученики", "Вся школа Родители"])
    let grades = rows.dropFirst(3).compactMap { Int(($0["class"]?.string ?? "").prefix { $0.isNumber }) }
    #expect(grades == grades.sorted() && grades.count == rows.count - 3)
    for cells in rows {
      let parts = ["bound", "waiting", "refused", "absent", "unasked", "accountless"].compactMap { cells[$0]?.int }
      #expect(parts.reduce(0, +) == cells["total"]?.int)
    }
    #expect(rows[1]["total"] == 450)
    let pupils = rows.dropFirst(3).filter { $0["kind"] == "Ученики" }.compactMap { $0["total"]?.int }
    #expect(pupils.reduce(0, +) == 450)
  }

  @Test func `X6: a database that is older than the report is read whole when the plugin is loaded`() async throws {
    let first = try await ReportBench.generated(pupils: 450)
    try await first.bind(try first.value("SELECT id FROM school_accounts LIMIT 1"), "+79123456789", then: "bound")
    let before = try await CountedByHand.reported(first)
    #expect(before.places.count > 1_300)
    try first.execute("DELETE FROM sferum_binding_places")
    try first.execute("DELETE FROM sferum_binding_counts")
    try first.stop()

    let bench = try ReportBench(folder: first.folder, startMs: first.clock.nowMs)
    _ = try await bench.source(tables[0])

    #expect(try await CountedByHand.reported(bench) == before)
    await bench.settle()
    #expect(try bench.value("SELECT count(*) FROM shell_jobs WHERE name = 'sferum.followSchool'") == "0")
  }

  @Test func `X6: what changed while nobody delivered the news is there when the plugin is loaded again`() async throws
  {
    let first = try await ReportBench.generated(pupils: 20)
    try first.execute(
      "UPDATE school_people SET family_name = 'Переименов' WHERE id IN (SELECT person_id FROM school_pupils)")
    try first.execute("UPDATE school_classes SET letter = 'Ю'")
    try first.execute(
      "UPDATE school_enrolments SET until = '2026-11-20', end_reason = 'expelled' WHERE pupil_id = 'u1'")
    #expect(try await CountedByHand.reported(first) != CountedByHand(first))
    try first.stop()

    let bench = try ReportBench(folder: first.folder, startMs: first.clock.nowMs)
    _ = try await bench.source(tables[0])

    #expect(try await CountedByHand.reported(bench) == CountedByHand(bench))
  }

  @Test func `X6: whoever tries a number that is another account's shows as such, once`() async throws {
    let bench = try await ReportBench.generated(pupils: 20)
    let users = try bench.query("SELECT user_id FROM sferum_binding_places WHERE kind = 'pupil' AND listed = 1")
      .compactMap { $0["user_id"]?.string }
    try await bench.bind(users[0], "+79123456789", then: "bound")

    for _ in 0..<2 { try await bench.bind(users[1], "+79123456789") }

    #expect(try bench.value("SELECT state FROM sferum_binding_places WHERE user_id = '\(users[1])'") == "taken")
    #expect(try bench.value("SELECT count(*) FROM sferum_binding_requests WHERE state = 'taken'") == "1")
    try await bench.bind(users[1], "+79123456788", then: "bound")
    #expect(try bench.value("SELECT state FROM sferum_binding_places WHERE user_id = '\(users[1])'") == "bound")
  }

  @Test func `the page about the report names every state, and every column and tab by its title`() async throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../Plugins/SferumBinding/Documentation.docc/Report.md")
    let page = try String(contentsOf: file, encoding: .utf8)
    let bench = try ReportBench()
    let columns = try await bench.source(tables[0]).0.columns.filter { $0.type == .number && $0.id != "percent" }

    for state in BindingState.allCases { #expect(page.contains("`\(state.rawValue)`"), "\(state)") }
    for column in columns {
      let title = column.title["ru"]?.string ?? ""
      #expect(page.contains("| \(title) |") || page.contains("«\(title)»"), "\(title)")
    }
  }
}
