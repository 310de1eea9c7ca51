import PluginKit
import ShellTesting
import Testing

/// Publishing, changing and withdrawing: by script and by form, which is the same.
@Suite struct ChangeTests {
  @Test func `what is wrong is told field by field, and nothing stays of it`() async throws {
    let desk = try await AnnouncementsDesk()
    func issues(_ more: JSONValue) async throws -> [String: String] {
      let refusal = try await desk.refusal("announcements.publish", AnnouncementsDesk.announcement("Да", more))
      #expect(refusal.code == -32602)
      let list = refusal.json["data"]?["issues"]?.array ?? []
      return Dictionary(list.map { ($0["path"]?.string ?? "", $0["message"]?.string ?? "") }) { first, _ in first }
    }
    #expect(
      try await issues(["title": "  ", "text": "", "until": "2026-11-22"]) == [
        "/title": "Введите заголовок", "/text": "Введите текст",
        "/until": "Этот день уже прошёл, сегодня 23.11.2026",
      ])
    #expect(try await issues(["audience": "class"]) == ["/class": "Выберите класс"])
    #expect(try await issues(["audience": "class", "class": "c999"]) == ["/class": "Такого класса нет: «c999»"])
    #expect(
      try await issues(["title": JSONValue(String(repeating: "ж", count: 201))])
        == ["/title": "Заголовок длиннее 200 знаков"])
    #expect(try await issues(["until": "2026-02-30"]).keys.sorted() == ["/until"])
    #expect(try await issues(["audience": "cats"]).keys.sorted() == ["/audience"])
    // A title of 200 letters, today as the last day: both just fit.
    try await desk.publish(String(repeating: "ж", count: 200), ["until": "2026-11-23"])
    try await desk.stop()
  }

  @Test func `the form publishes by the command, marks what is wrong and keeps what was typed`() async throws {
    let desk = try await AnnouncementsDesk()
    let teacher = try await desk.signedIn(try desk.login(of: "employee"))
    let registry = try desk.opened(
      try await teacher.call("startMenu/open", ["path": ["Реестры", "Объявления", "Все"]]))
    let form = try desk.opened(
      try await teacher.call("window/press", ["window": registry["id"] ?? "", "button": "add"]))
    let window = form["id"] ?? ""
    func field(_ id: String) async throws -> JSONValue {
      let fields = try await teacher.call("window/get", ["window": window])["fields"]?.array ?? []
      return try #require(fields.first { $0["id"]?.string == id })
    }
    #expect(try await field("until")["value"] == "2026-11-30", "a week from today")
    #expect(try await field("class")["visible"] == false)
    try await teacher.call("window/set", ["window": window, "values": ["audience": "class"]])
    #expect(try await field("class")["visible"] == true)

    let typed: JSONValue = ["title": "Экскурсия", "text": "В субботу", "until": "2026-11-01"]
    try await teacher.call("window/set", ["window": window, "values": typed])
    try await teacher.call("window/press", ["window": window, "button": "save"])
    #expect(try await field("class")["error"] != nil)
    let option = try await field("class")["options"]?[0]?["value"] ?? ""
    try await teacher.call("window/set", ["window": window, "values": ["class": option]])
    try await teacher.call("window/press", ["window": window, "button": "save"])
    #expect(try await field("until")["error"]?.string?.hasPrefix("Этот день уже прошёл") == true)
    #expect(try await field("title")["value"] == "Экскурсия")
    try await teacher.call("window/set", ["window": window, "values": ["until": "2026-11-28"]])
    let saved = try await teacher.call("window/press", ["window": window, "button": "save"])
    #expect(saved["effects"]?.array?.contains { $0["type"] == "closeWindow" } == true, "\(saved.text())")

    let row = try desk.row("SELECT title, class_id, until, author FROM announcements_announcements")
    #expect(row["title"] == "Экскурсия" && row["class_id"] == option && row["until"] == "2026-11-28")
    let name = try await teacher.call("session/get")["user"]?["displayName"]
    #expect(row["author"] == name)
    let audit = try desk.row("SELECT object_title, changes FROM shell_audit WHERE action = 'announcements.publish'")
    #expect(audit["object_title"] == "Объявление: Экскурсия")
    #expect(audit["changes"]?.string?.contains("Действует до: 28.11.2026") == true)
    try await desk.stop()
  }

  @Test func `a changed text is to be read again, another day is not, and another audience brings and takes people`()
    async throws
  {
    let desk = try await AnnouncementsDesk()
    let (pupil, parent) = (
      try await desk.signedIn(try desk.login(of: "pupil")), try await desk.signedIn(try desk.login(of: "parent"))
    )
    let id = try await desk.publish("Каникулы", ["audience": "pupil"])
    try await desk.run("announcements.read", ["announcement": id], as: pupil)
    try await desk.run("announcements.change", ["announcement": id, "until": "2026-12-01"])
    #expect(try await desk.badge(pupil) == nil)
    try await desk.run("announcements.change", ["announcement": id, "text": "С понедельника"])
    #expect(try await desk.badge(pupil) == 1)
    try await desk.run("announcements.change", ["announcement": id, "audience": "parent"])
    #expect(try await desk.badge(pupil) == nil)
    #expect(try await desk.badge(parent) == 1)
    // The same once more is no change at all.
    // Lines of sign-ins are written beside the desk, and may come late.
    let lines = "SELECT count(*) AS n FROM shell_audit WHERE action LIKE 'announcements.%'"
    let before = try desk.query(lines)
    try await desk.run("announcements.change", ["announcement": id, "audience": "parent"])
    #expect(try desk.query(lines) == before)
    try await desk.stop()
  }

  @Test func `a withdrawn announcement is gone for its readers and can be changed no more`() async throws {
    let desk = try await AnnouncementsDesk()
    let pupil = try await desk.signedIn(try desk.login(of: "pupil"))
    let id = try await desk.publish("Субботник")
    let registry =
      try desk.opened(
        try await desk.client.call("startMenu/open", ["path": ["Реестры", "Объявления", "Все"]]))["id"] ?? ""
    try await desk.client.call("window/select", ["window": registry, "table": "all", "rows": [id]])
    let question = try desk.opened(
      try await desk.client.call("window/press", ["window": registry, "button": "withdraw"]))
    #expect(question["text"] == "Объявление «Субботник» больше никто не увидит. Снять его?")
    try await desk.client.call("window/press", ["window": question["id"] ?? "", "button": "withdraw"])

    #expect(try await desk.badge(pupil) == nil)
    #expect(try await desk.titles("mine", pupil) == [])
    #expect(try await desk.titles("all") == ["Субботник"])
    #expect(try desk.query("SELECT 1 FROM shell_jobs WHERE name = 'announcements.end'").isEmpty)
    let again = try await desk.refusal("announcements.change", ["announcement": id, "title": "Ещё раз"])
    #expect(again.code == -32009 && again.message.contains("снято"))
    #expect(try await desk.refusal("announcements.read", ["announcement": id], as: pupil).code == -32004)
    try await desk.stop()
  }

  @Test func `pupils and parents only read; an employee changes only what is their own`() async throws {
    let desk = try await AnnouncementsDesk()
    let author = try await desk.signedIn(try desk.login(of: "employee"))
    let id = try await desk.publish("Кружок", as: author)
    for role in ["pupil", "parent"] {
      let reader = try await desk.signedIn(try desk.login(of: role))
      for command in ["announcements.publish", "announcements.change", "announcements.withdraw"] {
        let arguments = AnnouncementsDesk.announcement("Нет").merging(["announcement": id])
        let given = command == "announcements.publish" ? AnnouncementsDesk.announcement("Нет") : arguments
        #expect(try await desk.refusal(command, given, as: reader).code == -32003, "\(command) for \(role)")
      }
      let window = try desk.opened(try await reader.call("shortcut/open", ["id": "announcements"]))
      #expect(window["tabs"]?.array?.map { $0["id"] } == ["mine"])
      #expect(window["buttons"]?.array?.compactMap { $0["id"]?.string } == ["read", "read-all"])
    }
    let first = try desk.login(of: "employee")
    let other = try await desk.signedIn(try desk.login(of: "employee", "a.login <> '\(first)'"))
    let refusal = try await desk.refusal("announcements.withdraw", ["announcement": id], as: other)
    #expect(refusal.code == -32003 && refusal.message.contains("только автор"))
    // The author has read it by writing it; an administrator may put it right.
    #expect(try await desk.badge(author) == nil)
    try await desk.run("announcements.change", ["announcement": id, "title": "Кружок шахмат"])
    #expect(try await desk.badge(author) == 1, "somebody else has changed it")
    try await desk.stop()
  }
}
