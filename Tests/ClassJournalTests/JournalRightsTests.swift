import PluginKit
import ShellTesting
import Testing

/// Section H, the row «journal of a group».
@Suite struct JournalRightsTests {
  private func login(_ desk: JournalDesk, _ sql: String) throws -> String {
    try #require(try desk.row("SELECT a.login FROM school_accounts a WHERE \(sql) LIMIT 1")["login"]?.string)
  }

  private func only(_ role: String) -> String {
    """
    (SELECT group_concat(role) FROM school_account_roles r WHERE r.account_id = a.id) = '\(role)'
    """
  }

  @Test func `H: pupils and parents have no journal`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    for role in ["pupil", "parent"] {
      let client = try await desk.signedIn(try login(desk, only(role)))
      let menu = try await client.call("desktop/get")["startMenu"]
      #expect(menu?.array?.contains { $0["title"] == "Классный журнал" } == false)
      for command in ["journal.listLessons", "journal.readLesson", "journal.saveLesson", "journal.unbindTopic"] {
        let argument = command == "journal.listLessons" ? "group" : "lesson"
        let id = lesson[argument == "group" ? "group_id" : "id"] ?? ""
        #expect(try await desk.refusal(command, [argument: id], as: client).code == -32003, "\(command) for \(role)")
      }
    }
    try await desk.stop()
  }

  @Test func `H: a teacher keeps the journals of their groups, and no other's`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let teacher = try await desk.signedIn(lesson["teacher"]?.string ?? "")
    try await desk.run("journal.saveLesson", ["lesson": lesson["id"] ?? "", "held": true], as: teacher)
    let listed = try await desk.run("journal.listLessons", ["group": lesson["group_id"] ?? ""], as: teacher)
    #expect(listed["lessons"]?.array?.contains { $0["lesson"] == lesson["id"] && $0["held"] == true } == true)

    let stranger = try await desk.signedIn(
      try login(
        desk,
        """
        a.person_id IN (SELECT person_id FROM school_v1_teaching WHERE role = 'teaches')
          AND a.person_id NOT IN (SELECT person_id FROM school_v1_teaching
            WHERE group_id = '\(lesson["group_id"]?.string ?? "")'
              OR (role = 'leads' AND class_id = '\(lesson["class_id"]?.string ?? "")'))
          AND \(only("employee"))
        """))
    for (command, arguments) in [
      ("journal.saveLesson", ["lesson": lesson["id"] ?? "", "held": false]),
      ("journal.readLesson", ["lesson": lesson["id"] ?? ""]),
      ("journal.listLessons", ["group": lesson["group_id"] ?? ""]),
      ("journal.confirmAttendance", ["lesson": lesson["id"] ?? ""]),
    ] as [(String, JSONValue)] {
      let refusal = try await desk.refusal(command, arguments, as: stranger)
      #expect(refusal.code == -32003 && refusal.message.contains(lesson["group_title"]?.string ?? "?"), "\(command)")
    }
    let outcome = try await stranger.call("startMenu/open", ["path": ["Классный журнал", "Журнал"]])
    let grid = try JournalWindow.opened(stranger, outcome)
    let classes = try await grid.field("class")["options"]?.array ?? []
    #expect(!classes.isEmpty)
    try await grid.set(["class": lesson["class_id"] ?? .null])
    let offered = try await grid.field("group")["options"]?.array ?? []
    #expect(!offered.contains { $0["value"] == lesson["group_id"] })
    try await desk.stop()
  }

  @Test func `H: who leads a class reads its journals and writes in none of them`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let leader = try await desk.signedIn(
      try login(
        desk,
        """
        a.person_id = (SELECT e.person_id FROM school_classes c JOIN school_employees e ON e.id = c.homeroom_teacher_id
          WHERE c.id = '\(lesson["class_id"]?.string ?? "")')
        """))
    let window = try await desk.lessonWindow(lesson, as: leader)
    #expect(try await window.field("held")["enabled"] == false)
    let save = try await window.button("Добавить в журнал")
    #expect(save?["enabled"] == false)
    #expect(save?["why"]?.string?.contains("заполняет её учитель") == true)
    let refusal = try await desk.refusal(
      "journal.saveLesson", ["lesson": lesson["id"] ?? "", "held": true], as: leader)
    #expect(refusal.code == -32003 && refusal.kind == "journal.readOnly")
    let topic = try desk.topic(lesson["group_id"])
    _ = try await desk.refusal(
      "journal.bindTopic", ["lesson": lesson["id"] ?? "", "topic": topic["id"] ?? ""], as: leader)
    try await desk.stop()
  }

  @Test func `X7: a substitute keeps the journal of that lesson, and of no other of the group`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let group = lesson["group_id"]?.string ?? ""
    let substitute = try desk.row(
      """
      SELECT e.id, a.login FROM school_employees e JOIN school_accounts a ON a.person_id = e.person_id
      WHERE e.dismissed IS NULL AND e.person_id NOT IN (SELECT person_id FROM school_v1_teaching) LIMIT 1
      """)
    try await desk.run("school.substitute", ["lesson": lesson["id"] ?? "", "employee": substitute["id"] ?? ""])
    let client = try await desk.signedIn(substitute["login"]?.string ?? "")
    let grid = try await desk.grid(lesson, as: client)
    #expect(try await grid.columns("grid").map { $0["id"] } == ["name", lesson["id"]])
    try await desk.run("journal.saveLesson", ["lesson": lesson["id"] ?? "", "held": true], as: client)
    let other = try desk.row(
      "SELECT id FROM school_lessons WHERE group_id = '\(group)' AND date < '2026-11-23' LIMIT 1")
    let refusal = try await desk.refusal("journal.saveLesson", ["lesson": other["id"] ?? "", "held": true], as: client)
    #expect(refusal.code == -32003)
    let listed = try await desk.run("journal.listLessons", ["group": JSONValue(group)], as: client)
    #expect(listed["lessons"]?.count == 1)
    try await desk.stop()
  }

  @Test func `H: an employee without groups is told so, and an administrator may open all`() async throws {
    let desk = try await JournalDesk()
    let idle = try await desk.signedIn(
      try login(
        desk,
        "\(only("employee")) AND a.person_id NOT IN (SELECT person_id FROM school_v1_teaching)"))
    let outcome = try await idle.call("startMenu/open", ["path": ["Классный журнал", "Журнал"]])
    let grid = try JournalWindow.opened(idle, outcome)
    #expect(try await grid.field("group")["hint"] == "У вас нет групп, журнал которых вы ведёте")
    #expect(try await grid.rows("grid").isEmpty)

    let all = try JournalWindow.opened(
      desk.client, try await desk.client.call("startMenu/open", ["path": ["Классный журнал", "Журнал"]]))
    let classes = try desk.row("SELECT count(*) AS n FROM school_classes WHERE archived = 0")
    #expect(try await all.field("class")["options"]?.count == classes["n"]?.int)
    try await desk.stop()
  }
}
