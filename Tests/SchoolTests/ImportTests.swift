import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

@Suite struct ImportRosterTests {
  @Test func `F4: a package makes a school, with Cyrillic names, a class, groups, a parent and teachers`() async throws
  {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()

    let result = try await bench.importing(files.path)

    #expect(result["applied"] == true)
    #expect(result["errors"] == [])
    #expect(result["registries"]?["pupils"] == ["added": 2, "changed": 0, "removed": 0, "held": 0])
    #expect(
      try bench.query("SELECT full_name, class_title, enrolled FROM school_pupils ORDER BY n") == [
        ["full_name": "Ёлкин Пётр Ильич", "class_title": "5А", "enrolled": "2026-09-01"],
        ["full_name": "Ёлкина Анна Ильинична", "class_title": "5А", "enrolled": "2026-09-01"],
      ])
    #expect(
      try bench.query("SELECT full_name, children FROM school_parents") == [
        ["full_name": "Ёлкина Мария Петровна", "children": "Ёлкин Пётр Ильич, 5А; Ёлкина Анна Ильинична, 5А"]
      ])
    #expect(try bench.query("SELECT DISTINCT relation FROM school_parent_links") == [["relation": "mother"]])
    #expect(
      try bench.query("SELECT full_name, position, position_type FROM school_employees") == [
        ["full_name": "Ветрова Ольга Игоревна", "position": "Учитель", "position_type": "Педагогический состав"]
      ])
    #expect(
      try bench.query("SELECT title, homeroom_teacher, pupils FROM school_classes") == [
        ["title": "5А", "homeroom_teacher": "Ветрова Ольга Игоревна", "pupils": 2]
      ])
    #expect(
      try bench.query("SELECT title, teacher, whole_class, pupils FROM school_groups ORDER BY n") == [
        ["title": "Математика (5А)", "teacher": "Ветрова Ольга Игоревна", "whole_class": 1, "pupils": 2],
        ["title": "Английский язык, Английский 1 (5А)", "teacher": "", "whole_class": 0, "pupils": 1],
      ])
    #expect(
      try bench.query("SELECT phone FROM school_people WHERE phone IS NOT NULL ORDER BY phone") == [
        ["phone": "+79160000001"], ["phone": "+79160000002"],
      ])
    #expect(result["chats"]?["classes"] == [["title": "5А", "joins": 3, "leaves": 0]])
    #expect(result["chats"]?["teachers"] == ["joins": 1, "leaves": 0])
    #expect(try bench.query("SELECT name FROM school_organization") == [["name": "Школа № 7"]])
    #expect(try bench.wrongLists() == [])
    let events = try bench.query("SELECT payload FROM shell_events WHERE name = 'school.v1.rosterChanged'")
    #expect(events == [["payload": #"{"reason":"imported","operation":"x1"}"#]])
  }

  @Test func `F4: the same files twice change nothing, make no operation and tell nobody`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    try await bench.importing(files.path)
    let (before, told) = (try bench.everything(), try bench.query("SELECT seq FROM shell_events"))

    let result = try await bench.importing(files.path)

    #expect(result["applied"] == true)
    for name in ["added", "changed", "removed"] { #expect(result[name] == 0, "\(name)") }
    #expect(try bench.everything() == before)
    #expect(try bench.query("SELECT seq FROM shell_events") == told)
    #expect(try bench.query("SELECT count(*) AS n FROM school_operations") == [["n": 1]])
  }

  @Test func `F4: a dry run tells what would change and changes nothing`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    let (before, told) = (try bench.everything(), try bench.query("SELECT seq FROM shell_events"))

    let rehearsal = try await bench.importing(files.path, dryRun: true)
    #expect(rehearsal["applied"] == false)
    #expect(try bench.everything() == before)
    #expect(try bench.query("SELECT seq FROM shell_events") == told)
    #expect(try bench.query("SELECT n FROM school_operations") == [])

    let result = try await bench.importing(files.path)
    for name in ["added", "changed", "removed", "registries", "chats", "errors"] {
      #expect(rehearsal[name] == result[name], "\(name)")
    }
  }

  @Test func `F4: bad rows are named by file, line, column and reason, and the good ones are taken`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    try files.replace("users.csv", "s2,,,true,o1,student", "s2,,,true,o1,Student")
    try files.replace("users.csv", "+79160000001", "12-34")
    try files.replace("demographics.csv", "s1,,,2015-03-01", "s1,,,2015-02-30")
    try files.replace("enrollments.csv", "n7,,,e1,o1,s2", "n7,,,e9,o1,s1")
    try files.replace("classes.csv", "c1,,,5А", "c2,,,Лучший,,,,homeroom,o1,\nc1,,,5А")

    let result = try await bench.importing(files.path)

    let places = (result["errors"]?.array ?? []).map {
      "\($0["file"]?.string ?? "") \($0["line"]?.int ?? 0) \($0["column"]?.string ?? "") \($0["value"]?.string ?? "")"
    }
    #expect(
      places
        == [
          "users.csv 3 role Student", "users.csv 4 phone 12-34",
          "users.csv 4 agentSourcedIds s2", "demographics.csv 2 birthDate 2015-02-30",
          "demographics.csv 3 sourcedId s2", "classes.csv 2 title Лучший", "enrollments.csv 3 userSourcedId s2",
          "enrollments.csv 6 userSourcedId s2", "enrollments.csv 8 classSourcedId e9",
        ])
    #expect((result["errors"]?.array ?? []).allSatisfy { $0["reason"]?.string?.isEmpty == false })
    #expect(try bench.query("SELECT full_name FROM school_pupils") == [["full_name": "Ёлкин Пётр Ильич"]])
    #expect(try bench.query("SELECT children FROM school_parents") == [["children": "Ёлкин Пётр Ильич, 5А"]])
  }

  @Test func `F4: a broken line says so and the lines around it are taken`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    try files.replace("users.csv", "s1,,,true,o1,student,s1,Пётр", "s1,,,true,o1,student,s1,П\"ётр")
    try files.replace("enrollments.csv", "n4,,,m1,o1,s1,student,false,,", "n4,,,m1,o1,s1,student,false")

    let result = try await bench.importing(files.path)

    #expect(result["errors"]?[0]?["line"] == 2)
    #expect(result["errors"]?[0]?["column"] == "givenName")
    #expect(try bench.query("SELECT full_name FROM school_pupils") == [["full_name": "Ёлкина Анна Ильинична"]])
  }

  @Test func `F4: strict takes all of it or nothing`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    try files.replace("users.csv", "+79160000001", "12-34")
    let before = try bench.everything()

    let result = try await bench.importing(files.path, strict: true)

    #expect(result["applied"] == false)
    #expect(result["errorCount"] == 1)
    #expect(try bench.everything() == before)
  }

  @Test func `F4: a delta adds, changes and removes by its rows, and refers to what came before`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    try await bench.importing(files.path)
    let delta = try RosterFiles()
    let now = "2026-11-20T08:00:00.000Z"
    try delta.write(
      "manifest.csv",
      "propertyName,propertyValue\nmanifest.version,1\noneroster.version,1.1\nfile.users,bulk\nsource.systemCode,sis")
    try delta.write(
      "users.csv",
      """
      sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName,middleName,phone,agentSourcedIds
      s3,active,\(now),true,o1,student,s3,Иван,Сомов,Львович,,
      s2,active,\(now),true,o1,student,s2,Анна,Петрова,Ильинична,,
      s1,tobedeleted,\(now),true,o1,student,s1,Пётр,Ёлкин,Ильич,,
      """)
    try delta.write(
      "enrollments.csv",
      """
      sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
      n8,active,\(now),c1,o1,s3,student,false,,
      n7,tobedeleted,\(now),e1,o1,s2,student,false,,
      n9,active,\(now),e1,o1,s3,student,false,,
      """)
    _ = try await bench.run("school.saveSettings", ["removalThresholdPercent": 100])

    let result = try await bench.importing(delta.path)

    #expect(result["errors"] == [])
    #expect(
      try bench.query("SELECT full_name, state, class_title FROM school_pupils ORDER BY n") == [
        ["full_name": "Ёлкин Пётр Ильич", "state": "expelled", "class_title": "5А"],
        ["full_name": "Петрова Анна Ильинична", "state": "studying", "class_title": "5А"],
        ["full_name": "Сомов Иван Львович", "state": "studying", "class_title": "5А"],
      ])
    #expect(
      try bench.query("SELECT m.group_id, m.pupil_id FROM school_v1_group_members m ORDER BY 1, 2") == [
        ["group_id": "g1", "pupil_id": "u2"], ["group_id": "g1", "pupil_id": "u3"],
        ["group_id": "g2", "pupil_id": "u3"],
      ])
    #expect(try bench.wrongLists() == [])
    try await bench.run("school.undoOperation", ["operation": result["operation"] ?? .null])
    #expect(try bench.query("SELECT full_name FROM school_pupils WHERE state = 'studying' ORDER BY n").count == 2)
    #expect(try bench.wrongLists() == [])
  }

  @Test func `F4: people who are here already are met, siblings have one parent, a teacher may be one`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    try bench.store.transact(.write) { transaction in
      for sql in [
        "INSERT INTO school_people(family_name, given_name, middle_name, birth_date) VALUES ('Елкин', 'Петр', 'Ильич', '2015-03-01')",
        "INSERT INTO school_pupils(person_id, full_name) SELECT id, full_name FROM school_people WHERE family_name = 'Елкин'",
      ] { _ = try transaction.query(sql, JSONValue.emptyArray, policy: nil) }
    }
    let files = try RosterFiles.small()
    // The mother is listed once for each child, and she is a teacher here, too.
    try files.replace(
      "users.csv", "student,s2,Анна,Ёлкина,Ильинична,8 (916) 000-00-02,g1", "student,s2,Анна,Ёлкина,Ильинична,,g2")
    try files.replace(
      "users.csv", "t1,,,true",
      "g2,,,true,o1,guardian,g2,Мария,Елкина,Петровна,8-916-000-00-01,s2\nt2,,,true,o1,teacher,t2,Мария,Ёлкина,Петровна,89160000001,\nt1,,,true"
    )
    try files.replace("users.csv", "+79160000001,\"s1,s2\"", "+79160000001,s1")

    let result = try await bench.importing(files.path)

    #expect(result["errors"] == [])
    #expect(try bench.query("SELECT count(*) AS n FROM school_pupils") == [["n": 2]])
    #expect(try bench.query("SELECT full_name FROM school_pupils WHERE n = 1") == [["full_name": "Ёлкин Пётр Ильич"]])
    #expect(try bench.query("SELECT count(*) AS n FROM school_parents") == [["n": 1]])
    #expect(try bench.query("SELECT count(*) AS n FROM school_people WHERE phone = '+79160000001'") == [["n": 1]])
    #expect(
      try bench.query("SELECT count(*) AS n FROM school_employees e JOIN school_parents r ON r.person_id = e.person_id")
        == [["n": 1]])
    let (before, again) = (try bench.everything(), try await bench.importing(files.path))
    #expect(again["changed"] == 0)
    #expect(try bench.everything() == before)
  }
}
