import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

/// What packages look like in the wild.
@Suite struct ImportFormTests {
  @Test func `F4: a package of 1.2 has its roles in a file of their own`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    try files.replace("manifest.csv", "oneroster.version,1.1", "oneroster.version,1.2")
    try files.write(
      "users.csv",
      """
      sourcedId,status,dateLastModified,enabledUser,username,givenName,familyName,middleName,phone,agentSourcedIds
      s1,,,true,s1,Пётр,Ёлкин,Ильич,,g1
      s2,,,true,s2,Анна,Ёлкина,Ильинична,,g1
      g1,,,true,g1,Мария,Ёлкина,Петровна,+79160000001,
      t1,,,true,t1,Ольга,Ветрова,Игоревна,,
      """)
    try files.write(
      "roles.csv",
      """
      sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId
      r1,,,s1,primary,student,,,o1
      r2,,,s2,primary,student,,,o1
      r3,,,g1,primary,guardian,,,o1
      r4,,,t1,secondary,teacher,,,o1
      r5,,,t1,primary,principal,,,o1
      """)

    let result = try await bench.importing(files.path)

    #expect(result["errors"] == [])
    #expect(result["warnings"] == [["file": "roles.csv", "reason": "В описи файла нет, но он прочитан"]])
    #expect(
      try bench.query("SELECT position, position_type FROM school_employees") == [
        ["position": "Директор", "position_type": "Администрация"]
      ])
    #expect(
      try bench.query("SELECT relation FROM school_parent_links") == [
        ["relation": "guardian"], ["relation": "guardian"],
      ])
    #expect(try bench.query("SELECT pupils FROM school_classes") == [["pupils": 2]])
  }

  @Test func `F4: a manifest that is absent, mangled or wrong is told, and the files are believed`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    try files.replace("manifest.csv", "manifest.version,1.0", "manifest.version,1")
    try files.replace("manifest.csv", "propertyName,value", "propertyName,propertyValue")
    try files.replace("manifest.csv", "file.orgs,bulk", "file.results,bulk\nfile.academicSessions,bulk")
    let mangled = try await bench.importing(files.path, dryRun: true)
    #expect(
      (mangled["warnings"]?.array ?? []).compactMap { $0["file"]?.string }
        == ["orgs.csv", "academicSessions.csv"].sorted { $0 > $1 })
    #expect(mangled["added"] == 8)

    try files.remove("manifest.csv")
    let absent = try await bench.importing(files.path)
    #expect(absent["applied"] == true)
    #expect((absent["warnings"]?.array ?? []).map { $0["file"] ?? .null } == ["manifest.csv"])
    #expect(absent["source"] == "oneroster")
  }

  @Test func `F4: unknown columns, a byte order mark, CRLF and quoted lists are no trouble`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles.small()
    try files.write(
      "users.csv",
      "\u{FEFF}\"sourcedId\",status,dateLastModified,ext_code,role,givenName,familyName,metadata.colour,agentSourcedIds\r\n"
        + "s1,,,7,student,Пётр,\"Ёлкин, младший\",red,\"g1,g2\"\r\n\r\ng1,,,,parent,Мария,Ёлкина,,\r\n"
        + "g2,,,,relative,Лев,Ёлкин,,\r\nt1,,,,teacher,Ольга,Ветрова,,\r\ns2,,,,student,Анна,Ёлкина,,")

    let result = try await bench.importing(files.path)

    #expect(result["errors"] == [])
    #expect(
      try bench.query("SELECT full_name FROM school_pupils WHERE n = 1") == [["full_name": "Ёлкин, младший Пётр"]])
    #expect(try bench.query("SELECT count(*) AS n FROM school_parent_links WHERE pupil_id = 'u1'") == [["n": 2]])
  }

  @Test func `F4: what is no package is refused with a reason`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let files = try RosterFiles()
    #expect(await bench.failure("school.importRoster", ["path": JSONValue(files.path)])?.kind == "import.empty")
    #expect(await bench.failure("school.importRoster", ["path": "school.zip"])?.kind == "params.invalid")
    try files.write("notes.txt", "text")
    #expect(
      await bench.failure("school.importRoster", ["path": JSONValue("\(files.path)/notes.txt")])?.kind
        == "params.invalid")
    try files.write("users.csv", "SourcedID,role\nu1,student")
    let result = try await bench.importing(files.path)
    #expect(result["applied"] == false)
    #expect(result["errors"]?[0]?["column"] == "sourcedId")
    try files.write("users.csv", bytes: [0xFF, 0xFE, 0x73, 0x00, 0x6F, 0x00])
    #expect(try await bench.importing(files.path)["applied"] == false)
  }

  @Test func `F4: a group that leaves together with a pupil of it counts those who are left`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    _ = try await bench.run("school.saveSettings", ["removalThresholdPercent": 100])
    let files = try RosterFiles.small()
    #expect(try await bench.importing(files.path)["errors"] == [])
    for (name, gone) in [
      ("classes.csv", ["e1,"]), ("users.csv", ["s2,"]), ("demographics.csv", ["s2,"]),
      ("enrollments.csv", ["n2,", "n5,", "n7,"]),
    ] {
      let left = try files.text(name).split(separator: "\n").filter { line in !gone.contains { line.hasPrefix($0) } }
      try files.write(name, left.joined(separator: "\n"))
    }
    _ = try await bench.importing(files.path)
    let groups = try bench.query("SELECT pupils FROM school_groups WHERE archived = 1 AND whole_class = 0")
    #expect(groups == [["pupils": 0]])
    #expect(try bench.wrongLists() == [])
  }

  @Test func `F4: damaged files leave a school whose lists are right, whatever was damaged`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    _ = try await bench.run("school.saveSettings", ["removalThresholdPercent": 100])
    let names = ["users.csv", "classes.csv", "enrollments.csv", "courses.csv", "demographics.csv"]
    let damage = [",", "\"", "\n", "s1", "c1", "5А", "active", "", "g1,g2", "0", "\u{0}", "tobedeleted", "teacher"]
    var random = SplitMix64(seed: 25)
    for _ in 0..<25 {
      let files = try RosterFiles.small()
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let name = names.randomElement(using: &random) ?? ""
        let pieces = try files.text(name).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        var damaged = pieces
        damaged[Int.random(in: 0..<pieces.count, using: &random)] = damage.randomElement(using: &random) ?? ""
        try files.write(name, damaged.joined(separator: ","))
      }
      let before = try bench.archivedGroups()
      _ = try await bench.importing(files.path)
      #expect(try bench.wrongLists() == [])
      // A group put away keeps the count that it had, for as long as it is away.
      let after = try bench.archivedGroups()
      #expect(before.filter { after[$0.key] != nil && after[$0.key] != $0.value } == [:])
    }
    let whole = try RosterFiles.small()
    let result = try await bench.importing(whole.path)
    #expect(result["errors"] == [])
    #expect(
      try bench.query("SELECT count(*) AS n FROM school_pupils WHERE class_title = '5А' AND state = 'studying'") == [
        ["n": 2]
      ])
  }
}

extension SplitMix64: RandomNumberGenerator {}
