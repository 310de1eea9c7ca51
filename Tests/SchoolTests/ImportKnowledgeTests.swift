import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

/// What an import must not do on thin evidence, and what it must do to the end.
@Suite struct ImportKnowledgeTests {
  private static let now = "2026-11-20T08:00:00.000Z"
  private static let users =
    "sourcedId,status,dateLastModified,role,givenName,familyName,middleName,phone,agentSourcedIds"
  private static let enrolments = "sourcedId,status,dateLastModified,classSourcedId,userSourcedId,role"

  /// The small school, imported; every removal goes through.
  private func school() async throws -> (SchoolBench, RosterFiles) {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    try files.replace("classes.csv", "m1,,,", "c2,,,5Б,05,,,homeroom,o1,\nm1,,,")
    try await bench.importing(files.path)
    _ = try await bench.run("school.saveSettings", ["removalThresholdPercent": 100])
    return (bench, files)
  }

  private func delta(_ name: String, _ header: String, _ rows: String...) throws -> RosterFiles {
    let files = try RosterFiles()
    try files.write(
      "manifest.csv",
      "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.\(name),delta\nsource.systemCode,sis")
    try files.write("\(name).csv", ([header] + rows).joined(separator: "\n"))
    return files
  }

  /// Imports one file of changes. The files are there until the import ends.
  @discardableResult
  private func change(_ bench: SchoolBench, _ name: String, _ header: String, _ row: String) async throws -> JSONValue {
    let files = try delta(name, header, row)
    let result = try await bench.importing(files.path)
    return withExtendedLifetime(files) { result }
  }

  @Test func `F4: whoever an import dismisses is shut out, and let in when hired again`() async throws {
    let (bench, _) = try await school()
    _ = try await bench.run(
      "school.addAccount", ["login": "vetrova", "password": "пароль", "employee": "e1", "administrator": true])
    let account = "SELECT blocked, roles FROM school_accounts WHERE login = 'vetrova'"

    try await change(bench, "users", Self.users, "t1,tobedeleted,\(Self.now),teacher,Ольга,Ветрова,Игоревна,,")

    #expect(try bench.query("SELECT 1 AS n FROM school_positions WHERE dismissed IS NULL") == [])
    #expect(try bench.query(account) == [["blocked": 1, "roles": ""]])
    try await change(bench, "users", Self.users, "t1,active,\(Self.now),teacher,Ольга,Ветрова,Игоревна,,")
    #expect(try bench.query(account) == [["blocked": 0, "roles": "Сотрудник"]])
  }

  @Test func `X3: undoing an import that dismissed somebody lets them in again`() async throws {
    let (bench, _) = try await school()
    _ = try await bench.run("school.addAccount", ["login": "vetrova", "password": "пароль", "employee": "e1"])
    let result = try await change(
      bench, "users", Self.users, "t1,tobedeleted,\(Self.now),teacher,Ольга,Ветрова,Игоревна,,")
    #expect(await bench.refusal("vetrova", "пароль")?.kind == "session.blocked")

    _ = try await bench.run("school.undoOperation", ["operation": result["operation"] ?? ""])

    #expect(try await bench.signIn("vetrova", "пароль")["user"]?["roles"] == ["employee"])
  }

  @Test func `F4: the last administrator is not dismissed by an import`() async throws {
    let (bench, _) = try await school()
    _ = try await bench.run(
      "school.addAccount", ["login": "vetrova", "password": "пароль", "employee": "e1", "administrator": true])
    try bench.execute("UPDATE school_accounts SET blocked = 1 WHERE login = 'admin'")

    let result = try await change(
      bench, "users", Self.users, "t1,tobedeleted,\(Self.now),teacher,Ольга,Ветрова,Игоревна,,")

    #expect(result["registries"]?["employees"]?["removed"] != 1)
    #expect((result["warnings"]?.array ?? []).contains { $0["reason"]?.string?.contains("администратор") == true })
    #expect(try bench.query("SELECT blocked FROM school_accounts WHERE login = 'vetrova'") == [["blocked": 0]])
  }

