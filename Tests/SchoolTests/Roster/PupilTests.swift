import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

private let newcomer: JSONValue = [
  "familyName": "Щукина", "givenName": "Алёна", "birthDate": "2018-05-09", "sex": "female",
]

@Suite struct PupilTests {
  @Test func `F2: enrolment puts a new pupil into the class and tells so`() async throws {
    let bench = try await SchoolBench.generated(pupils: 40)
    let before = try bench.value("SELECT pupils FROM school_classes WHERE id = 'c1'").int ?? 0

    let result = try await bench.run("school.enrol", newcomer.setting("class", "c1").setting("date", "2026-11-20"))

    let id = result["pupilId"]?.string ?? ""
    let row = try bench.query(
      "SELECT full_name, state, class_id, enrolled FROM school_pupils WHERE id = '\(id)'")
    #expect(
      row == [["full_name": "Щукина Алёна", "state": "studying", "class_id": "c1", "enrolled": "2026-11-20"]])
    #expect(try bench.value("SELECT pupils FROM school_classes WHERE id = 'c1'").int == before + 1)
    #expect(
      try bench.events("school.v1.enrolmentChanged") == [
        [
          "pupilId": JSONValue(id), "personId": result["personId"] ?? "", "change": "enrolled", "classId": "c1",
        ]
      ])
    #expect(
      try await bench.refusal(of: "school.enrol", ["person": JSONValue(id), "class": "c2"]).kind
        == "school.alreadyStudies")
    #expect(try await bench.refusal(of: "school.enrol", newcomer.setting("class", "c99")).kind == "class.notFound")
  }

  @Test func `C9: a transfer moves the pupil, and out of groups that are not of the new class`() async throws {
    let bench = try await SchoolBench.generated(pupils: 300)
    let row = try bench.query(
      """
      SELECT u.id, u.class_id FROM school_pupils u JOIN school_group_members m ON m.pupil_id = u.id
      WHERE u.class_id <> 'c1' ORDER BY u.n LIMIT 1
      """)[0]
    let id = row["id"]?.string ?? ""
    let groups = try bench.query("SELECT group_id FROM school_group_members WHERE pupil_id = '\(id)'").count

    _ = try await bench.run("school.transfer", ["pupil": JSONValue(id), "class": "c1"])

    #expect(try bench.value("SELECT class_id FROM school_pupils WHERE id = '\(id)'") == "c1")
    #expect(try bench.query("SELECT 1 AS n FROM school_group_members WHERE pupil_id = '\(id)'").isEmpty)
    #expect(try bench.events("school.v1.groupChanged").count == groups)
    let event = try #require(try bench.events("school.v1.enrolmentChanged").last)
    #expect(event["change"] == "transferred")
    #expect(event["fromClassId"] == row["class_id"])
    #expect(
      try bench.query("SELECT since, until, end_reason FROM school_enrolments WHERE pupil_id = '\(id)' ORDER BY n").last
        == ["since": "2026-11-23", "until": .null, "end_reason": .null])
    let same = try await bench.refusal(of: "school.transfer", ["pupil": JSONValue(id), "class": "c1"])
    #expect(same.kind == "school.sameClass")
  }

  @Test func `F2: of many pupils all are moved or none`() async throws {
    let bench = try await SchoolBench.generated(pupils: 40)
    let failure = try await bench.refusal(of: "school.expel", ["pupils": ["u1", "u2", "u999"]])
    #expect(failure.kind == "pupil.notFound")
    #expect(try bench.value("SELECT count(*) FROM school_pupils WHERE state <> 'studying'") == 0)

    let result = try await bench.run("school.expel", ["pupils": ["u1", "u2", "u1"], "note": "Приказ 17"])
    #expect(result["pupils"] == ["u1", "u2"])
    #expect(try bench.value("SELECT count(*) FROM school_pupils WHERE state = 'expelled'") == 2)
    #expect(try bench.audit("school.expel").allSatisfy { $0["new"]?["note"] == "Приказ 17" })
    #expect(
      try await bench.refusal(of: "school.transfer", ["pupil": "u1", "class": "c2"]).kind == "school.notStudying")
    #expect(try await bench.refusal(of: "school.expel", ["pupils": []]).issues.map(\.path) == ["/pupils"])
  }

  @Test func `F2: nobody graduates from the first class`() async throws {
    let bench = try await SchoolBench.generated(pupils: 300)
    func pupil(_ grade: Int) throws -> JSONValue {
      try bench.value(
        "SELECT u.id FROM school_pupils u JOIN school_classes c ON c.id = u.class_id WHERE c.grade = \(grade) LIMIT 1")
    }
    #expect(try await bench.refusal(of: "school.graduate", ["pupil": try pupil(1)]).kind == "school.tooYoungToGraduate")
    let leaver = try pupil(11)
    _ = try await bench.run("school.graduate", ["pupil": leaver])
    #expect(try bench.value("SELECT state_title FROM school_pupils WHERE id = '\(leaver.string ?? "")'") == "Выпускник")
  }

  @Test func `C10: restoring brings a pupil back into the last class, and cancelling undoes it whole`() async throws {
    let bench = try await SchoolBench.generated(pupils: 300)
    let row = try bench.query(
      "SELECT u.id, u.class_id FROM school_pupils u JOIN school_classes c ON c.id = u.class_id WHERE c.grade = 11 LIMIT 1"
    )[0]
    let id = row["id"]?.string ?? ""
    _ = try await bench.run("school.graduate", ["pupil": JSONValue(id)])
    #expect(
      try await bench.refusal(of: "school.cancelRestoration", ["pupil": JSONValue(id)]).kind == "school.notRestored")

    _ = try await bench.run("school.restore", ["pupil": JSONValue(id)])
    #expect(try bench.value("SELECT class_id FROM school_pupils WHERE id = '\(id)'") == row["class_id"])
    #expect(try await bench.refusal(of: "school.restore", ["pupil": JSONValue(id)]).kind == "school.alreadyStudies")
    let listed = try await bench.page("school.gone").rows
    #expect(listed.map { $0["cells"]?["state"] } == ["Восстановлен"])

    _ = try await bench.run("school.cancelRestoration", ["pupil": JSONValue(id)])
    #expect(try bench.value("SELECT state FROM school_pupils WHERE id = '\(id)'") == "graduated")
    #expect(
      try bench.events("school.v1.enrolmentChanged").map { $0["change"] } == ["graduated", "restored", "cancelled"])
    #expect(try bench.value("SELECT restored FROM school_pupils WHERE id = '\(id)'") == 0)
  }

  @Test func `C10: a restored pupil who moved on is no longer listed, and nothing is left to cancel`() async throws {
    let bench = try await SchoolBench.generated(pupils: 300)
    _ = try await bench.run("school.expel", ["pupil": "u1"])
    _ = try await bench.run("school.restore", ["pupil": "u1", "class": "c2"])
    _ = try await bench.run("school.transfer", ["pupil": "u1", "class": "c3"])
    #expect(try await bench.page("school.gone").rows.isEmpty)
    #expect(try await bench.refusal(of: "school.cancelRestoration", ["pupil": "u1"]).kind == "school.notRestored")
  }

  @Test func `F2: dates that cannot be are refused before anything moves`() async throws {
    let bench = try await SchoolBench.generated(pupils: 40)
    for date in ["2026-11-24", "вчера", "1999-01-01"] {
      let failure = try await bench.refusal(of: "school.expel", ["pupil": "u1", "date": JSONValue(date)])
      #expect(failure.issues.map(\.path) == ["/date"], "\(date)")
    }
    #expect(try bench.events("school.v1.enrolmentChanged").isEmpty)
  }

  @Test func `F2: a pupil whom an import left without a class is put into one, or leaves`() async throws {
    let bench = try await SchoolBench.generated(pupils: 40)
    for id in ["u1", "u2"] {
      try bench.store.transact(.write) { transaction in
        _ = try transaction.query("DELETE FROM school_enrolments WHERE pupil_id = '\(id)'", .emptyArray, policy: nil)
      }
    }
    _ = try await bench.run("school.transfer", ["pupil": "u1", "class": "c2"])
    #expect(try bench.value("SELECT class_id FROM school_pupils WHERE id = 'u1'") == "c2")
    _ = try await bench.run("school.changePupil", ["pupil": "u2", "givenName": "Семён"])
    _ = try await bench.run("school.expel", ["pupil": "u2"])
    #expect(try bench.value("SELECT state FROM school_pupils WHERE id = 'u2'") == "expelled")
    #expect(try await bench.refusal(of: "school.restore", ["pupil": "u2"]).issues.map(\.path) == ["/class"])
    _ = try await bench.run("school.restore", ["pupil": "u2", "class": "c1"])
  }

  @Test func `F2: the forms of movements carry the selected pupils`() async throws {
    let bench = try await SchoolBench.generated(pupils: 40)
    let transfer = try await bench.open("school.transfer", ["pupils": ["u1", "u2"]])
    #expect(transfer.element("buttons", "save")?["arguments"]?["pupils"] == ["u1", "u2"])
    #expect(transfer.element("fields", "class")?["required"] == true)
    _ = try await bench.run("school.expel", ["pupil": "u3"])
    let restoration = try await bench.open("school.restoration", ["pupils": ["u3"]])
    let last = try bench.value("SELECT class_id FROM school_enrolments WHERE pupil_id = 'u3'")
    #expect(restoration.element("fields", "class")?["value"] == last)
    let question = try await bench.open("school.restorationCancelling", ["pupils": ["u3"]])
    #expect(question["buttons"]?.array?.map { $0["label"]?["ru"] } == ["Да", "Нет"])
  }
}
