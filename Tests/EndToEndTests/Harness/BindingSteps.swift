import Jansson

/// The words of section 1 of the manual, and what a person does there.
enum Manual {
  static let bindShortcut = "Привязать аккаунт к Сферум"
  static let boundShortcuts = ["Сферум", "Перейти в Сферум"]
  static let authorization = "Авторизация в Сферум"
  static let phoneField = "Номер телефона"
  static let bindButton = "Привязать учебный аккаунт Сферум"
  static let boundPhoneField = "Телефон, привязанный к Сферум"
  static let connect = "Подключить"
  static let decline = "Не подключать"

  static let badPhone = "Номер телефона не соответствует формату +7 (9XX) XXX-XX-XX"
  static let sent = "Запрос на привязку отправлен. Перейдите на платформу МАХ и подтвердите привязку"
  static let queued =
    "Платформа МАХ сейчас недоступна. Запрос на привязку сохранён в очереди и будет отправлен автоматически"
  static let waiting = "Запрос на привязку уже отправлен. Перейдите на платформу МАХ и подтвердите привязку"
  static let bound = "Учебный аккаунт успешно привязан к Сферум"
}

extension WireClient {
  /// Opens «Авторизация в Сферум» by its shortcut.
  func openAuthorization() throws -> Screen { try openShortcut(Manual.bindShortcut) }

  /// Types a phone and presses the bind button; the message that appears.
  func ask(for phone: String, in form: Screen) throws -> Screen {
    try type(phone, into: Manual.phoneField, of: form)
    let outcome = try press(Manual.bindButton, of: form)
    guard let message = Self.opened(outcome).last else {
      throw TestTrouble("the bind button showed nothing: \(outcome.text())")
    }
    return message
  }

  /// The way through the shortcut, with the message at its end.
  func ask(for phone: String) throws -> Screen { try ask(for: phone, in: openAuthorization()) }

  /// Asks, and hears that the request was sent: by the press or, on a machine that is busier than the press has
  /// patience, by a dialog soon after.
  func isSent(to phone: String, in form: Screen? = nil) throws -> Bool {
    let message = try ask(for: phone, in: form ?? openAuthorization())
    guard message.text == Manual.queued else { return message.text == Manual.sent && message.level == "info" }
    return try dialog(saying: Manual.sent) != nil
  }

  /// «Чаты» in the registry «Сферум».
  func openChats() throws -> Screen { try openMenu("Реестры", "Сферум", "Чаты") }

  /// The read-only field in «Чаты», as it is shown.
  func boundPhone() throws -> String {
    let window = try openChats()
    defer { _ = try? call("window/close", ["window": JSONValue(window.id)]) }  // only tidiness
    let field = try window.field(Manual.boundPhoneField)
    return field["display"]?.string ?? field["value"]?.string ?? ""
  }

  /// The text of the next dialog that the host opens by itself.
  func dialog(within seconds: Double = 20, saying text: String) throws -> Screen? {
    let deadline = Deadline(within: seconds)
    while true {
      let windows = try call("desktop/get")["windows"]?.array ?? []
      if let found = windows.first(where: { $0["text"]?.string == text }) { return Screen(json: found) }
      let told = try notification("desktop/didChange", within: Double(deadline.leftMs) / 1000) { params in
        params["changed"]?.array?.contains("windows") == true
      }
      if told == nil { return nil }
    }
  }

  /// «Отвязать учетную запись» → «Отвязать аккаунт от Сферума» → the question with «Да» and «Нет».
  func askToUnbind() throws -> Screen {
    let window = try Self.only(press("Отвязать учетную запись", of: openChats()))
    return try Self.only(press("Отвязать аккаунт от Сферума", of: window))
  }
}

extension PlatformInHand {
  /// Waits until nothing is left to be answered there: the buttons go a moment after the news of the answer.
  func isAnswered(_ phone: String) throws -> Bool {
    try awaited(within: 20) { try inbox(phone).allSatisfy { $0.buttons.isEmpty } ? true : nil } == true
  }
}

extension HostUnderTest {
  /// Binds a person from end to end, with `client` signed in as them.
  func bind(_ person: Person, on client: WireClient) throws {
    // Whether the platform was asked at once or soon after, its question is there in the end.
    _ = try client.ask(for: person.phone)
    guard try platform.question(for: person.phone) != nil else { throw TestTrouble("no message on the platform") }
    try platform.press(person.phone, Manual.connect)
    guard try client.shortcutsBecome(Manual.boundShortcuts) else {
      throw TestTrouble("the shortcuts stay as they were")
    }
  }
}
