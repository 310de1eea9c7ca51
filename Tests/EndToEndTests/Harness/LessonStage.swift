import Jansson

/// A school on a Monday at seven, a lesson of that day, its teacher and its group: where conferences of lessons are
/// tried over the wire.
final class LessonStage {
  static let day = "2026-11-23"
  private(set) var host: HostUnderTest
  /// The organization administrator's.
  private(set) var owner: WireClient
  let lesson: JSONValue
  let group: JSONValue
  let teacher: Person

  init() throws {
    host = try HostUnderTest.start(SchoolFolder(), ["--clock", "manual:\(Self.day)T07:00:00+03:00"])
    owner = try host.client(signedInAs: Person.administrator())
    let people = try SchoolFolder.people()
    let groups = try owner.call("registry/query", ["registry": "groups", "limit": 100])["rows"]?.array ?? []
    let lessons = try owner.call(
      "registry/query", ["registry": "timetable", "filter": ["date": JSONValue(Self.day)], "limit": 100])
    for lesson in lessons["rows"]?.array ?? [] {
      guard let group = groups.first(where: { $0["cells"]?["title"] == lesson["cells"]?["group"] }),
        let teacher = people.first(where: {
          $0.name == group["cells"]?["teacher"]?.string && $0.roles == ["employee"]
        })
      else { continue }
      (self.lesson, self.group, self.teacher) = (lesson, group, teacher)
      return
    }
    throw TestTrouble("nobody gives a lesson")
  }

  var lessonID: JSONValue { lesson["id"] ?? "" }

  /// The lesson's time, so many minutes later: `08:32`.
  func time(_ cell: String = "starts", plus minutes: Int = 0) -> String {
    let parts = (lesson["cells"]?[cell]?.string ?? "").split(separator: ":").compactMap { Int($0) }
    let total = (parts.first ?? 0) * 60 + (parts.last ?? 0) + minutes
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(total / 60)):\(two(total % 60))"
  }

  func advance(to time: String) throws {
    try owner.call("clock/advance", ["to": JSONValue(Self.instant(time))], within: 120)
  }

  /// Of `10:00` or `10:00:31`, in Moscow.
  static func instant(_ time: String) -> String { "\(day)T\(time.count == 5 ? "\(time):00" : time)+03:00" }

  /// Somebody who has bound their account.
  func bound(_ person: Person) throws -> WireClient {
    let client = try host.client(signedInAs: person)
    try host.bind(person, on: client)
    return client
  }

  /// The teacher, bound, with a chat of the group.
  func boundTeacher() throws -> WireClient {
    let client = try bound(teacher)
    try client.run("chats.addChat", ["title": "Чат группы", "kind": "subject", "group": group["id"] ?? ""])
    return client
  }

  var chat: JSONValue {
    get throws {
      let found = try owner.call("registry/query", ["registry": "sferum", "tab": "chats", "search": "чат группы"])
      return found["rows"]?[0]?["id"] ?? ""
    }
  }

  /// The lesson's conference, made by `client`; its id and name.
  func conference(_ client: WireClient) throws -> (id: JSONValue, name: String) {
    let made = try client.run(
      "videoconferences.addConference", ["kind": "lesson", "chat": try chat, "lesson": lessonID])
    return (made["conference"] ?? "", made["name"]?.string ?? "")
  }

  /// The group's pupils who can sign in, by name.
  func pupils() throws -> [Person] {
    let marks = try owner.run("journal.readLesson", ["lesson": lessonID])["attendance"]?.array ?? []
    let people = try SchoolFolder.people()
    return marks.compactMap { mark in people.first { $0.name == mark["name"]?.string && $0.roles == ["pupil"] } }
  }

  /// A row of «Видеоконференции».
  func row(_ id: JSONValue, _ client: WireClient? = nil) throws -> JSONValue {
    let rows = try (client ?? owner).call("registry/query", ["registry": "sferum", "tab": "conferences"])
    return rows["rows"]?.array?.first { $0["id"] == id }?["cells"] ?? .null
  }

  func becomes(_ status: String, _ id: JSONValue) throws -> Bool {
    try awaited(within: 20) { try row(id)["status"]?.string == status ? true : nil } == true
  }

  func join(_ name: String, _ phone: String) throws { try call("join", name, phone) }
  func leave(_ name: String, _ phone: String) throws { try call("leave", name, phone) }

  private func call(_ word: String, _ name: String, _ phone: String) throws {
    let run = try host.platform.command("call", word, "--call", name, "--phone", phone)
    guard run.succeeded else { throw TestTrouble("max call \(word): \(run.errors)") }
  }

  /// Kills the host and starts it again at that time.
  func restart(at time: String) throws {
    try crash(at: time)
    owner = try host.client(signedInAs: Person.administrator())
  }

  /// The same, with nobody signed in: as soon as it listens.
  func crash(at time: String) throws {
    host.process.killAndWait()
    host = try HostUnderTest.start(host.folder, ["--clock", "manual:\(Self.instant(time))"])
  }

  /// «Журнал на урок» of the lesson, by the journal's grid.
  func lessonWindow(_ client: WireClient) throws -> Screen {
    let journal = try client.openMenu("Классный журнал", "Журнал")
    let title = lesson["cells"]?["group"]?.string ?? ""
    for (label, value) in [
      ("Класс", title.split(separator: "(").last.map { String($0.dropLast()) } ?? ""),
      ("Предмет", title.split(separator: " (").first.map(String.init) ?? ""), ("Группа", title),
    ] {
      let field = try client.look(at: journal).field(label)
      let option = field["options"]?.array?.first { $0["title"]?.string == value }
      guard let option, option["value"] != field["value"] else { continue }
      try client.type(option["value"]?.string ?? "", into: label, of: journal)
    }
    let columns = try client.look(at: journal).json["tables"]?[0]?["columns"]?.array ?? []
    let headings = columns.filter { $0["title"]?.string?.hasPrefix("23.11") == true }
    let button = headings.first { $0["button"]?.string == "lesson.\(lessonID.string ?? "")" }?["button"]
    guard let button else { throw TestTrouble("no heading of the lesson: \(columns)") }
    return try WireClient.only(client.call("window/press", ["window": JSONValue(journal.id), "button": button]))
  }
}

extension WireClient {
  /// A command's result.
  @discardableResult
  func run(_ command: String, _ arguments: JSONValue = .emptyObject) throws -> JSONValue {
    try call("command/execute", ["command": JSONValue(command), "arguments": arguments])["result"] ?? .null
  }

  /// «Изменить» of a row of «Видеоконференции».
  func changeConference(_ id: JSONValue) throws -> Screen {
    let registry = try openMenu("Реестры", "Сферум", "Видеоконференции")
    let table = registry.json["tables"]?.array?.first { $0["tab"] == "conferences" }
    try call(
      "window/select", ["window": JSONValue(registry.id), "table": table?["id"] ?? "", "rows": [id]])
    let button = try look(at: registry).json["buttons"]?.array?.first {
      $0["label"] == "Изменить" && $0["tab"] == "conferences"
    }
    return try Self.only(call("window/press", ["window": JSONValue(registry.id), "button": button?["id"] ?? ""]))
  }
}