  @Test func `F4: a class with pupils or an open group is not archived, one that has become empty is`() async throws {
    let (bench, files) = try await school()
    try files.remove("enrollments.csv")
    for row in ["c1,,,5А,05,,,homeroom,o1,\n", "c2,,,5Б,05,,,homeroom,o1,\n"] {
      try files.replace("classes.csv", row, "")
    }

    let result = try await bench.importing(files.path)

    #expect(
      try bench.query("SELECT title, archived FROM school_classes ORDER BY title") == [
        ["title": "5А", "archived": 0], ["title": "5Б", "archived": 1],
      ])
    #expect(result["registries"]?["classes"]?["removed"] == 1)
    #expect((result["warnings"]?.array ?? []).contains { $0["reason"]?.string?.contains("(5А)") == true })
    #expect(try bench.wrongLists() == [])
  }

  @Test func `F4: a class gives its label to the one that takes its pupils and groups over`() async throws {
    let (bench, files) = try await school()
    try files.replace("classes.csv", "c1,,,5А", "c9,,,5А")
    try files.replace("enrollments.csv", ",c1,", ",c9,")

    let result = try await bench.importing(files.path)

    #expect(result["errors"] == [])
    #expect(
      try bench.query("SELECT sourced_id, archived, pupils FROM school_classes WHERE title = '5А' ORDER BY n") == [
        ["sourced_id": "c1", "archived": 1, "pupils": 0], ["sourced_id": "c9", "archived": 0, "pupils": 2],
      ])
    #expect(try bench.wrongLists() == [])
  }

  @Test func `F4: a pupil whom an import moves leaves the groups of the old class`() async throws {
    let (bench, _) = try await school()
    #expect(try bench.query("SELECT pupil_id FROM school_group_members") == [["pupil_id": "u2"]])

    let result = try await change(bench, "enrollments", Self.enrolments, "n20,active,\(Self.now),c2,s2,student")

    #expect(result["errors"] == [])
    #expect(try bench.query("SELECT class_title FROM school_pupils WHERE id = 'u2'") == [["class_title": "5Б"]])
    #expect(try bench.query("SELECT pupil_id FROM school_group_members") == [])
    #expect(try bench.wrongLists() == [])
    try await bench.run("school.undoOperation", ["operation": result["operation"] ?? .null])
    #expect(try bench.query("SELECT pupil_id FROM school_group_members") == [["pupil_id": "u2"]])
    #expect(try bench.wrongLists() == [])
  }

  @Test func `F4: a row without a status in a delta is an error, and never the whole truth`() async throws {
    let (bench, _) = try await school()
    let one = try delta("users", Self.users, "s1,,,student,Пётр,Ёлкин,Ильич,,")

    let promised = try await bench.importing(one.path)
    #expect(promised["errorCount"] == 1)
    #expect(promised["removed"] == 0)

    try one.replace("manifest.csv", "delta", "bulk")
    try one.write("users.csv", try one.text("users.csv") + "\ns2,active,\(Self.now),student,Анна,Ёлкина,Ильинична,,g1")
    let mixed = try await bench.importing(one.path)
    #expect(mixed["errors"]?.array?.map { $0["line"] ?? .null } == [2])
    #expect(mixed["removed"] == 0)
    #expect(try bench.query("SELECT 1 AS n FROM school_pupils WHERE state = 'studying'").count == 2)
    withExtendedLifetime(one) {}
  }

  /// The small school whose bulk package has lost Анна; her removal waits.
  private func held() async throws -> (SchoolBench, operation: JSONValue) {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    try await bench.importing(files.path)
    try files.replace("users.csv", "s2,,,true,o1,student,s2,Анна,Ёлкина,Ильинична,8 (916) 000-00-02,g1\n", "")
    try files.replace("users.csv", "\"s1,s2\"", "s1")
    let result = try await bench.importing(files.path)
    #expect(result["registries"]?["pupils"]?["held"] == 1)
    return (bench, result["operation"] ?? .null)
  }

  @Test func `X2: a held removal is off when a later package has the record`() async throws {
    let (bench, operation) = try await held()

    try await change(bench, "users", Self.users, "s2,active,\(Self.now),student,Анна,Ёлкина,Ильинична,,g1")

    #expect(try bench.query("SELECT record FROM school_held_removals WHERE registry = 'pupils'") == [])
    _ = await bench.failure("school.confirmRemovals", ["operation": operation])
    #expect(try bench.query("SELECT state FROM school_pupils WHERE id = 'u2'") == [["state": "studying"]])
  }

  @Test func `X2: a record that somebody has changed since is not removed with the rest`() async throws {
    let (bench, operation) = try await held()
    try bench.execute("INSERT INTO school_touched(record) VALUES ('u2')")

    let result = try await bench.run("school.confirmRemovals", ["operation": operation])

    #expect((result["skipped"]?.int ?? 0) > 0)
    #expect((result["warnings"]?.array ?? []).contains { $0["reason"]?.string?.contains("Ёлкина Анна") == true })
    #expect(try bench.query("SELECT state FROM school_pupils WHERE id = 'u2'") == [["state": "studying"]])
  }

  @Test func `F4: a group of an earlier year stays closed; its id gives this year a new one`() async throws {
    let (bench, files) = try await school()
    try bench.execute("UPDATE school_academic_years SET is_current = 0")
    try bench.execute(
      "INSERT INTO school_academic_years(title, starts, ends, is_current) VALUES ('2027/2028', '2027-09-01', '2028-08-31', 1)"
    )
    try bench.execute("UPDATE school_groups SET archived = 1")

    let result = try await bench.importing(files.path)

    #expect(result["errors"] == [])
    #expect(
      try bench.query("SELECT archived, year_id, sourced_id FROM school_groups ORDER BY n") == [
        ["archived": 1, "year_id": "y1", "sourced_id": .null], ["archived": 1, "year_id": "y1", "sourced_id": .null],
        ["archived": 0, "year_id": "y2", "sourced_id": "m1"], ["archived": 0, "year_id": "y2", "sourced_id": "e1"],
      ])
    #expect(try bench.wrongLists() == [])
  }

  @Test func `phones and addresses of bad rows are told and not kept`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    try files.replace("users.csv", "8 (916) 000-00-02", "12-34-56")

    let result = try await bench.importing(files.path)

    #expect(result["errors"]?.array?.first?["value"] == "12-34-56")
    #expect(try bench.query("SELECT 1 AS n FROM school_operations WHERE summary LIKE '%12-34-56%'") == [])
    #expect(try bench.query("SELECT 1 AS n FROM school_operations WHERE summary LIKE '%users.csv%'").count == 1)
  }
}
