import Jansson

/// The manual's section 2.1: the chats that nobody asked for, one that a person adds, and how they follow the school.
struct ChatStory {
  let stage: DemoStage
  private let owner: any Caller
  private let platform: DemoPlatform

  init(_ stage: DemoStage) throws {
    self.stage = stage
    platform = try stage.platform()
    owner = try stage.connect()
    _ = try owner.call("session/claim")
  }

  func play() throws {
    defer { owner.close() }
    try seeDefaultChats()
    let pupil = try pupil()
    let title = "Математика: консультации"
    try addSubjectChat(title, pupil)
    try bind(pupil)
    try expect("ученик появился в чате на платформе", pupil.phone, in: title)
    try expect("и в классном чате", pupil.phone, in: pupil.classChat)
    let chat = try transfer(pupil, from: title)
    try drift(pupil, chat)
    stage.say(try owner.command("chats.preview")["calls"].map { "запросов осталось / calls left: \($0.text())" } ?? "")
  }

  private struct Pupil {
    let id: String
    let name: String
    let login: String
    let phone: String
    let place: String
    let group: String
    let groupTitle: String
    var classChat: String { "Классный чат \(place)" }
  }

  private func seeDefaultChats() throws {
    stage.heading("Чаты по умолчанию / The chats that nobody asked for")
    let window = try stage.opened(owner.call("startMenu/open", ["path": ["Реестры", "Сферум", "Чаты"]]))
    try stage.show(owner, window)
    let table = window["tables"]?[0]?["total"]?.int ?? 0
    let classes = try owner.call("registry/query", ["registry": "classes", "limit": 1])["total"]?.int ?? 0
    try stage.expect(table == 1 + 2 * classes, "учительский чат, классные и родительские: \(table)")
    let appeared = try stage.awaited { try platform.people(inChat: "Учительский чат") }
    try stage.expect(appeared != nil, "чаты появились на платформе МАХ")
  }

  /// A pupil of a mathematics group, with a phone.
  private func pupil() throws -> Pupil {
    let accounts = try owner.command("school.listAccounts", ["role": "pupil"])["accounts"]?.array ?? []
    let groups = try owner.call("registry/query", ["registry": "groups", "search": "математика", "limit": 100])
    for account in accounts {
      guard let place = account["class"]?.string, let phone = account["phone"]?.string,
        let group = groups["rows"]?.array?.first(where: { $0["cells"]?["class"]?.string == place })
      else { continue }
      let name = account["name"]?.string ?? ""
      let row = try owner.call("registry/query", ["registry": "pupils", "search": JSONValue(name)])["rows"]?[0]
      return Pupil(
        id: row?["id"]?.string ?? "", name: name, login: account["login"]?.string ?? "", phone: phone, place: place,
        group: group["id"]?.string ?? "", groupTitle: group["cells"]?["title"]?.string ?? "")
    }
    throw DemoFailure(text: "в школе нет ученика с группой математики / no pupil with a mathematics group")
  }

  private func addSubjectChat(_ title: String, _ pupil: Pupil) throws {
    stage.heading("«Добавить»: чат группы «\(pupil.groupTitle)» / A chat of a group")
    let registry = try stage.opened(owner.call("startMenu/open", ["path": ["Реестры", "Сферум", "Чаты"]]))
    let form = try stage.opened(stage.press(owner, registry, label: "Добавить"))
    func set(_ values: JSONValue) throws {
      _ = try owner.call("window/set", ["window": form["id"] ?? "", "values": values])
    }
    try set(["kind": "subject"])
    try set(["title": JSONValue(title), "group": JSONValue(pupil.group)])
    let warning = try stage.opened(stage.press(owner, form, label: "Сохранить"))
    try stage.show(owner, warning)
    try stage.expect(
      warning["level"] == "warning" && warning["text"]?.string?.contains(pupil.name) == true,
      "предупреждение называет того, кто не привязал учётную запись")
    _ = try stage.press(owner, warning, label: "Ок")
    let made = try stage.awaited { try platform.people(inChat: title) }
    try stage.expect(made?.contains(pupil.phone) == false, "чат есть, ученик будет добавлен после привязки")
  }

  private func bind(_ pupil: Pupil) throws {
    stage.heading("Ученик привязывает учётную запись / The pupil binds: \(pupil.login)")
    let client = try stage.connect()
    defer { client.close() }
    _ = try client.call(
      "session/login", ["login": JSONValue(pupil.login), "password": JSONValue(DemoStage.password)])
    let asked = try client.command("sferum.bindAccount", ["phone": JSONValue(pupil.phone)])
    stage.say("запрос / request: \(asked["status"]?.string ?? "")")
    let question = try stage.awaited { try platform.inbox(pupil.phone).first { $0["buttons"]?.count ?? 0 > 0 } }
    guard question != nil else { throw DemoFailure(text: "сообщение не пришло / no message came") }
    try platform.press(pupil.phone, "Подключить")
    stage.say("нажата кнопка / pressed: «Подключить»")
  }

  /// Returns the pupil's new class chat.
  private func transfer(_ pupil: Pupil, from group: String) throws -> String {
    let classes = try owner.call("registry/query", ["registry": "classes", "limit": 100])["rows"]?.array ?? []
    guard let other = classes.first(where: { $0["cells"]?["title"]?.string != pupil.place }),
      let label = other["cells"]?["title"]?.string
    else { throw DemoFailure(text: "в школе один класс / the school has one class") }
    stage.heading("Перевод из \(pupil.place) в \(label) / A transfer")
    _ = try owner.command("school.transfer", ["pupil": JSONValue(pupil.id), "class": other["id"] ?? ""])
    try expect("ученик в новом классном чате", pupil.phone, in: "Классный чат \(label)")
    try expect("и больше не в прежнем", pupil.phone, in: pupil.classChat, isIn: false)
    try expect("и не в чате прежней группы", pupil.phone, in: group, isIn: false)
    let parents =
      try owner.call(
        "registry/query", ["registry": "parents", "search": JSONValue(pupil.name)])["rows"]?.array ?? []
    let chats = try owner.call(
      "registry/query", ["registry": "sferum", "tab": "chats", "search": JSONValue("родительский \(label)")])
    let chat = chats["rows"]?[0]?["id"] ?? ""
    let list = try owner.command("chats.listParticipants", ["chat": chat])["participants"]?.array ?? []
    let moved = parents.filter { parent in list.contains { $0["id"] == parent["id"] } }
    try stage.expect(!moved.isEmpty && moved.count == parents.count, "родители перешли в родительский чат \(label)")
    return "Классный чат \(label)"
  }

  private func drift(_ pupil: Pupil, _ title: String) throws {
    stage.heading("Ученика удалили из чата на платформе / Somebody took the pupil out on the platform")
    try platform.kick(pupil.phone, chat: title)
    try expect("сверка вернула ученика в чат", pupil.phone, in: title)
  }

  /// Waits until somebody is in a chat on the platform, or is not.
  private func expect(_ what: String, _ phone: String, in chat: String, isIn: Bool = true) throws {
    let holds = try stage.awaited { try platform.people(inChat: chat)?.contains(phone) == isIn ? true : nil }
    try stage.expect(holds == true, what)
  }
}
