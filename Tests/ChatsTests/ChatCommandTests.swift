import PluginHost
import PluginKit
import Testing

@testable import ChatsPlugin

/// Chats that people add, edit and delete.
@Suite struct ChatCommandTests {
  private struct Group {
    let id: String
    let teacher: String
    let teacherRecord: String
    let pupils: Set<String>
  }

  private func group(_ bench: ChatsBench) throws -> Group {
    let row = try bench.rows(
      """
      SELECT g.id, g.teacher_person_id, g.teacher_id FROM school_v1_groups g
      WHERE g.archived = 0 AND g.pupils > 3 AND g.teacher_person_id NOT IN (
        SELECT chat_administrator_person_id FROM school_v1_organization) LIMIT 1
      """)[0]
    let id = try #require(row["id"]?.string)
    let pupils = try bench.rows("SELECT person_id FROM school_v1_group_members WHERE group_id = '\(id)'")
    return Group(
      id: id, teacher: try #require(row["teacher_person_id"]?.string),
      teacherRecord: try #require(row["teacher_id"]?.string),
      pupils: Set(pupils.compactMap { $0["person_id"]?.string }))
  }

  private func keeper(_ bench: ChatsBench) throws -> String {
    try bench.text("SELECT chat_administrator_person_id FROM school_v1_organization")
  }

  @Test func `C5, C6: a subject chat has the group's pupils, its teacher as administrator, and the keeper`()
    async throws
  {
    let bench = try await ChatsBench.generated()
    let group = try group(bench)
    let made = try await bench.run(
      "chats.addChat", ["title": " Математика   5А ", "kind": "subject", "group": JSONValue(group.id)])
    let chat = try #require(made["chat"]?.string)
    #expect(made["title"] == "Математика 5А")
    #expect(try bench.people(chat, .pupil) == group.pupils)
    #expect(try bench.people(chat, .employee) == [group.teacher, keeper(bench)])
    #expect(try bench.administrators(chat) == [group.teacher, keeper(bench)])
  }

  @Test func `C5: an employee who adds a chat is in it as administrator`() async throws {
    let bench = try await ChatsBench.generated()
    let group = try group(bench)
    let teacher = try bench.actor(person: group.teacher)
    let made = try await bench.run("chats.addChat", ["title": "Поход", "kind": "other"], as: teacher)
    let chat = try #require(made["chat"]?.string)
    #expect(try bench.administrators(chat) == [group.teacher, keeper(bench)])
    // And may edit it, and may not take themselves out of it.
    let refused = try await bench.refusal(
      "chats.changeChat", ["chat": JSONValue(chat), "remove": ["employees": [JSONValue(group.teacherRecord)]]],
      as: teacher)
    #expect(refused.kind == "chats.administrator_stays")
    let cleared = try await bench.refusal(
      "chats.changeChat",
      ["chat": JSONValue(chat), "administrators": JSONValue(members: [(group.teacherRecord, JSONValue(false))])],
      as: teacher)
    #expect(cleared.kind == "chats.mark_locked")
  }

  @Test func `H: a teacher makes chats of their own groups only, and pupils make none`() async throws {
    let bench = try await ChatsBench.generated()
    let group = try group(bench)
    let other = try bench.text(
      """
      SELECT person_id FROM school_v1_employees WHERE is_teaching = 1 AND dismissed IS NULL
        AND person_id <> '\(group.teacher)' AND person_id IN (SELECT person_id FROM school_v1_accounts) LIMIT 1
      """)
    let refused = try await bench.refusal(
      "chats.addChat", ["title": "Чужая", "kind": "subject", "group": JSONValue(group.id)],
      as: bench.actor(person: other))
    #expect(refused.kind == "chats.notTeacher")
    #expect(refused.issues.map(\.path) == ["/group"])
  }

