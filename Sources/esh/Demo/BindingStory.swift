import Glibc
import Jansson
import Terminal

/// The manual's section 1: a teacher binds the account, sees the desktop change, and unbinds.
struct BindingStory {
  let stage: DemoStage

  init(_ stage: DemoStage) { self.stage = stage }

  func play() throws {
    let client = try stage.connect()
    defer { client.close() }
    let platform = try stage.platform()
    let teacher = try teacher()
    try signIn(client, teacher)
    let window = try openAuthorization(client)
    try malformedPhone(client, window)
    try bind(client, window, teacher)
    try confirm(platform, teacher, client)
    try seeRegistry(client, teacher)
    try unbind(client)
  }

  private struct Teacher {
    let login: String
    let phone: String
  }

  private func teacher() throws -> Teacher {
    let owner = try stage.connect()
    defer { owner.close() }
    _ = try owner.call("session/claim")
    let accounts = try owner.command("school.listAccounts", ["role": "employee"])["accounts"]?.array ?? []
    let found = accounts.first { account in
      account["phone"]?.string != nil && account["roles"]?.array?.contains("administrator") == false
    }
    guard let login = found?["login"]?.string, let phone = found?["phone"]?.string else {
      throw DemoFailure(text: "в школе нет учителя с телефоном / the school has no teacher with a phone")
    }
    return Teacher(login: login, phone: phone)
  }

  private func signIn(_ client: any Caller, _ teacher: Teacher) throws {
    stage.heading("Вход учителя / The teacher signs in: \(teacher.login)")
    let welcome = try client.call(
      "session/login", ["login": JSONValue(teacher.login), "password": JSONValue(DemoStage.password)])
    stage.say(welcome["user"]?["displayName"]?.string ?? "")
    let shortcuts = stage.titles(welcome["desktop"]?["shortcuts"])
    stage.say("ярлыки / shortcuts: \(shortcuts.joined(separator: ", "))")
    try stage.expect(shortcuts == ["Привязать аккаунт к Сферум"], "ярлык «Привязать аккаунт к Сферум»")
    for node in welcome["desktop"]?["startMenu"]?.array ?? [] {
      stage.say("Пуск / \(node["title"]?.string ?? ""): \(stage.titles(node["children"]).joined(separator: ", "))")
    }
  }

  private func openAuthorization(_ client: any Caller) throws -> JSONValue {
    stage.heading("Ярлык «Привязать аккаунт к Сферум»")
    let outcome = try client.call("shortcut/open", ["id": "Привязать аккаунт к Сферум"])
    let window = try stage.opened(outcome)
    try stage.show(client, window)
    try stage.expect(window["title"] == "Авторизация в Сферум", "окно «Авторизация в Сферум»")
    return window
  }

  private func malformedPhone(_ client: any Caller, _ window: JSONValue) throws {
    stage.heading("Неверный телефон / A malformed phone: 812 345")
    let outcome = try press(client, window, phone: "812 345")
    let message = try stage.opened(outcome)
    try stage.show(client, message)
    try stage.expect(
      message["text"] == "Номер телефона не соответствует формату +7 (9XX) XXX-XX-XX" && message["level"] == "system",
      "системное сообщение о формате")
    let form = try client.call("window/get", ["window": window["id"] ?? ""])
    let field = form["fields"]?.array?.first
    try stage.expect(field?["value"] == "812 345" && field?["error"] != nil, "телефон остался в поле с отметкой")
    _ = try client.call("window/close", ["window": message["id"] ?? ""])
  }

  private func bind(_ client: any Caller, _ window: JSONValue, _ teacher: Teacher) throws {
    let typed = "8 " + teacher.phone.dropFirst(2)
    stage.heading("Телефон, как его набирают / A phone as people type it: \(typed)")
    let message = try stage.opened(press(client, window, phone: typed))
    try stage.show(client, message)
    let sent = "Запрос на привязку отправлен. Перейдите на платформу МАХ и подтвердите привязку"
    try stage.expect(message["text"]?.string == sent, "«\(sent)»")
  }

