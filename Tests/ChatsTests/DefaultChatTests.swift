import PluginKit
import Testing

@testable import ChatsPlugin

/// The chats that nobody has to ask for, and how they follow the roster.
@Suite struct DefaultChatTests {
  @Test func `C3: a school has one teachers' chat, and a class and a parents' chat for each class`() async throws {
    let bench = try await ChatsBench.generated()
    let classes = try bench.number("SELECT count(*) FROM school_v1_classes WHERE archived = 0")
    #expect(try bench.number("SELECT count(*) FROM chats_chats WHERE kind = 'teachers'") == 1)
    #expect(try bench.number("SELECT count(*) FROM chats_chats WHERE kind = 'class'") == classes)
    #expect(try bench.number("SELECT count(*) FROM chats_chats WHERE kind = 'parents'") == classes)
    #expect(try bench.number("SELECT count(*) FROM chats_chats") == 1 + 2 * classes)
  }

  @Test func `C3: the teachers' chat has administration, teachers and the Sferum chat administrator`() async throws {
    let bench = try await ChatsBench.generated()
    let chat = try bench.text("SELECT id FROM chats_chats WHERE kind = 'teachers'")
    let expected = try bench.rows(
      """
      SELECT DISTINCT e.person_id FROM school_v1_employees e JOIN school_v1_positions p ON p.employee_id = e.id
      WHERE p.dismissed IS NULL AND p.type IN ('Администрация', 'Педагогический состав')
      """)
    let keeper = try bench.text("SELECT chat_administrator_person_id FROM school_v1_organization")
    #expect(try bench.people(chat) == Set(expected.compactMap { $0["person_id"]?.string }).union([keeper]))
    #expect(try bench.administrators(chat) == [keeper])
  }

  @Test func `C3: a class chat has the pupils, a parents' chat their parents, both led by the homeroom teacher`()
    async throws
  {
    let bench = try await ChatsBench.generated()
    let place = try bench.rows("SELECT id, homeroom_person_id FROM school_v1_classes WHERE pupils > 3 LIMIT 1")[0]
    let id = try #require(place["id"]?.string)
    let homeroom = try #require(place["homeroom_person_id"]?.string)
    let keeper = try bench.text("SELECT chat_administrator_person_id FROM school_v1_organization")
    let pupils = Set(
      try bench.rows("SELECT person_id FROM school_v1_pupils WHERE class_id = '\(id)'").compactMap {
        $0["person_id"]?.string
      })
    let parents = Set(
      try bench.rows("SELECT parent_person_id AS p FROM school_v1_parent_links WHERE class_id = '\(id)'").compactMap {
        $0["p"]?.string
      })
    let classChat = try bench.chat(of: id)
    let parentsChat = try bench.chat(of: id, "parents")
    #expect(try bench.people(classChat) == pupils.union([homeroom, keeper]))
    #expect(try bench.people(parentsChat) == parents.union([homeroom, keeper]))
    #expect(try bench.administrators(classChat) == [homeroom, keeper])
    #expect(try bench.administrators(parentsChat) == [homeroom, keeper])
    let shown = try bench.number("SELECT members FROM chats_chats WHERE id = '\(classChat)'")
    #expect(shown == pupils.union([homeroom, keeper]).count)
  }