  @Test func `H: who does not administer a chat may not edit it, and who is not in it does not see it`() async throws {
    let bench = try await ChatsBench.generated()
    let place = try bench.rows("SELECT id, homeroom_person_id FROM school_v1_classes ORDER BY id LIMIT 2")
    let chat = try bench.chat(of: try #require(place[0]["id"]?.string))
    let outsider = try bench.actor(person: try #require(place[1]["homeroom_person_id"]?.string))
    let hidden = try await bench.refusal(
      "chats.changeChat", ["chat": JSONValue(chat), "title": "Моё"], as: outsider)
    #expect(hidden.code == .notFound)
    let teachers = try bench.text("SELECT id FROM chats_chats WHERE kind = 'teachers'")
    let forbidden = try await bench.refusal(
      "chats.changeChat", ["chat": JSONValue(teachers), "title": "Моё"], as: outsider)
    #expect(forbidden.code == .forbidden)
  }

  @Test func `C4: a default chat is not deleted, others are, and the platform is told`() async throws {
    let bench = try await ChatsBench.generated()
    let teachers = try bench.text("SELECT id FROM chats_chats WHERE kind = 'teachers'")
    for command in ["chats.removeChat", "chats.askRemoval"] {
      #expect(try await bench.refusal(command, ["chat": JSONValue(teachers)]).kind == "chats.default_not_deletable")
    }
    let chat = try #require(
      try await bench.run("chats.addChat", ["title": "Поход", "kind": "other"])["chat"]?.string)
    try await bench.run("chats.removeChat", ["chat": JSONValue(chat)])
    #expect(try bench.number("SELECT count(*) FROM chats_v1_chats WHERE id = '\(chat)'") == 0)
    #expect(
      try bench.number(
        "SELECT count(*) FROM max_platform_calls WHERE service = 'platform.chat.remove' AND body LIKE '%\(chat)%'") == 1
    )
    #expect(try await bench.refusal("chats.removeChat", ["chat": JSONValue(chat)]).code == .notFound)
  }

