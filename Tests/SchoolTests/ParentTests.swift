import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

private let anna: JSONValue = [
  "familyName": "Ёлкина", "givenName": " Анна ", "middleName": "Ильинична", "phone": "8 (912) 345-67-89",
  "email": "anna@example.org",
]

@Suite struct ParentTests {
  @Test func `F2: a parent is added with children, and whoever follows the roster hears of it`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let result = try await bench.run(
      "school.addParent",
      anna.setting("children", [["pupil": "u1", "relation": "мать"], ["pupil": "u2", "relation": "guardian"]]))

    let id = try #require(result["parent"]?.string)
    let parent = try bench.row("SELECT full_name, children FROM school_parents WHERE id = '\(id)'")
    #expect(parent["full_name"] == "Ёлкина Анна Ильинична")
    let pupils = try bench.query("SELECT full_name FROM school_pupils WHERE id IN ('u1', 'u2') ORDER BY n")
    for pupil in pupils { #expect(parent["children"]?.string?.contains(pupil["full_name"]?.string ?? "?") == true) }
    let person = try bench.row(
      "SELECT phone, email FROM school_people WHERE id = '\(result["personId"]?.string ?? "")'")
    #expect(person == ["phone": "+79123456789", "email": "anna@example.org"])
    #expect(
      try bench.events("school.v1.parentChanged") == [
        ["parentId": JSONValue(id), "pupilId": "u1", "change": "linked"],
        ["parentId": JSONValue(id), "pupilId": "u2", "change": "linked"],
      ])
    let line = try #require(try bench.audit("school.addParent").first)
    #expect(line["new"]?["children"] == ["u1": "mother", "u2": "guardian"])
    #expect(line.text().contains("***-**-89") && !line.text().contains("345"))
    for record in [id, "u1", "u2"] { #expect(try bench.isTouched(record)) }
  }

  @Test func `F2: the same parent is not added twice, two of one name or one phone are`() async throws {
    let bench = try SchoolBench()
    let first = try await bench.run("school.addParent", anna)
    let failure = try await bench.refusal(of: "school.addParent", anna.setting("familyName", "ёлкина"))
    #expect(failure.kind == "school.parentExists")
    #expect(failure.data["parent"] == first["parent"])
    try await bench.run("school.addParent", anna.setting("phone", "9991112233"))
    try await bench.run("school.addParent", anna.setting("givenName", "Ольга"))
    #expect(try bench.query("SELECT id FROM school_parents").count == 3)
  }

  @Test func `F2: an employee becomes a parent without a second person, and signs in as one`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let people = try bench.query("SELECT id FROM school_people").count
    let result = try await bench.run("school.addParent", ["person": "e3", "pupil": "u4", "relation": "father"])