  private func confirm(_ platform: DemoPlatform, _ teacher: Teacher, _ client: any Caller) throws {
    stage.heading("На платформе МАХ / On the platform MAX")
    let phone = teacher.phone
    let message = try stage.awaited { try platform.inbox(phone).first { $0["buttons"]?.count ?? 0 > 0 } }
    guard let message else { throw DemoFailure(text: "сообщение не пришло / no message came") }
    let buttons = (message["buttons"]?.array ?? []).compactMap(\.string)
    stage.say((message["text"]?.string ?? "") + "\n" + buttons.map { "[\($0)]" }.joined(separator: " "))
    try stage.expect(buttons == ["Подключить", "Не подключать"], "кнопки «Подключить» и «Не подключать»")
    try platform.press(phone, "Подключить")
    stage.say("нажата кнопка / pressed: «Подключить»")
    var changed = false
    while !changed, let news = try client.notification(withinSeconds: 10) {
      changed = news.method == "desktop/didChange" && news.params["changed"]?.array?.contains("shortcuts") == true
    }
    let shortcuts = stage.titles(try client.call("desktop/get")["shortcuts"])
    stage.say("ярлыки / shortcuts: \(shortcuts.joined(separator: ", "))")
    try stage.expect(
      changed && Set(shortcuts) == ["Сферум", "Перейти в Сферум"],
      "рабочий стол изменился сам: «Сферум», «Перейти в Сферум»")
  }

  private func seeRegistry(_ client: any Caller, _ teacher: Teacher) throws {
    stage.heading("Реестр «Сферум», вкладка «Чаты» / The registry")
    let window = try stage.opened(client.call("startMenu/open", ["path": ["Реестры", "Сферум", "Чаты"]]))
    try stage.show(client, window)
    let field = window["fields"]?.array?.first { $0["label"] == "Телефон, привязанный к Сферум" }
    try stage.expect(
      field?["value"]?.string == teacher.phone, "привязанный телефон: \(field?["display"]?.string ?? "")")
    let link = try client.call("shortcut/open", ["id": "Перейти в Сферум"])
    let effect = link["effects"]?.array?.first
    try stage.expect(effect?["type"] == "openURL", "«Перейти в Сферум» открывает \(effect?["url"]?.string ?? "")")
  }

  private func unbind(_ client: any Caller) throws {
    stage.heading("Отвязка / Unbinding")
    let registry = try stage.opened(client.call("startMenu/open", ["path": ["Реестры", "Сферум", "Чаты"]]))
    let window = try stage.opened(stage.press(client, registry, label: "Отвязать учетную запись"))
    try stage.show(client, window)
    let question = try stage.opened(stage.press(client, window, label: "Отвязать аккаунт от Сферума"))
    try stage.show(client, question)
    _ = try stage.press(client, question, label: "Да")
    let shortcuts = stage.titles(try client.call("desktop/get")["shortcuts"])
    stage.say("ярлыки / shortcuts: \(shortcuts.joined(separator: ", "))")
    try stage.expect(shortcuts == ["Привязать аккаунт к Сферум"], "ярлык снова «Привязать аккаунт к Сферум»")
    let again = try client.call("window/get", ["window": registry["id"] ?? ""])
    let field = again["fields"]?.array?.first { $0["label"] == "Телефон, привязанный к Сферум" }
    try stage.expect(field?["value"] == "", "поле «Телефон, привязанный к Сферум» пусто")
  }

  // MARK: - What a client does

  private func press(_ client: any Caller, _ window: JSONValue, phone: String) throws -> JSONValue {
    let field = window["fields"]?.array?.first { $0["label"] == "Номер телефона" }
    guard let id = field?["id"]?.string else { throw DemoFailure(text: "нет поля «Номер телефона»") }
    _ = try client.call("window/set", ["window": window["id"] ?? "", "values": [id: JSONValue(phone)]])
    return try stage.press(client, window, label: "Привязать учебный аккаунт Сферум")
  }
}
