import Jansson
import PluginHost
import PluginKit
import Testing

@testable import SferumBindingPlugin

/// The printable sheet, and who may see whose.
@Suite struct SheetTests {
  @Test func `X6: a class's sheet names the organization, the day, the totals and who still must act`() async throws {
    let bench = try await ReportBench.generated(pupils: 60)
    let (id, title, teacher) = try led(bench)
    let pupils = try people(bench, "pupil", id)
    try await bench.bind(pupils[0].user, "+79120000001", then: "bound")
    try await bench.bind(pupils[1].user, "+79120000002")
    try await bench.bind(pupils[2].user, "+79120000003", then: "declined")
    try await bench.bind(pupils[3].user, "+79120000004", then: "notFound")

    let result = try await bench.run("sferum.bindingSheet", ["class": JSONValue(id)])
    let text = try #require(result["result"]?["text"]?.string)
    let lines = text.split(separator: "\n").map(String.init)

    #expect(lines[0] == (try bench.value("SELECT name FROM school_organization")))
    #expect(text.contains("\(title), классный руководитель: \(teacher.name)"))
    #expect(lines.contains("Дата: 23.11.2026"))
    let share = 100 / pupils.count
    #expect(text.contains("Ученики: привязаны 1 из \(pupils.count) (\(share) %), ждут 1, отказ 1, без МАХ 1"))
    #expect(!text.contains(pupils[0].name))
    #expect(text.contains("\(pupils[1].name): запрос от 23.11.2026 ждёт подтверждения"))
    #expect(text.contains("\(pupils[2].name): отказ 23.11.2026"))
    #expect(text.contains("\(pupils[3].name): номера нет на МАХ (23.11.2026)"))
    #expect(text.contains("\(pupils[4].name): запроса не было"))
    let parents = try people(bench, "parent", id)
    #expect(text.contains("Кому нужно действовать: \(pupils.count - 1 + parents.count)"))
    for parent in parents { #expect(text.contains("\(parent.name): запроса не было")) }
    #expect(!text.contains("+7") && !text.contains("912"))
    #expect(lines.allSatisfy { $0.count <= SheetText.width })

    let window = try await bench.open("sferum.bindingSheet", ["sheet": JSONValue(id)])
    #expect(window["text"]?["ru"]?.string == text)
    #expect(window["title"]?["ru"]?.string == "Отчёт о привязке: \(title)")
  }

  @Test func `X6: the whole school's sheet has a line for every class and everybody who is not bound`() async throws {
    let bench = try await ReportBench.generated(pupils: 60)
    let text = try #require(try await bench.run("sferum.bindingSheet")["result"]?["text"]?.string)

    let titles = try bench.query("SELECT title FROM school_classes WHERE archived = 0").compactMap {
      $0["title"]?.string
    }
    for title in titles { #expect(text.contains("\n\(title): ученики привязаны 0 из ")) }
    let named = text.split(separator: "\n").filter { $0.first?.isNumber == true && $0.contains(". ") }
    #expect(named.count == (try await bench.page("sferum.bindingPeople").total))
    #expect(text.contains("\nСотрудники\n1. "))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= SheetText.width })
  }

  @Test func `H: a homeroom teacher sees the sheet of the class they lead, and of no other`() async throws {
    let bench = try await ReportBench.generated(pupils: 60)
    let (id, title, teacher) = try led(bench)
    let other = try bench.value("SELECT id FROM school_classes WHERE archived = 0 AND id <> '\(id)'")

    let own = try await bench.run("sferum.bindingSheet", user: teacher.user, roles: ["employee"])
    #expect(own["result"]?["sheet"]?.string == id)
    let window = try await bench.open("sferum.bindingSheet", user: teacher.user, roles: ["employee"])
    #expect(window["fields"]?[0]?["options"]?.array?.compactMap { $0["title"]?["ru"]?.string } == [title])

    for foreign in [other, "school", "employees", "c999"] {
      let refused: JSONValue = ["class": JSONValue(foreign)]
      let failure = await #expect(throws: PluginFailure.self) {
        try await bench.run("sferum.bindingSheet", refused, user: teacher.user, roles: ["employee"])
      }
      #expect(failure?.code == .forbidden, "\(foreign)")
      #expect(failure?.kind == "sferum.notYourClass")
    }
    let nobody = try bench.value(
      """
      SELECT a.id FROM school_accounts a JOIN school_employees e ON e.person_id = a.person_id
      WHERE e.id NOT IN (SELECT homeroom_teacher_id FROM school_classes WHERE homeroom_teacher_id IS NOT NULL)
      """)
    await #expect(throws: PluginFailure.self) {
      try await bench.run("sferum.bindingSheet", user: nobody, roles: ["employee"])
    }
    let unknown = await #expect(throws: PluginFailure.self) {
      try await bench.run("sferum.bindingSheet", ["class": "c999"])
    }
    #expect(unknown?.code == .notFound)
  }

  @Test func `X6: «Печать» opens the sheet of the class whose rows are selected, else the whole school's`() async throws
  {
    let bench = try await ReportBench.generated(pupils: 60)
    let (id, _, _) = try led(bench)
    let person = try bench.value("SELECT id FROM sferum_binding_places WHERE class_id = '\(id)' AND kind = 'parent'")
    func sheet(_ rows: [String]) async throws -> String? {
      let arguments: JSONValue = ["rows": JSONValue(rows.map { JSONValue($0) })]
      return try await bench.run("sferum.bindingSheet", arguments)["result"]?["sheet"]?.string
    }

    #expect(try await sheet([]) == "school")
    #expect(try await sheet(["pupil:\(id)"]) == id)
    #expect(try await sheet([person]) == id)
    #expect(try await sheet(["employee:"]) == "employees")
    #expect(try await sheet(["parent:"]) == "school")
    #expect(try await sheet(["pupil:\(id)", "employee:"]) == "school")
  }

  @Test func `X6: names of any length stay within the width of paper, and a cut list says so`() {
    let long = String(repeating: "Иванова-", count: 30)
    let waiting = (0..<3).map { number in
      BindingSheet.Waiting(name: "\(long) \(number)", kind: .pupil, label: "5А", state: .declined, since: 0)
    }
    let sheet = BindingSheet(
      scope: .school, organization: String(repeating: "Школа ", count: 40), day: LocalDay(zone: nil), todayMs: 0,
      totals: [], classes: [], waiting: waiting, waitingInAll: 10)

    for language in [Language.ru, .en] {
      let text = SheetText.text(sheet, language)
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= SheetText.width })
      #expect(text.contains(language == .ru ? "И ещё 7" : "And 7 more"))
      #expect(text.contains("01.01.1970"))
    }
  }

  @Test(
    arguments: [
      (1_795_467_599_000, "23.11.2026"), (1_795_467_600_000, "24.11.2026"), (951_771_600_000, "29.02.2000"),
      (1_704_056_400_000, "01.01.2024"),
    ] as [(Int64, String)])
  func `X6: days turn at midnight in the organization's zone`(_ ms: Int64, _ text: String) {
    #expect(LocalDay(zone: "Europe/Moscow").text(ms) == text)
  }

  /// A class with a homeroom teacher: its id and title, and the teacher.
  private func led(_ bench: ReportBench) throws -> (id: String, title: String, teacher: (user: String, name: String)) {
    let row = try #require(
      try bench.query(
        """
        SELECT c.id, c.title, a.id AS user, a.full_name FROM school_classes c
        JOIN school_employees e ON e.id = c.homeroom_teacher_id JOIN school_accounts a ON a.person_id = e.person_id
        WHERE c.archived = 0 AND c.pupils >= 5 ORDER BY c.n
        """
      ).first)
    func text(_ column: String) -> String { row[column]?.string ?? "" }
    return (text("id"), text("title"), (text("user"), text("full_name")))
  }

  private func people(_ bench: ReportBench, _ kind: String, _ place: String) throws -> [(user: String, name: String)] {
    try bench.query(
      """
      SELECT user_id, full_name FROM sferum_binding_places WHERE kind = '\(kind)' AND class_id = '\(place)' ORDER BY n
      """
    ).map { ($0["user_id"]?.string ?? "", $0["full_name"]?.string ?? "") }
  }
}