    let employee = try bench.row("SELECT person_id, full_name FROM school_employees WHERE id = 'e3'")
    #expect(result["personId"] == employee["person_id"])
    #expect(try bench.query("SELECT id FROM school_people").count == people)
    let roles = try bench.query(
      """
      SELECT role FROM school_account_roles r JOIN school_accounts a ON a.id = r.account_id
      WHERE a.person_id = '\(employee["person_id"]?.string ?? "")' ORDER BY role
      """)
    #expect(roles.contains(["role": "parent"]) && roles.contains(["role": "employee"]))
    #expect(try await bench.refusal(of: "school.addParent", ["person": "e3"]).kind == "school.parentExists")
    let named = try bench.row(
      """
      SELECT family_name, given_name, middle_name, phone FROM school_people
      WHERE id = (SELECT person_id FROM school_employees WHERE id = 'e1')
      """)
    let twin = try await bench.refusal(
      of: "school.addParent",
      [
        "familyName": named["family_name"] ?? "", "givenName": named["given_name"] ?? "",
        "middleName": named["middle_name"] ?? "", "phone": named["phone"] ?? "",
      ])
    #expect(twin.kind == "school.personExists" && twin.data["employee"] == "e1")
  }

  @Test func `F2: all that is wrong with a parent is said at once`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let failure = try await bench.refusal(
      of: "school.addParent",
      [
        "givenName": "", "phone": "12345", "email": "нет",
        "children": [["pupil": "u1", "relation": "сосед"], ["pupil": "u1", "relation": "мать"]],
      ])
    #expect(
      failure.issues.map(\.path) == ["/children/0/relation", "/familyName", "/givenName", "/phone", "/email"])
    let nobody = try await bench.refusal(of: "school.addParent", anna.setting("pupil", "u999"))
    #expect(nobody.code.rawValue == -32004)
  }

  @Test func `F2: changing a parent changes what is given and empties what is null`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let id = try await bench.run("school.addParent", anna.setting("pupil", "u1"))["parent"] ?? ""
    let result = try await bench.run(
      "school.changeParent",
      [
        "parent": id, "givenName": "Яна", "email": JSONValue.null, "middleName": "",
        "children": [["pupil": "u2", "relation": "mother"]],
      ])
    #expect(result["changed"] == ["givenName", "middleName", "email", "children"])
    let row = try bench.row(
      "SELECT p.full_name, p.email, p.phone FROM school_parents r JOIN school_people p ON p.id = r.person_id WHERE r.id = '\(id.string ?? "")'"
    )
    #expect(row == ["full_name": "Ёлкина Яна", "email": JSONValue.null, "phone": "+79123456789"])
    let events = try bench.events("school.v1.parentChanged").suffix(2)
    #expect(events.map { $0["change"] ?? "" } == ["unlinked", "linked"])
    #expect(try bench.audit("school.changeParent").last?["old"]?["children"] == ["u1": "relative"])
    #expect(try await bench.run("school.changeParent", ["parent": id, "givenName": "Яна"])["changed"] == [])
    #expect(try await bench.refusal(of: "school.changeParent", ["parent": id, "familyName": " "]).issues.count == 1)
    #expect(try await bench.refusal(of: "school.changeParent", ["parent": "r999"]).code.rawValue == -32004)
  }

  @Test func `F2: linking and unlinking a parent`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let id = try await bench.run("school.addParent", anna)["parent"] ?? ""
    let pair: JSONValue = ["parent": id, "pupil": "u5"]
    try await bench.run("school.linkParent", pair.setting("relation", "Мать"))
    #expect(
      try await bench.refusal(of: "school.linkParent", pair.setting("relation", "mother")).kind == "school.linkExists")
    try await bench.run("school.linkParent", pair.setting("relation", "опекун"))
    #expect(
      try bench.audit("school.linkParent").last == ["object": id, "old": ["u5": "mother"], "new": ["u5": "guardian"]])
    try await bench.run("school.unlinkParent", pair)
    #expect(try bench.events("school.v1.parentChanged").last?["change"] == "unlinked")
    #expect(try await bench.refusal(of: "school.unlinkParent", pair).kind == "school.linkMissing")
    #expect(
      try await bench.refusal(of: "school.linkParent", pair.setting("relation", "сосед")).issues.map(\.path)
        == ["/relation"])
  }

  @Test func `F2: nobody is their own parent`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let failure = try await bench.refusal(of: "school.addParent", ["person": "u1", "pupil": "u1"])
    #expect(failure.kind == "school.ownParent")
  }

  @Test func `F2: a parent is removed only without children and without an account`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    #expect(try await bench.refusal(of: "school.removeParent", ["parent": "r1"]).kind == "school.parentHasChildren")
    for link in try bench.query("SELECT pupil_id FROM school_parent_links WHERE parent_id = 'r1'") {
      try await bench.run("school.unlinkParent", ["parent": "r1", "pupil": link["pupil_id"] ?? ""])
    }
    #expect(try await bench.refusal(of: "school.removeParent", ["parent": "r1"]).kind == "school.parentHasAccount")

    let added = try await bench.run("school.addParent", anna)
    try await bench.run("school.removeParent", ["parent": added["parent"] ?? ""])
    #expect(try bench.query("SELECT 1 AS n FROM school_people WHERE id = '\(added["personId"]?.string ?? "")'").isEmpty)
    #expect(try bench.audit("school.removeParent").first?["old"]?["familyName"] == "Ёлкина")
    let employee = try await bench.run("school.addParent", ["person": "e3"])
    try await bench.run("school.removeParent", ["parent": employee["parent"] ?? ""])
    #expect(try bench.query("SELECT 1 AS n FROM school_employees WHERE id = 'e3'").count == 1)
  }

  @Test func `F1: a parent's children come in the order of their classes`() async throws {
    let bench = try await SchoolBench.generated(pupils: 60)
    let pupils = try bench.query(
      "SELECT id, class_id AS class FROM school_pupils GROUP BY class_id ORDER BY class_id LIMIT 2")
    for (pupil, grade) in zip(pupils, [10, 2]) {
      let label: JSONValue = ["class": pupil["class"] ?? "", "grade": JSONValue(grade), "letter": "Ж"]
      try await bench.run("school.changeClass", label)
    }
    let id = try await bench.run("school.addParent", anna)["parent"] ?? ""
    for pupil in pupils { try await bench.run("school.linkParent", ["parent": id, "pupil": pupil["id"] ?? ""]) }
    let children = try bench.row("SELECT children FROM school_parents WHERE id = '\(id.string ?? "")'")["children"]?
      .string
    let places = (children ?? "").split(separator: "; ").map { $0.split(separator: ", ").last.map(String.init) }
    #expect(places == ["2Ж", "10Ж"])
  }
}