  @Test func `C9a: a transfer moves the pupil and the parents, and a brother or sister keeps a parent in`() async throws
  {
    let bench = try await ChatsBench.generated(pupils: 120)
    // A parent with two children in two classes, whose elder child goes into the class of the other.
    let pair = try bench.rows(
      """
      SELECT a.parent_person_id AS parent, a.pupil_id AS moving, a.pupil_person_id AS person, a.class_id AS old,
        b.class_id AS new
      FROM school_v1_parent_links a JOIN school_v1_parent_links b ON b.parent_id = a.parent_id
      WHERE a.class_id < b.class_id LIMIT 1
      """)[0]
    func value(_ name: String) throws -> String { try #require(pair[name]?.string) }
    let (old, new) = (try value("old"), try value("new"))
    try await bench.run("school.transfer", ["pupil": JSONValue(try value("moving")), "class": JSONValue(new)])
    let person = try value("person")
    #expect(try !bench.people(bench.chat(of: old)).contains(person))
    #expect(try bench.people(bench.chat(of: new)).contains(person))
    let parent = try value("parent")
    #expect(try !bench.people(bench.chat(of: old, "parents")).contains(parent))
    #expect(try bench.people(bench.chat(of: new, "parents")).contains(parent))
    // And the other child still gives the same when this one goes.
    try await bench.run("school.expel", ["pupil": JSONValue(try value("moving"))])
    #expect(try bench.people(bench.chat(of: new, "parents")).contains(parent))
    #expect(try !bench.people(bench.chat(of: new)).contains(person))
  }

  @Test func `C9: hire and dismissal move an employee in and out of the teachers' chat`() async throws {
    let bench = try await ChatsBench.generated()
    let chat = try bench.text("SELECT id FROM chats_chats WHERE kind = 'teachers'")
    func hire(_ type: String) async throws -> String {
      try await bench.run(
        "school.hire",
        [
          "familyName": JSONValue(type), "givenName": "Пётр", "position": "Новая", "positionType": JSONValue(type),
        ])
      return try bench.text("SELECT id FROM school_v1_employees WHERE full_name = '\(type) Пётр'")
    }
    let teacher = try await hire("Педагогический состав")
    let guardPerson = try await hire("Обслуживающий персонал")
    func isIn(_ employee: String) throws -> Bool {
      try bench.people(chat).contains(
        bench.text("SELECT person_id FROM school_v1_employees WHERE id = '\(employee)'"))
    }
    #expect(try isIn(teacher))
    #expect(try !isIn(guardPerson))
    try await bench.run("school.dismiss", ["employee": JSONValue(teacher)])
    #expect(try !isIn(teacher))
  }

  @Test func `C9: a new homeroom teacher takes the mark over, and the old one leaves`() async throws {
    let bench = try await ChatsBench.generated()
    let place = try bench.rows("SELECT id, homeroom_person_id FROM school_v1_classes LIMIT 1")[0]
    let (id, old) = (try #require(place["id"]?.string), try #require(place["homeroom_person_id"]?.string))
    let other = try bench.rows(
      """
      SELECT id, person_id FROM school_v1_employees WHERE is_teaching = 1 AND dismissed IS NULL
        AND id NOT IN (SELECT homeroom_teacher_id FROM school_v1_classes WHERE homeroom_teacher_id IS NOT NULL)
        AND person_id NOT IN (SELECT chat_administrator_person_id FROM school_v1_organization) LIMIT 1
      """)[0]
    let new = try #require(other["person_id"]?.string)
    try await bench.run("school.setHomeroomTeacher", ["class": JSONValue(id), "employee": other["id"] ?? ""])
    for kind in ["class", "parents"] {
      let chat = try bench.chat(of: id, kind)
      #expect(try bench.administrators(chat).contains(new))
      #expect(try !bench.people(chat, .employee).contains(old))
    }
  }

  @Test func `C6: a new Sferum chat administrator is in every chat at once`() async throws {
    let bench = try await ChatsBench.generated()
    let other = try bench.rows(
      """
      SELECT id, person_id FROM school_v1_employees WHERE dismissed IS NULL AND is_teaching = 0 LIMIT 1
      """)[0]
    try await bench.run("school.saveSettings", ["chatAdministrator": other["id"] ?? ""])
    let person = try #require(other["person_id"]?.string)
    let chats = try bench.rows("SELECT id FROM chats_chats WHERE listed = 1").compactMap { $0["id"]?.string }
    for chat in chats { #expect(try bench.administrators(chat).contains(person)) }
  }

  @Test func `C10: a cancelled restoration takes the pupil and the parents out of every chat`() async throws {
    let bench = try await ChatsBench.generated()
    let pupil = try bench.rows(
      """
      SELECT u.id, u.person_id, u.class_id, k.parent_person_id AS parent FROM school_v1_pupils u
      JOIN school_v1_parent_links k ON k.pupil_id = u.id
      WHERE (SELECT count(*) FROM school_v1_parent_links o WHERE o.parent_id = k.parent_id) = 1 LIMIT 1
      """)[0]
    let (person, parent) = (try #require(pupil["person_id"]?.string), try #require(pupil["parent"]?.string))
    let before = try bench.number("SELECT count(*) FROM chats_members WHERE person_id = '\(person)'")
    try await bench.run("school.expel", ["pupil": pupil["id"] ?? ""])
    #expect(try bench.number("SELECT count(*) FROM chats_members WHERE person_id IN ('\(person)', '\(parent)')") == 0)
    try await bench.run("school.restore", ["pupil": pupil["id"] ?? "", "class": pupil["class_id"] ?? ""])
    #expect(try bench.number("SELECT count(*) FROM chats_members WHERE person_id = '\(person)'") == before)
    #expect(try bench.number("SELECT count(*) FROM chats_members WHERE person_id = '\(parent)'") == 1)
    try await bench.run("school.cancelRestoration", ["pupil": pupil["id"] ?? ""])
    #expect(try bench.number("SELECT count(*) FROM chats_members WHERE person_id IN ('\(person)', '\(parent)')") == 0)
  }

  @Test func `X4: after a roll-over a class keeps its chat under the new label, and an undo brings all back`()
    async throws
  {
    let bench = try await ChatsBench.generated()
    func picture() throws -> [JSONValue] {
      try bench.rows(
        """
        SELECT c.id, c.title, c.archived, group_concat(m.person_id || m.side || m.administrator) AS members
        FROM chats_chats c LEFT JOIN chats_members m ON m.chat_id = c.id GROUP BY c.id ORDER BY c.id
        """)
    }
    let before = try picture()
    let place = try bench.rows("SELECT id, title FROM school_v1_classes WHERE grade < 9 LIMIT 1")[0]
    let chat = try bench.chat(of: try #require(place["id"]?.string))
    let people = try bench.people(chat, .pupil)
    let operation = try await bench.run("school.rollOver")
    let label = try bench.text("SELECT title FROM school_v1_classes WHERE id = '\(place["id"]?.string ?? "")'")
    #expect(label != place["title"]?.string)
    #expect(try bench.text("SELECT title FROM chats_chats WHERE id = '\(chat)'") == "Классный чат \(label)")
    #expect(try bench.people(chat, .pupil) == people)
    // Chats of leavers are archived, and nobody is in them.
    #expect(
      try bench.number(
        """
        SELECT count(*) FROM chats_chats c JOIN school_v1_classes k ON k.id = c.class_id
        WHERE k.archived <> c.archived OR (c.archived = 1 AND c.members > 0)
        """) == 0)
    try await bench.run("school.undoOperation", ["operation": operation["operation"] ?? ""])
    #expect(try picture() == before)
  }

  @Test func `A chat is handed to the platform whole, without blocked accounts, and only when it has changed`()
    async throws
  {
    let bench = try await ChatsBench.generated()
    let place = try bench.text("SELECT id FROM school_v1_classes WHERE pupils > 2 LIMIT 1")
    let chat = try bench.chat(of: place)
    let told = try bench.handedOver(chat)
    #expect(told["kind"] == "class")
    #expect(try told["members"]?.array?.count == bench.people(chat).count)
    let count = try bench.number("SELECT count(*) FROM max_platform_put")
    await bench.settle()
    #expect(try bench.number("SELECT count(*) FROM max_platform_put") == count)
    let account = try bench.text(
      """
      SELECT a.id FROM school_v1_pupils u JOIN school_v1_accounts a ON a.person_id = u.person_id
      WHERE u.class_id = '\(place)' LIMIT 1
      """)
    let login = try bench.text("SELECT login FROM school_v1_accounts WHERE id = '\(account)'")
    try await bench.run("school.blockAccount", ["login": JSONValue(login)])
    let after = try bench.handedOver(chat)
    #expect(after["members"]?.array?.contains { $0["userId"]?.string == account } == false)
    #expect((after["revision"]?.int ?? 0) > (told["revision"]?.int ?? 0))
    // The person stays in the chat here.
    #expect(try bench.people(chat).count == told["members"]?.array?.count)
  }
}
