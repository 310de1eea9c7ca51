import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

private let newcomer: JSONValue = [
  "familyName": "Ёжиков", "givenName": "Пётр", "middleName": "Ильич", "birthDate": "1990-02-28", "sex": "male",
  "phone": "8 912 345-67-89", "position": "Учитель физики", "positionType": "Педагогический состав",
]

@Suite struct EmployeeTests {
  @Test func `F2: hiring adds the person, the position and one event, and the audit log masks the phone`() async throws
  {
    let bench = try await SchoolBench.generated(pupils: 20)

    let result = try await bench.run("school.hire", newcomer.setting("date", "2026-11-02"))

    let id = try #require(result["employeeId"]?.string)
    let row = try bench.query(
      "SELECT full_name, position, position_type, hired, dismissed FROM school_employees WHERE id = '\(id)'")
    #expect(
      row == [
        [
          "full_name": "Ёжиков Пётр Ильич", "position": "Учитель физики", "position_type": "Педагогический состав",
          "hired": "2026-11-02", "dismissed": .null,
        ]
      ])
    let person = result["personId"]?.string ?? ""
    #expect(try bench.value("SELECT phone FROM school_people WHERE id = '\(person)'") == "+79123456789")
    #expect(
      try bench.events("school.v1.employeeChanged") == [
        ["employeeId": JSONValue(id), "personId": JSONValue(person), "change": "hired"]
      ])
    #expect(try bench.audit("school.hire").map { $0["object"] } == [JSONValue(id)])
    #expect(try bench.query("SELECT 1 AS n FROM shell_audit WHERE new LIKE '%3456789%'").isEmpty)
  }

  @Test func `F2: hiring names everything that is wrong at once and adds nobody`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let failure = try await bench.refusal(
      of: "school.hire",
      [
        "familyName": "Ёжиков1", "givenName": " ", "phone": "812 345", "birthDate": "2026-02-30", "email": "a@",
        "position": "", "positionType": "Учитель", "date": "2027-01-01",
      ])
    #expect(
      Set(failure.issues.map(\.path)) == [
        "/familyName", "/givenName", "/phone", "/birthDate", "/email", "/position", "/positionType", "/date",
      ])
    #expect(try bench.value("SELECT count(*) FROM school_people") == 1)
  }

  @Test func `F2: somebody of the same name and birth date is not added twice`() async throws {
    let bench = try SchoolBench()
    let first = try await bench.run("school.hire", newcomer)
    let failure = try await bench.refusal(of: "school.hire", newcomer.setting("familyName", "ЁЖИКОВ"))
    #expect(failure.kind == "school.personExists")
    #expect(failure.data["person"] == first["personId"])
    _ = try await bench.run("school.hire", newcomer.setting("birthDate", "1991-02-28").setting("phone", .null))
  }

  @Test func `F2: a parent who is hired stays one person`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let parent = try bench.query(
      """
      SELECT r.id, r.person_id FROM school_parents r
      WHERE NOT EXISTS (SELECT 1 FROM school_employees e WHERE e.person_id = r.person_id) LIMIT 1
      """)[0]
    let people = try bench.value("SELECT count(*) FROM school_people")

    let result = try await bench.run(
      "school.hire",
      ["person": parent["id"] ?? "", "position": "Библиотекарь", "positionType": "Учебно-вспомогательный персонал"])

    #expect(result["personId"] == parent["person_id"])
    #expect(try bench.value("SELECT count(*) FROM school_people") == people)
    let roles = try bench.value(
      "SELECT roles FROM school_accounts WHERE person_id = '\(parent["person_id"]?.string ?? "")'")
    #expect(roles == "Сотрудник, Родитель")
    let again = try await bench.refusal(
      of: "school.hire",
      ["person": parent["id"] ?? "", "position": "Библиотекарь", "positionType": "Учебно-вспомогательный персонал"])
    #expect(again.kind == "school.samePosition")
  }

  @Test func `F2: dismissal hands classes and groups to the successor, or leaves them free`() async throws {
    let bench = try await SchoolBench.generated(pupils: 60)
    let teacher = try bench.value(
      "SELECT homeroom_teacher_id FROM school_classes WHERE homeroom_teacher_id <> 'e2' ORDER BY n LIMIT 1")
    let id = teacher.string ?? ""
    let groups = try bench.value("SELECT count(*) FROM school_groups WHERE teacher_id = '\(id)'").int ?? 0
    let successor = try bench.value(
      "SELECT id FROM school_employees WHERE id NOT IN ('\(id)', 'e2') ORDER BY n LIMIT 1")
    let before = try bench.value("SELECT count(*) FROM school_groups WHERE teacher_id = '\(successor.string ?? "")'")
      .int

    _ = try await bench.run("school.dismiss", ["employee": teacher, "successor": successor])

    #expect(try bench.value("SELECT dismissed FROM school_employees WHERE id = '\(id)'") == "2026-11-23")
    #expect(try bench.query("SELECT 1 AS n FROM school_classes WHERE homeroom_teacher_id = '\(id)'").isEmpty)
    #expect(
      try bench.value("SELECT count(*) FROM school_groups WHERE teacher_id = '\(successor.string ?? "")'").int
        == (before ?? 0) + groups)
    #expect(try bench.events("school.v1.groupChanged").count == groups)
    #expect(try bench.events("school.v1.classChanged").count == 1)
    #expect(try bench.events("school.v1.employeeChanged").last?["change"] == "dismissed")

    let other = successor.string ?? ""
    _ = try await bench.run("school.dismiss", ["employee": successor])
    #expect(try bench.query("SELECT 1 AS n FROM school_groups WHERE teacher_id = '\(other)'").isEmpty)
    #expect(try bench.query("SELECT 1 AS n FROM school_classes WHERE homeroom_teacher_id = '\(other)'").isEmpty)
  }

  @Test func `F2: the chats of Sferum are never left without an administrator`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let failure = try await bench.refusal(of: "school.dismiss", ["employee": "e2"])
    #expect(failure.kind == "school.chatAdministrator")
    #expect(failure.issues.map(\.path) == ["/successor"])
    #expect(try bench.value("SELECT count(*) FROM school_employees WHERE dismissed IS NOT NULL") == 0)

    _ = try await bench.run("school.dismiss", ["employee": "e2", "successor": "e1"])
    #expect(try bench.value("SELECT chat_administrator_id FROM school_organization") == "e1")
    #expect(try bench.events("school.v1.settingsChanged").last == ["changed": ["chatAdministrator"]])
  }

  @Test func `F2: nobody is dismissed twice, before the hiring, or as the last administrator`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    _ = try await bench.run("school.dismiss", ["employee": "e1"])
    #expect(try await bench.refusal(of: "school.dismiss", ["employee": "e1"]).kind == "school.dismissed")
    let early = try await bench.refusal(of: "school.dismiss", ["employee": "e3", "date": "1980-01-01"])
    #expect(early.issues.map(\.path) == ["/date"])
    let administrator = try bench.value(
      """
      SELECT e.id FROM school_employees e JOIN school_accounts a ON a.person_id = e.person_id WHERE a.login = 'admin'
      """)
    let last = try await bench.refusal(of: "school.dismiss", ["employee": administrator])
    #expect(last.kind == "school.lastAdministrator")
    #expect(try await bench.refusal(of: "school.dismiss", ["employee": "e999"]).kind == "employee.notFound")
  }

  @Test func `H: whoever is dismissed no longer signs in, and does again when hired again`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let row = try bench.query(
      """
      SELECT e.id, a.login FROM school_employees e JOIN school_accounts a ON a.person_id = e.person_id
      WHERE a.roles = 'Сотрудник' AND e.id <> 'e2' ORDER BY e.n DESC LIMIT 1
      """)[0]
    let login = row["login"]?.string ?? ""
    _ = try await bench.signIn(login, "пароль")

    _ = try await bench.run("school.dismiss", ["employee": row["id"] ?? ""])
    #expect(await bench.refusal(login, "пароль")?.kind == "session.blocked")

    _ = try await bench.run(
      "school.hire", ["person": row["id"] ?? "", "position": "Вахтёр", "positionType": "Обслуживающий персонал"])
    #expect(try await bench.signIn(login, "пароль")["user"]?["roles"] == ["employee"])
    #expect(try bench.value("SELECT dismissed FROM school_employees WHERE id = '\(row["id"]?.string ?? "")'") == .null)
  }

  @Test func `F2: changing an employee renames them everywhere and says what was and what is`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let teacher = try bench.value("SELECT homeroom_teacher_id FROM school_classes LIMIT 1")
    _ = try await bench.run(
      "school.changeEmployee",
      ["employee": teacher, "familyName": "Петрова-Водкина", "position": "Учитель-методист"])

    let id = teacher.string ?? ""
    let row = try bench.query("SELECT full_name, position FROM school_employees WHERE id = '\(id)'")[0]
    #expect(row["full_name"]?.string?.hasPrefix("Петрова-Водкина ") == true)
    #expect(row["position"] == "Учитель-методист")
    #expect(
      try bench.value("SELECT homeroom_teacher FROM school_classes WHERE homeroom_teacher_id = '\(id)'")
        == row["full_name"])
    let lines = try bench.audit("school.changeEmployee")
    #expect(lines.first?["new"] == ["familyName": "Петрова-Водкина"])
    #expect(try bench.events("school.v1.personChanged").count == 1)

    _ = try await bench.run("school.changeEmployee", ["employee": teacher, "familyName": "Петрова-Водкина"])
    #expect(try bench.events("school.v1.personChanged").count == 1)
  }

  @Test func `F2: the forms run the commands with a field for each argument`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let hiring = try await bench.open("school.employee")
    #expect(hiring["title"]?["ru"] == "Сотрудник: Приём")
    #expect(hiring.element("buttons", "save")?["command"] == "school.hire")
    for (_, value) in hiring.element("buttons", "save")?["arguments"]?.members ?? [] {
      #expect(hiring.element("fields", String(value.string?.dropFirst() ?? "")) != nil, "\(value.text())")
    }
    #expect(hiring.element("fields", "date")?["value"] == "2026-11-23")

    let changing = try await bench.open("school.employee", ["employee": "e3"])
    let name = try bench.value(
      "SELECT family_name FROM school_people JOIN school_employees e ON e.person_id = school_people.id WHERE e.id = 'e3'"
    )
    #expect(changing.element("fields", "familyName")?["value"] == name)
    #expect(changing.element("buttons", "save")?["arguments"]?["employee"] == "e3")

    let leading = try bench.value("SELECT homeroom_teacher_id FROM school_classes LIMIT 1")
    let dismissal = try await bench.open("school.dismissal", ["employee": leading])
    let duties = dismissal.element("fields", "duties")?["value"]
    #expect(duties?["ru"]?.string?.hasPrefix("классы: ") == true)
    #expect(duties?["en"]?.string?.hasPrefix("classes: ") == true)
  }

  @Test func `H: a teacher's rights follow from the roster, and go with the dismissal`() async throws {
    let bench = try await SchoolBench.generated(pupils: 60)
    let row = try bench.row(
      """
      SELECT c.id, c.homeroom_teacher_id AS teacher, e.person_id FROM school_classes c
      JOIN school_employees e ON e.id = c.homeroom_teacher_id WHERE e.id <> 'e2' LIMIT 1
      """)
    let person = row["person_id"]?.string ?? ""
    func rights() throws -> [JSONValue] {
      try bench.query("SELECT role, class_id FROM school_v1_teaching WHERE person_id = '\(person)' ORDER BY role")
    }
    let before = try rights()
    #expect(before.contains(["role": "leads", "class_id": row["id"] ?? ""]))
    #expect(before.contains { $0["role"] == "teaches" })

    _ = try await bench.run("school.setHomeroomTeacher", ["class": row["id"] ?? "", "employee": .null])
    #expect(try !rights().contains { $0["role"] == "leads" })
    _ = try await bench.run("school.dismiss", ["employee": row["teacher"] ?? ""])
    #expect(try rights().isEmpty)
  }

  @Test func `H: two phones that look alike behind their masks are still a change`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    _ = try await bench.run("school.changeEmployee", ["employee": "e3", "phone": "+79400016032"])
    _ = try await bench.run("school.changeEmployee", ["employee": "e3", "phone": "+79130001132"])
    let lines = try bench.audit("school.changeEmployee")
    #expect(lines.count == 2)
    #expect(lines.last?["new"]?["phone"]?.string?.hasSuffix("-32") == true)
    #expect(try bench.events("school.v1.personChanged").count == 2)
  }

  @Test func `F2: a name that came before today's rules does not stand in the way of other changes`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    try bench.store.transact(.write) { transaction in
      _ = try transaction.query(
        """
        UPDATE school_people SET family_name = 'Иванова (Петрова)'
        WHERE id = (SELECT person_id FROM school_pupils WHERE id = 'u1')
        """,
        .emptyArray, policy: nil)
    }
    _ = try await bench.run("school.changePupil", ["pupil": "u1", "phone": "8 912 345 67 89"])
    let failure = try await bench.refusal(of: "school.changePupil", ["pupil": "u1", "familyName": "Иванова (Петрова)"])
    #expect(failure.issues.map(\.path) == ["/familyName"])
  }

  @Test func `H: whoever is dismissed gets no account of an employee`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let hired = try await bench.run("school.hire", newcomer)
    _ = try await bench.run("school.dismiss", ["employee": hired["employeeId"] ?? ""])
    let failure = try await bench.refusal(
      of: "school.addAccount", ["login": "gone", "employee": hired["employeeId"] ?? ""])
    #expect(failure.issues.map(\.path) == ["/employee"])
  }
}
