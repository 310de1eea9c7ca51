import PluginKit

/// The windows «Авторизация в Сферум» and «Отвязка аккаунта от Сферума», and the commands that open them.
enum Windows {
  static let authorization = "sferum.authorization"
  static let unbinding = "sferum.unbinding"

  // MARK: Commands

  static func openAuthorization(_ call: Call) throws -> Outcome {
    if try active(call)?.state == .bound { return Outcome(effects: [Word.bound.dialog]) }
    return Outcome(effects: [.openWindow(authorization)])
  }

  static func openUnbinding(_ call: Call) throws -> Outcome {
    guard try active(call)?.state == .bound else {
      throw PluginError("sferum.notBound", Messages.notBound, level: .info)
    }
    return Outcome(effects: [.openWindow(unbinding)])
  }

  /// Makes the client open the organization's address of the platform.
  static func openPlatform(_ call: Call) throws -> Outcome {
    let address = try call.read { transaction in
      try transaction.first("SELECT platform_address FROM school_v1_organization")?["platform_address"]?.string
    }
    let url = address.flatMap { isWebAddress($0) ? $0 : nil } ?? "https://web.max.ru"
    return Outcome(result: ["url": JSONValue(url)], effects: [.openURL(url)])
  }

  // MARK: «Авторизация в Сферум»

  static func describeAuthorization(_ call: Call) throws -> Window {
    let active = try active(call)
    let title = Text("Авторизация в Сферум", en: "Authorization in Sferum")
    if active?.state == .bound {
      let close = Button("ok", Text("Ок", en: "OK"), .close, style: .primary)
      return Window(.dialog, title: title, modal: true, level: .info, text: Messages.bound, buttons: [close])
    }
    let phone = active.flatMap { Phone($0.phone) }
    return Window(
      title: title, modal: true,
      text: Text(
        "Номер телефона должен совпадать с номером, указанным при регистрации на платформе МАХ",
        en: "The phone number must be the one given at the registration on the MAX platform"),
      fields: [
        Field(
          "phone", Text("Номер телефона", en: "Phone number"), .phone, value: JSONValue(phone?.value ?? ""),
          display: phone?.display, hint: Text("+7 (9XX) XXX-XX-XX", en: "+7 (9XX) XXX-XX-XX"))
      ],
      buttons: [
        // The outcome says whether the window closes: a number that must be corrected keeps it open.
        Button(
          "bind", Text("Привязать учебный аккаунт Сферум", en: "Bind the Sferum educational account"),
          .command("sferum.bindAccount", arguments: ["phone": "=phone"], keepOpen: true), style: .primary),
        .cancel,
      ])
  }

  // MARK: «Отвязка аккаунта от Сферума»

  static func describeUnbinding(_ call: Call) throws -> Window {
    guard let active = try active(call), active.state == .bound else {
      throw PluginError("sferum.notBound", Messages.notBound, level: .info)
    }
    let phone = Phone(active.phone)
    return Window(
      title: Text("Отвязка аккаунта от Сферума", en: "Unbinding from Sferum"), modal: true,
      fields: [
        Field(
          "phone", Text("Телефон, привязанный к Сферум", en: "Phone bound to Sferum"), .phone,
          value: JSONValue(active.phone), display: phone?.display, enabled: false)
      ],
      buttons: [
        Button("unbind", Text("Отвязать аккаунт от Сферума", en: "Unbind the account from Sferum"), style: .danger),
        .cancel,
      ])
  }

  /// The button asks; «Да» in the question presses it once more, with `confirmed`.
  static func pressedUnbinding(_ question: WindowQuestion) throws -> WindowAnswer {
    guard question.arguments["confirmed"]?.bool == true else {
      let yes = Button(
        "yes", Text("Да", en: "Yes"), .press("unbind", arguments: ["confirmed": true]), style: .danger)
      let no = Button("no", Text("Нет", en: "No"), .close)
      return WindowAnswer(effects: [.dialog(.warning, Messages.unbindQuestion, buttons: [yes, no])])
    }
    return WindowAnswer(effects: try UnbindAccount.run(question.call).effects)
  }

  // MARK: Reading

  private static func active(_ call: Call) throws -> Request? {
    let user = try call.user()
    return try call.read { try Requests.active($0, user: user.id) }
  }

  private static func isWebAddress(_ text: String) -> Bool { text.hasPrefix("https://") || text.hasPrefix("http://") }
}
