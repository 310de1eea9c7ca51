import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

@Suite struct ImportRemovalTests {
  /// A school of the small package, and the package without one pupil.
  private func school() async throws -> (SchoolBench, RosterFiles) {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    try await bench.importing(files.path)
    try files.replace("users.csv", "s2,,,true,o1,student,s2,Анна,Ёлкина,Ильинична,8 (916) 000-00-02,g1\n", "")
    try files.replace("users.csv", "\"s1,s2\"", "s1")
    try files.replace("demographics.csv", "\ns2,,,2015-03-01,female", "")
    for row in [
      "n2,,,c1,o1,s2,student,false,2026-09-01,\n", "n5,,,m1,o1,s2,student,false,,\n", "\nn7,,,e1,o1,s2,student,false,,",
    ] {
      try files.replace("enrollments.csv", row, "")
    }
    return (bench, files)
  }

  @Test func `X2: removals above the threshold wait while the rest goes on, and are confirmed or dropped`() async throws
  {
    let (bench, files) = try await school()
    try files.replace("users.csv", "Ветрова", "Ветрова-Сомова")

    let result = try await bench.importing(files.path)

    #expect(result["registries"]?["pupils"]?["held"] == 1)
    #expect(result["registries"]?["employees"]?["changed"] == 1)
    #expect(
      (result["heldRemovals"]?.array ?? []).contains {
        $0["name"] == "ученик Ёлкина Анна Ильинична" && $0["registry"] == "pupils"
      })
    #expect(try studying(bench) == 2)
    #expect(
      try bench.query("SELECT full_name FROM school_employees") == [["full_name": "Ветрова-Сомова Ольга Игоревна"]])
    let again = try await bench.importing(files.path)
    #expect(again["held"] == result["held"])
    #expect(again["operation"] == nil, "the same removals wait already")

    let operation = result["operation"] ?? .null
    let confirmed = try await bench.run("school.confirmRemovals", ["operation": operation])
    #expect(try studying(bench) == 1)
    #expect(try bench.wrongLists() == [])
    #expect(await bench.failure("school.confirmRemovals", ["operation": operation])?.kind == "school.nothingHeld")
    try await bench.run("school.undoOperation", ["operation": confirmed["operation"] ?? .null])
    #expect(try studying(bench) == 2)
    #expect(try bench.wrongLists() == [])
  }

  @Test func `X2: dropped removals stay undone until the next package`() async throws {
    let (bench, files) = try await school()
    let result = try await bench.importing(files.path)

    try await bench.run("school.dropRemovals", ["operation": result["operation"] ?? .null])

    #expect(try bench.query("SELECT * FROM school_held_removals") == [])
    #expect(try bench.query("SELECT held FROM school_operations ORDER BY n DESC LIMIT 1") == [["held": 0]])
    #expect(try studying(bench) == 2)
  }

  @Test func `F4: who leaves a bulk package is expelled today, and comes back with it`() async throws {
    let (bench, files) = try await school()
    _ = try await bench.run("school.saveSettings", ["removalThresholdPercent": 100])

    let result = try await bench.importing(files.path)

    #expect(result["registries"]?["pupils"]?["removed"] == 1)
    #expect(
      try bench.query("SELECT state, left_on, class_title FROM school_pupils WHERE n = 2") == [
        ["state": "expelled", "left_on": "2026-11-23", "class_title": "5А"]
      ])
    // A child who has left is still hers.
    let children = "Ёлкин Пётр Ильич, 5А; Ёлкина Анна Ильинична"
    #expect(try bench.query("SELECT children FROM school_parents") == [["children": JSONValue(children)]])
    #expect(try bench.query("SELECT * FROM school_group_members") == [])
    #expect(result["chats"]?["classes"] == [["title": "5А", "joins": 0, "leaves": 1]])
    #expect(try bench.wrongLists() == [])

    let whole = try RosterFiles.small()
    let back = try await bench.importing(whole.path)
    #expect(back["registries"]?["pupils"]?["changed"] == 1)
    #expect(
      try bench.query("SELECT reason FROM school_enrolments WHERE pupil_id = 'u2' AND until IS NULL") == [
        ["reason": "restored"]
      ])
    #expect(try bench.wrongLists() == [])
  }

  @Test func `F4: another source's people, and people made by hand, are none of a package's business`() async throws {
    let (bench, _) = try await school()
    _ = try await bench.run("school.saveSettings", ["removalThresholdPercent": 100])
    let other = try RosterFiles()
    try other.write(
      "manifest.csv",
      "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.users,bulk\nsource.systemCode,other")
    try other.write(
      "users.csv",
      "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName\nx1,,,true,o1,student,x1,Иван,Сомов"
    )

    let result = try await bench.importing(other.path)

    #expect(result["removed"] == 0)
    #expect(result["held"] == 0)
    #expect(try studying(bench) == 3)
  }

  @Test func `F4: a row that is left out is no word that somebody has left`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    try await bench.importing(files.path)
    _ = try await bench.run("school.saveSettings", ["removalThresholdPercent": 100])
    try files.replace("users.csv", "s2,,,true,o1,student,s2,Анна", "s2,,,true,o1,student,s2,")

    let result = try await bench.importing(files.path)

    #expect(result["registries"]?["pupils"]?["removed"] != 1)
    #expect(try studying(bench) == 2)
    #expect(try bench.query("SELECT class_title FROM school_pupils WHERE n = 2") == [["class_title": "5А"]])
  }

  @Test func `F4: a file without rows removes nobody`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    try await bench.importing(files.path)
    let before = try bench.everything()
    for (name, header) in [
      ("users.csv", "sourcedId,status,dateLastModified,role,givenName,familyName"),
      ("classes.csv", "sourcedId,status,dateLastModified,title,classType"),
    ] { try files.write(name, header) }
    try files.remove("enrollments.csv")
    try files.remove("demographics.csv")

    let result = try await bench.importing(files.path)

    #expect(result["removed"] == 0)
    #expect((result["warnings"]?.array ?? []).filter { $0["file"] == "users.csv" }.count == 1)
    #expect(try bench.everything() == before)
  }

  @Test func `F4: labels change places, a class is archived, a homeroom teacher changes`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    _ = try await bench.run("school.saveSettings", ["removalThresholdPercent": 100])
    let files = try RosterFiles.small()
    try files.replace("classes.csv", "c1,,,5А", "c2,,,5Б,05,,,homeroom,o1,\nc3,,,6А,06,,,homeroom,o1,\nc1,,,5А")
    try files.replace("users.csv", "t1,,,true", "t2,,,true,o1,teacher,t2,Инна,Лис,Львовна,,\nt1,,,true")
    try await bench.importing(files.path)
    let before = try bench.everything()
    try files.replace("classes.csv", "c2,,,5Б", "c2,,,5А")
    try files.replace("classes.csv", "c1,,,5А", "c1,,,5Б")
    try files.replace("classes.csv", "c3,,,6А,06,,,homeroom,o1,\n", "")
    try files.replace("enrollments.csv", "n3,,,c1,o1,t1", "n3,,,c1,o1,t2")

    let result = try await bench.importing(files.path)

    #expect(result["errors"] == [])
    #expect(
      try bench.query("SELECT sourced_id, title, archived, homeroom_teacher FROM school_classes ORDER BY sourced_id")
        == [
          ["sourced_id": "c1", "title": "5Б", "archived": 0, "homeroom_teacher": "Лис Инна Львовна"],
          ["sourced_id": "c2", "title": "5А", "archived": 0, "homeroom_teacher": ""],
          ["sourced_id": "c3", "title": "6А", "archived": 1, "homeroom_teacher": ""],
        ])
    #expect(try bench.query("SELECT DISTINCT class_title FROM school_pupils") == [["class_title": "5Б"]])
    #expect(try bench.query("SELECT classes FROM school_groups WHERE n = 1") == [["classes": "5Б"]])
    try await bench.run("school.undoOperation", ["operation": result["operation"] ?? .null])
    let after = try bench.everything()
    for (table, rows) in before { #expect(after[table] == rows, "\(table)") }
  }

  @Test func `X3: an import is undone to the last row`() async throws {
    let bench = try await SchoolBench.generated(pupils: 60, seed: 4)
    let before = try bench.everything()
    let files = try RosterFiles.small()
    try files.replace("classes.csv", "5А,05", "5Я,05")
    try files.write(
      "lessons.csv", "sourcedId,classSourcedId,date,number,startTime,endTime,room\nl1,m1,2026-12-01,1,8:30,09:15,12")
    try files.write("plans.csv", "sourcedId,classSourcedId,number,title,hours\np1,m1,1,Дроби,2")
    try files.write("bindings.csv", "userSourcedId,phone\ng1,+79160000001")

    let result = try await bench.importing(files.path)

    #expect(result["errors"] == [])
    #expect(
      try bench.query("SELECT group_title, starts FROM school_lessons ORDER BY n DESC LIMIT 1") == [
        ["group_title": "Математика (5Я)", "starts": "08:30"]
      ])
    #expect(
      try bench.query("SELECT name FROM shell_events ORDER BY seq DESC LIMIT 1") == [
        ["name": "school.v1.bindingsImported"]
      ])
    #expect(try bench.query("SELECT phone FROM school_v1_imported_bindings") == [["phone": "+79160000001"]])
    try await bench.run("school.undoOperation", ["operation": result["operation"] ?? .null])
    let after = try bench.everything()
    for (table, rows) in before {
      let isSame = after[table] == rows
      #expect(isSame, "\(table)")
    }
    #expect(try bench.wrongLists() == [])
  }

  private func studying(_ bench: SchoolBench) throws -> Int {
    try bench.query("SELECT count(*) AS n FROM school_pupils WHERE state = 'studying'").first?["n"]?.int ?? -1
  }
}
