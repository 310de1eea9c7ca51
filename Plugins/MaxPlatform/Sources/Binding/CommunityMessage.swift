import PluginKit

/// The messages of the Sferum community's chat, and the payloads of their buttons.
package enum CommunityMessage {
  /// The person's data with «Подключить» and «Не подключать».
  static func confirmation(_ profile: Profile, bindingID: String) -> JSONValue {
    let text = """
      Запрос на привязку учебного аккаунта Сферум к «Электронной школе»

      ФИО: \(profile.fullName)
      Организация: \(profile.organizationName)
      Роль: \(profile.role.title)

      Проверьте свои данные. Если они верны, нажмите «Подключить», в ином случае нажмите «Не подключать».
      """
    let buttons: JSONValue = [
      [
        ["type": "callback", "text": "Подключить", "payload": JSONValue(payload(bindingID, true))],
        ["type": "callback", "text": "Не подключать", "payload": JSONValue(payload(bindingID, false))],
      ]
    ]
    return [
      "text": JSONValue(text),
      "attachments": [["type": "inline_keyboard", "payload": ["buttons": buttons]]],
    ]
  }

  /// What stays of the message once its request has an end: no buttons.
  static func outcome(_ state: Binding.State) -> JSONValue {
    let text =
      switch state {
      case .linked: "Учебный аккаунт Сферум подключён к «Электронной школе»."
      case .declined: "Вы отказались подключать учебный аккаунт. Запрос можно отправить снова из «Электронной школы»."
      case .expired: "Срок запроса на привязку истёк. Запрос можно отправить снова из «Электронной школы»."
      case .taken: "Этот номер телефона уже привязан к другому аккаунту «Электронной школы»."
      case .queued, .waiting, .notFound, .failed, .withdrawn: "Этот запрос на привязку больше не действует."
      }
    return ["text": JSONValue(text), "attachments": .emptyArray]
  }

  package static func payload(_ bindingID: String, _ yes: Bool) -> String { "bind:\(bindingID):\(yes ? "yes" : "no")" }

  /// The binding and the answer in a payload of ours; nil for any other.
  package static func read(payload: String) -> (bindingID: String, yes: Bool)? {
    let parts = payload.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "bind", !parts[1].isEmpty, parts[2] == "yes" || parts[2] == "no" else {
      return nil
    }
    return (String(parts[1]), parts[2] == "yes")
  }

  /// Whether a message is the one with the buttons of that binding.
  package static func asks(_ message: JSONValue, about bindingID: String) -> Bool {
    for attachment in message["body"]?["attachments"]?.array ?? [] {
      for row in attachment["payload"]?["buttons"]?.array ?? [] {
        for button in row.array ?? [] where button["payload"]?.string == payload(bindingID, true) { return true }
      }
    }
    return false
  }
}