  @Test func `C11: who was taken out by hand stays out until put in again, who was put in by hand stays in`()
    async throws
  {
    let bench = try await ChatsBench.generated()
    let classes = try bench.rows("SELECT id FROM school_v1_classes WHERE pupils > 2 ORDER BY id LIMIT 2")
    let (one, two) = (try #require(classes[0]["id"]?.string), try #require(classes[1]["id"]?.string))
    let chat = try bench.chat(of: one)
    let own = try bench.rows("SELECT id, person_id FROM school_v1_pupils WHERE class_id = '\(one)' LIMIT 1")[0]
    let foreign = try bench.rows("SELECT id, person_id FROM school_v1_pupils WHERE class_id = '\(two)' LIMIT 1")[0]
    func change(_ what: String, _ pupil: JSONValue) async throws {
      let pupils: JSONValue = ["pupils": [pupil["id"] ?? ""]]
      try await bench.run("chats.changeChat", JSONValue(members: [("chat", JSONValue(chat)), (what, pupils)]))
    }
    func has(_ pupil: JSONValue) throws -> Bool { try bench.people(chat).contains(pupil["person_id"]?.string ?? "") }

    try await change("remove", own)
    try await change("add", foreign)
    #expect(try !has(own))
    #expect(try has(foreign))
    // The roster goes on: away and back again, and everything anew.
    try await bench.run("school.transfer", ["pupil": own["id"] ?? "", "class": JSONValue(two)])
    try await bench.run("school.transfer", ["pupil": own["id"] ?? "", "class": JSONValue(one)])
    #expect(try !has(own))
    #expect(try has(foreign))
    try await change("add", own)
    #expect(try has(own))
    // Let in again by the roster, and so moved by it.
    try await bench.run("school.transfer", ["pupil": own["id"] ?? "", "class": JSONValue(two)])
    #expect(try !has(own))
    // Who has left the school is in no chat, by hand or not; a restoration brings back what was.
    try await bench.run("school.expel", ["pupil": foreign["id"] ?? ""])
    #expect(try !has(foreign))
    try await bench.run("school.restore", ["pupil": foreign["id"] ?? "", "class": JSONValue(two)])
    #expect(try has(foreign))
  }

  @Test func `C6: the keeper's mark can't be cleared, another's can, and the platform gets it`() async throws {
    let bench = try await ChatsBench.generated()
    let place = try bench.rows(
      "SELECT id, homeroom_teacher_id, homeroom_person_id FROM school_v1_classes ORDER BY id LIMIT 1")[0]
    let chat = try bench.chat(of: try #require(place["id"]?.string))
    let keeperRecord = try bench.text("SELECT chat_administrator_id FROM school_v1_organization")
    func clear(_ employee: String) -> JSONValue {
      ["chat": JSONValue(chat), "administrators": JSONValue(members: [(employee, JSONValue(false))])]
    }
    #expect(try await bench.refusal("chats.changeChat", clear(keeperRecord)).kind == "chats.mark_locked")
    try await bench.run("chats.changeChat", clear(try #require(place["homeroom_teacher_id"]?.string)))
    let homeroom = try #require(place["homeroom_person_id"]?.string)
    #expect(try bench.administrators(chat) == [keeper(bench)])
    #expect(try bench.people(chat).contains(homeroom))
    let account = try bench.text("SELECT id FROM school_v1_accounts WHERE person_id = '\(homeroom)'")
    let told = try bench.handedOver(chat)["members"]?.array?.first { $0["userId"]?.string == account }
    #expect(told?["administrator"] == false)
  }

  @Test func `X7: a substitute is in the group's chat as administrator until the lesson is over`() async throws {
    let bench = try await ChatsBench.generated()
    let group = try group(bench)
    let chat = try #require(
      try await bench.run(
        "chats.addChat", ["title": "Группа", "kind": "subject", "group": JSONValue(group.id)],
        as: bench.actor(person: group.teacher))["chat"]?.string)
    let lesson = try bench.rows(
      """
      SELECT id, date, ends FROM school_v1_lessons WHERE group_id = '\(group.id)' AND date > '2026-11-24'
      ORDER BY date, number LIMIT 1
      """)[0]
    let substitute = try bench.rows(
      """
      SELECT e.id, e.person_id FROM school_v1_employees e WHERE e.is_teaching = 1 AND e.dismissed IS NULL
        AND e.person_id NOT IN (SELECT person_id FROM chats_members WHERE chat_id = '\(chat)')
        AND NOT EXISTS (SELECT 1 FROM school_v1_lessons l JOIN school_v1_lessons o ON o.id = '\(lesson["id"]?.string ?? "")'
          WHERE l.date = o.date AND l.number = o.number AND l.conducted_by = e.id) LIMIT 1
      """)[0]
    let person = try #require(substitute["person_id"]?.string)
    try await bench.run("school.substitute", ["lesson": lesson["id"] ?? "", "employee": substitute["id"] ?? ""])
    #expect(try bench.administrators(chat) == [group.teacher, person, keeper(bench)])
    // On the day itself the teacher's mark rests.
    let dawn = try bench.number(
      "SELECT from_ms FROM chats_substitutions WHERE lesson_id = '\(lesson["id"]?.string ?? "")'")
    await bench.advance(to: Int64(dawn))
    #expect(try bench.administrators(chat) == [person, keeper(bench)])
    #expect(try bench.people(chat).contains(group.teacher))
    let end = try bench.number(
      "SELECT until_ms FROM chats_substitutions WHERE lesson_id = '\(lesson["id"]?.string ?? "")'")
    await bench.advance(to: Int64(end))
    #expect(try bench.administrators(chat) == [group.teacher, keeper(bench)])
    #expect(try !bench.people(chat).contains(person))
  }

  @Test func `C7: the form warns of who is not bound, and «Ок» saves`() async throws {
    let bench = try await ChatsBench.generated()
    let group = try group(bench)
    let result = try await bench.run(
      "chats.addChat", ["title": "Группа", "kind": "subject", "group": JSONValue(group.id)])
    // Nobody was named by the one who added it: the group gives them.
    #expect(result["unbound"] == [])
    let pupil = try bench.rows(
      "SELECT id, full_name FROM school_v1_pupils WHERE state = 'studying' LIMIT 1")[0]
    let other = try await bench.run(
      "chats.addChat", ["title": "Поход", "kind": "other", "pupils": [pupil["id"] ?? ""]])
    #expect(other["unbound"] == [pupil["full_name"] ?? ""])
  }

  @Test func `C5: the form of a new chat starts with the keeper, and a group fills in its people`() async throws {
    let bench = try await ChatsBench.generated()
    let group = try group(bench)
    let window = try await bench.open(["group": JSONValue(group.id)], as: bench.actor(person: group.teacher))
    #expect(window["title"]?["ru"] == "Чат: Добавление")
    func rows(_ table: String) -> [JSONValue] {
      window["tables"]?.array?.first { $0["id"]?.string == table }?["rows"]?.array ?? []
    }
    #expect(rows("pupils").count == group.pupils.count)
    let employees = rows("employees")
    #expect(employees.count == 2)
    #expect(employees.allSatisfy { $0["cells"]?["administrator"] == true })
  }

  @Test func `X1: every participant is shown with the reason, its day, and how they stand`() async throws {
    let bench = try await ChatsBench.generated()
    let place = try bench.text("SELECT id FROM school_v1_classes WHERE pupils > 2 LIMIT 1")
    let chat = try bench.chat(of: place)
    let pupil = try bench.rows(
      """
      SELECT u.id, a.id AS account FROM school_v1_pupils u JOIN school_v1_accounts a ON a.person_id = u.person_id
      WHERE u.class_id = '\(place)' LIMIT 1
      """)[0]
    try bench.write(
      """
      INSERT INTO max_platform_chat_members VALUES
        ('\(chat)', '\(pupil["account"]?.string ?? "")', 1, 0, 'unbound', \(ChatsBench.start))
      """)
    let list = try await bench.run("chats.listParticipants", ["chat": JSONValue(chat)])
    let line = try #require(list["participants"]?.array?.first { $0["id"] == pupil["id"] })
    #expect(line["reason"] == "ученик класса с 23.11.2026")
    #expect(line["stateText"] == "ждёт привязки с 23.11.2026")
    #expect(line["state"] == "unbound")
  }

  @Test func `C11: who was taken out by hand is listed with reason and day, and can be brought back`() async throws {
    let bench = try await ChatsBench.generated()
    let place = try bench.rows("SELECT id, homeroom_person_id FROM school_v1_classes WHERE pupils > 2 LIMIT 1")[0]
    let chat = try bench.chat(of: try #require(place["id"]?.string))
    let pupil = try bench.rows(
      "SELECT id, person_id, full_name FROM school_v1_pupils WHERE class_id = '\(place["id"]?.string ?? "")' LIMIT 1")[
        0]
    func table(_ window: JSONValue, _ id: String) -> JSONValue? {
      window["tables"]?.array?.first { $0["id"]?.string == id }
    }
    func tab(_ window: JSONValue) -> JSONValue? { window["tabs"]?.array?.first { $0["id"] == "excluded" } }
    #expect(tab(try await bench.open(["chat": JSONValue(chat)]))?["visible"] == false)

    try await bench.run(
      "chats.changeChat", ["chat": JSONValue(chat), "remove": ["pupils": [pupil["id"] ?? ""]]])
    let list = try await bench.run("chats.listParticipants", ["chat": JSONValue(chat)])
    #expect(
      list["excluded"] == [
        [
          "id": pupil["id"] ?? "", "name": pupil["full_name"] ?? "", "side": "pupil",
          "reason": "ученик класса с 23.11.2026", "since": "23.11.2026",
        ]
      ])
    let other = try bench.text(
      "SELECT person_id FROM chats_members WHERE chat_id = '\(chat)' AND side = 'pupil' LIMIT 1")
    let seen = try await bench.run(
      "chats.listParticipants", ["chat": JSONValue(chat)], as: bench.actor(person: other))
    #expect(seen["excluded"] == nil, "a pupil need not know")

    let window = try await bench.open(["chat": JSONValue(chat)])
    #expect(tab(window)?["visible"] == true)
    #expect(table(window, "excluded")?["rows"]?[0]?["cells"]?["since"] == "23.11.2026")
    let tables = (window["tables"]?.array ?? []).map { table in
      table["id"] == "excluded" ? table.setting("selected", [pupil["id"] ?? ""]) : table
    }
    let answer = try await bench.host.call(
      PluginCall(
        .windowPressed, "chats.chat",
        params: [
          "window": window.setting("tables", JSONValue(tables)), "state": window["state"] ?? .null,
          "button": "restore", "arguments": [:],
        ], session: ChatsBench.Actor.administrator.session))
    let patched = answer["patch"] ?? .null
    #expect(table(patched, "excluded")?["rows"] == [])
    #expect(table(patched, "pupils")?["rows"]?.array?.contains { $0["id"] == pupil["id"] } == true)

    // Whoever has left the school is not there to be brought back.
    try await bench.run("school.expel", ["pupil": pupil["id"] ?? ""])
    #expect(try await bench.run("chats.listParticipants", ["chat": JSONValue(chat)])["excluded"] == [])
  }
}
