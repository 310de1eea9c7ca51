import Foundation
import PluginHost
import PluginKit
import Testing

@testable import ChatsPlugin

/// X2: what an import or a roll-over would do to the chats, said before it is made, by the platform's state as known.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RosterPreviewTests {
  /// A school of whose people many are bound, and whose chats are in step with the real platform.
  private func inStep(threshold: Int = 100) async throws -> (ChatsBench, phones: [String: String]) {
    let bench = try await ChatsBench.generated(pupils: 120, platform: PlatformBeside())
    try await bench.run("school.saveSettings", ["removalThresholdPercent": JSONValue(threshold)])
    let phones = try await bench.bindMany()
    try await bench.until("all chats are in step") {
      try bench.number("SELECT count(*) FROM chats_chats WHERE listed = 1 AND state NOT IN ('inStep', 'waiting')") == 0
    }
    return (bench, phones)
  }

  /// Everything that a preview must leave alone.
  private func everything(_ bench: ChatsBench) throws -> [[JSONValue]] {
    try [
      "school_classes", "school_groups", "school_operations", "chats_chats", "chats_members", "chats_reasons",
      "max_platform_chats", "max_platform_chat_desired", "max_platform_chat_actual", "shell_events", "shell_audit",
    ].map { try bench.rows("SELECT * FROM \($0)") }
  }

  private func preview(_ bench: ChatsBench, _ leaving: JSONValue = .null) async throws -> JSONValue {
    let arguments: JSONValue = ["dryRun": true]
    let result = try await bench.run(
      "school.rollOver", leaving.isNull ? arguments : arguments.setting("leaving", leaving))
    let previews = try #require(result["previews"]?.array)
    #expect(previews.map { $0["plugin"] } == ["chats"])
    return try #require(previews.first)
  }

  /// Changes that the platform was asked for. An echo that comes late costs a reading, which no plan foresees.
  private func requests(_ bench: ChatsBench) async throws -> Int {
    try await #require(bench.platform).client.log().count { $0.path.contains("/chats") && $0.method != "GET" }
  }

  @Test func `a roll-over says what it will do on the platform, does nothing yet, and then does just that`()
    async throws
  {
    let (bench, _) = try await inStep()
    let before = try everything(bench)
    let asked = try await requests(bench)
    let last = try bench.text("SELECT id FROM school_v1_classes WHERE archived = 0 ORDER BY pupils, id LIMIT 1")

    let plan = try #require(try await preview(bench, [JSONValue(last)])["data"])

    #expect(try everything(bench) == before)
    #expect(try await requests(bench) == asked)
    let (leaves, titles, calls) = (plan["leaves"]?.int ?? 0, plan["titles"]?.int ?? 0, plan["calls"]?.int ?? 0)
    let classes = try bench.number("SELECT count(*) FROM school_v1_classes WHERE archived = 0")
    let leavers = try bench.number(
      """
      SELECT count(*) FROM max_platform_chat_actual a JOIN chats_chats c ON c.id = a.chat_id
      WHERE c.class_id = '\(last)' AND a.present = 1
      """)
    #expect(titles == 2 * (classes - 1))
    #expect(leaves == leavers && leavers > 0)
    #expect(plan["emptied"] == 2)
    #expect(plan["heldLeaves"] == 0)
    #expect(plan["reads"] == 0)
    #expect((plan["seconds"]?.int ?? 0) > 0)

    try await bench.run("school.rollOver", ["leaving": [JSONValue(last)]])
    try await bench.until("all chats are in step") {
      try bench.number("SELECT count(*) FROM max_platform_v1_chats WHERE state NOT IN ('inStep', 'waiting')") == 0
    }
    #expect(try await requests(bench) - asked == calls)
    #expect(
      try bench.number(
        """
        SELECT count(*) FROM max_platform_chat_actual a JOIN chats_chats c ON c.id = a.chat_id
        WHERE c.archived = 1 AND a.present = 1
        """) == 0)
  }

  @Test func `removals past the threshold are said to wait, and then wait`() async throws {
    let (bench, _) = try await inStep(threshold: 20)
    let all = JSONValue(
      try bench.rows("SELECT id FROM school_v1_classes WHERE archived = 0").compactMap { $0["id"] })

    let preview = try await preview(bench, all)

    let held = try #require(preview["data"]?["heldLeaves"]?.int)
    #expect(preview["level"] == "warning")
    #expect(held > 20)
    #expect(preview["data"]?["leaves"] == 0)
    #expect(preview["summary"]?.string?.contains("исключений будут ждать подтверждения: \(held) (больше 20 %)") == true)
    try await bench.run("school.rollOver", ["leaving": all])
    #expect(try bench.number("SELECT sum(held) FROM max_platform_v1_chats") == held)
  }

  @Test func `somebody whom the platform has lost meanwhile is in the preview`() async throws {
    let (bench, phones) = try await inStep()
    let platform = try #require(bench.platform)
    let chat = try bench.rows(
      """
      SELECT c.id, c.title, a.id AS account FROM chats_members m JOIN chats_chats c ON c.id = m.chat_id
      JOIN school_v1_accounts a ON a.person_id = m.person_id JOIN max_platform_members p ON p.user_id = a.id
      WHERE c.kind = 'class' AND m.side = 'pupil' AND c.title NOT LIKE '% 11%' LIMIT 1
      """)[0]
    let (id, account) = (chat["id"]?.string ?? "", chat["account"]?.string ?? "")
    #expect(try await joins(bench, id) == [])

    _ = try await platform.client.addFault(.init(operation: "POST /chats/*", kind: "status", status: 503))
    #expect(
      try await platform.client.kick(
        chat: try #require(chat["title"]?.string), phone: try #require(phones[account])))
    try await bench.until("the drift is known") {
      try bench.number("SELECT joining FROM max_platform_v1_chats WHERE chat_id = '\(id)'") == 1
    }

    #expect(try await joins(bench, id) == [account])
  }

  private func joins(_ bench: ChatsBench, _ chat: String) async throws -> [String] {
    let details = try await preview(bench)["data"]?["details"]?.array ?? []
    return details.first { $0["chatId"]?.string == chat }?["joins"]?.array?.compactMap(\.string) ?? []
  }

  @Test func `an import shows the chats that it would make`() async throws {
    let (bench, _) = try await inStep()
    let folder = NSTemporaryDirectory() + "roster-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }  // a temporary folder, swept anyway
    for (name, text) in Self.newClass {
      try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }
    let before = try everything(bench)

    let result = try await bench.run("school.importRoster", ["path": JSONValue(folder), "dryRun": true])

    #expect(try everything(bench) == before)
    #expect(result["added"]?.int == 3, "\(result.text())")
    let data = result["previews"]?[0]?["data"]
    #expect(data?["creations"] == 2)
    #expect(data?["chats"] == 2)
    #expect(
      data?["details"]?.array?.compactMap { $0["title"]?.string } == ["Классный чат 4Щ", "Родительский чат 4Щ"])
    let words = result["previews"]?[0]?["rows"]?[0]?["text"]?.string ?? ""
    #expect(words.hasPrefix("будет создан"), "\(words)")
  }

  private static let newClass = [
    "manifest.csv": """
    propertyName,value
    manifest.version,1.0
    oneroster.version,1.1
    file.users,delta
    file.classes,delta
    file.enrollments,delta
    source.systemCode,sis
    """,
    "users.csv": """
    sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName,middleName
    s1,active,2026-09-01T00:00:00Z,true,o1,student,s1,Пётр,Ёлкин,Ильич
    s2,active,2026-09-01T00:00:00Z,true,o1,student,s2,Анна,Ёлкина,Ильинична
    """,
    "classes.csv": """
    sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,schoolSourcedId,termSourcedIds
    c1,active,2026-09-01T00:00:00Z,4Щ,04,,,homeroom,o1,
    """,
    "enrollments.csv": """
    sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
    n1,active,2026-09-01T00:00:00Z,c1,o1,s1,student,false,2026-09-01,
    n2,active,2026-09-01T00:00:00Z,c1,o1,s2,student,false,2026-09-01,
    """,
  ]

  @Test func `the window of the roll-over says it before anybody presses`() async throws {
    let (bench, _) = try await inStep()
    let window = try await bench.host.call(
      PluginCall(
        .windowOpen, "school.rollOver", params: ["arguments": [:]], session: ChatsBench.Actor.administrator.session))
    let table = window["tables"]?.array?.first { $0["id"] == "effects" }
    let summary = table?["rows"]?[0]?["cells"]
    #expect(summary?["plugin"] == "Чаты")
    #expect(summary?["text"]?.string?.contains("получат другое наименование") == true)

    let pressed = try await bench.host.call(
      PluginCall(
        .windowPressed, "school.rollOver",
        params: ["window": window, "state": .null, "button": "run", "arguments": [:]],
        session: ChatsBench.Actor.administrator.session))
    let question = pressed["effects"]?[0]?["text"]?["ru"]?.string ?? ""
    #expect(question.contains("\nЧаты: "), "\(question)")
  }

  @Test func `I1: without chats the preview has nothing of them, and the roll-over works`() async throws {
    let bench = try await ChatsBench.generated(pupils: 60, without: ["chats"])
    let preview = try await bench.run("school.rollOver", ["dryRun": true])
    #expect(preview["previews"] == [])
    try await bench.run("school.rollOver")
  }
}
