import PluginKit
import ShellTesting
import Testing

/// Who sees what, and the number on the shortcut.
@Suite struct ReadingTests {
  @Test func `I3: the badge counts what a person has not read, and comes and goes by itself`() async throws {
    let desk = try await AnnouncementsDesk()
    let pupil = try await desk.signedIn(try desk.login(of: "pupil"))
    #expect(try await desk.badge(pupil) == nil)
    let first = try await desk.publish("Каникулы")
    _ = await pupil.notification("desktop/didChange") { $0["changed"] == ["shortcuts", "startMenu"] }
    #expect(try await desk.badge(pupil) == 1)
    try await desk.publish("Субботник")
    #expect(try await desk.badge(pupil) == 2)
    #expect(try await desk.titles("mine", pupil) == ["! Субботник", "! Каникулы"])

    let outcome = try await pupil.call(
      "command/execute", ["command": "announcements.read", "arguments": ["announcement": first]])
    let window = try desk.opened(outcome)
    #expect(window["title"] == "Каникулы" && window["text"] == "Подробности у классного руководителя")
    #expect(try await desk.badge(pupil) == 1)
    #expect(try await desk.titles("mine", pupil) == ["! Субботник", "Каникулы"])

    try await desk.run("announcements.readAll", as: pupil)
    #expect(try await desk.badge(pupil) == nil)
    #expect(try desk.query("SELECT 1 FROM shell_context WHERE key = 'announcements.unread' AND value = '0'").isEmpty)
    // Somebody else's reading is theirs.
    let parent = try await desk.signedIn(try desk.login(of: "parent"))
    #expect(try await desk.badge(parent) == 2)
    try await desk.stop()
  }

  @Test func `an announcement reaches its role or its class, and nobody else`() async throws {
    let desk = try await AnnouncementsDesk()
    let schoolClass = try desk.row(
      "SELECT id, title, homeroom_person_id FROM school_v1_classes WHERE archived = 0 ORDER BY id LIMIT 1")
    let id = schoolClass["id"]?.string ?? ""
    let ofClass = "a.person_id IN (SELECT person_id FROM school_v1_pupils WHERE class_id = '\(id)')"
    let parentOfClass = "a.person_id IN (SELECT parent_person_id FROM school_v1_parent_links WHERE class_id = '\(id)')"
    let leads = "a.person_id = '\(schoolClass["homeroom_person_id"]?.string ?? "")'"
    let people = [
      try desk.login(of: "pupil", ofClass), try desk.login(of: "pupil", "NOT \(ofClass)"),
      try desk.login(of: "parent", parentOfClass), try desk.login(of: "parent", "NOT \(parentOfClass)"),
      try desk.login(of: "employee", leads), try desk.login(of: "employee", "NOT \(leads)"),
    ]
    var clients: [TestClient] = []
    for login in people { clients.append(try await desk.signedIn(login)) }
    let shows: [(JSONValue, [Bool])] = [
      (["audience": "all"], [true, true, true, true, true, true]),
      (["audience": "employee"], [false, false, false, false, true, true]),
      (["audience": "pupil"], [true, true, false, false, false, false]),
      (["audience": "parent"], [false, false, true, true, false, false]),
      (["audience": "class", "class": JSONValue(id)], [true, false, true, false, true, false]),
    ]
    for (audience, expected) in shows {
      let title = audience["audience"]?.string ?? ""
      try await desk.publish(title, audience)
      for (client, isFor) in zip(clients, expected) {
        #expect(try await desk.titles("mine", client).contains("! \(title)") == isFor, "\(title)")
      }
    }
    let all = try await desk.client.call("registry/query", ["registry": "announcements", "tab": "all", "limit": 1])
    #expect(all["rows"]?[0]?["cells"]?["audience"] == schoolClass["title"])
    try await desk.stop()
  }

  @Test func `what is not for somebody is as if it were not there, and a blocked account gets nothing`() async throws {
    let desk = try await AnnouncementsDesk()
    let id = try await desk.publish("Педсовет", ["audience": "employee"])
    let pupil = try await desk.signedIn(try desk.login(of: "pupil"))
    let refusal = try await desk.refusal("announcements.read", ["announcement": id], as: pupil)
    #expect(refusal.code == -32004)
    #expect(try await desk.refusal("announcements.read", ["announcement": "a99"], as: pupil).code == -32004)
    let person = try desk.row("SELECT id, login FROM school_v1_accounts WHERE roles = 'parent' LIMIT 1")
    let blocked = person["id"] ?? ""
    try await desk.publish("Родителям", ["audience": "parent"])
    let ofBlocked = "SELECT 1 FROM announcements_readers WHERE account_id = '\(blocked.string ?? "")'"
    #expect(try desk.query(ofBlocked).count == 1)
    try await desk.run("school.blockAccount", ["login": person["login"] ?? ""])
    await desk.settle()
    #expect(try desk.query(ofBlocked).isEmpty)
    try await desk.stop()
  }

  @Test func `lists sort by every heading along an index, and are searched by title, text and author`() async throws {
    let desk = try await AnnouncementsDesk()
    for (title, until) in [("Ёлка", "2026-12-30"), ("Ясли", "2026-11-24"), ("Елань", "2026-12-01")] {
      try await desk.publish(title, ["until": JSONValue(until)])
    }
    func sorted(_ column: String, _ descending: Bool = false) -> JSONValue {
      ["sort": [["column": JSONValue(column), "descending": JSONValue(descending)]]]
    }
    #expect(try await desk.titles("all", nil, sorted("title")) == ["Елань", "Ёлка", "Ясли"])
    #expect(try await desk.titles("all", nil, sorted("until", true)) == ["Ёлка", "Елань", "Ясли"])
    #expect(try await desk.titles("all", nil, ["search": "ёлк"]) == ["Ёлка"])
    #expect(try await desk.titles("all", nil, ["search": "руководителя ясли"]) == ["Ясли"])
    for column in ["title", "audience", "author", "published", "until", "state"] {
      #expect(try await desk.titles("all", nil, sorted(column)).count == 3)
    }
    for (table, name) in [("announcements.mine", "mine"), ("announcements.all", "all")] {
      let plans = try await Plans.ofEverySort(table, desk)
      #expect(!plans.isEmpty)
      for plan in plans { #expect(!plan.contains("TEMP B-TREE"), "\(name): \(plan)") }
    }
    try await desk.stop()
  }
}
