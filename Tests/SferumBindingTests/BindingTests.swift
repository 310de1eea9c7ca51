import Jansson
import PluginHost
import Testing

extension WithPlatform {
  /// The manual's way, by its words, with the real platform simulator at the other end.
  @Suite struct BindingTests {
    private static let phone = Platform.phone(1)

    @Test func `B4, B5, B6: sent, confirmed in the community's chat, bound`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)

      let answer = try await bench.bind("8 (912) 000-00-01")

      #expect(answer.status == "sent")
      #expect(answer.effects == ["closeWindow", "dialog"])
      #expect(answer.text == "Запрос на привязку отправлен. Перейдите на платформу МАХ и подтвердите привязку")
      #expect(answer.level == "info")
      #expect(try bench.state() == "requested")
      let message = try #require(try await platform.client.inbox(phone: Self.phone).first)
      #expect(message.buttons == ["Подключить", "Не подключать"])
      for part in ["Иванова Мария Петровна", "Школа № 7", "Сотрудник"] { #expect(message.text.contains(part)) }

      _ = try await platform.client.press(phone: Self.phone, button: "Подключить")
      try await bench.until("bound") { try bench.state() == "bound" }
      try await bench.until("the button is answered") { try bench.waiting() == 0 }

      #expect(try bench.context()["sferum.bound"] == true)
      #expect(try bench.context()["sferum.phone"] == "+79120000001")
      #expect(try await platform.client.inbox(phone: Self.phone).first?.buttons == [])
      try await bench.until("told") { bench.told.texts() == ["Учебный аккаунт успешно привязан к Сферум"] }
      #expect(try bench.audited("sferum.requestBinding") == 1)
      #expect(try bench.audited("sferum.bind") == 1)
      #expect(try await platform.applied("POST /sferum/v1/bindings") == 1)
      #expect(try await platform.applied("POST /messages") == 1)
      #expect(try await platform.applied("POST /answers") == 1)
      await bench.stop()
    }

    @Test func `B4: a request that waits already says so, also with another number`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      _ = try await bench.bind(Self.phone)

      for typed in [Self.phone, Platform.phone(2)] {
        let answer = try await bench.bind(typed)
        #expect(answer.status == "pending")
        #expect(
          answer.text == "Запрос на привязку уже отправлен. Перейдите на платформу МАХ и подтвердите привязку")
      }
      #expect(try await platform.client.inbox(phone: Self.phone).count == 1)
      await bench.stop()
    }

    @Test func `B4: who is bound already is told so by the press and by the window`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await bench.bound(1, user: "A1")

      let answer = try await bench.bind(Platform.phone(2))
      let opened = Answer(try await bench.command("sferum.openAuthorization"))
      let window = try await bench.call(.windowOpen, "sferum.authorization")

      #expect(answer.status == "bound")
      #expect(answer.text == "Учебный аккаунт успешно привязан к Сферум")
      #expect(opened.text == answer.text)
      #expect(window["kind"] == "dialog")
      #expect(window["text"]?["ru"]?.string == answer.text)
      await bench.stop()
    }

    @Test func `B4: a number that is not on MAX can be corrected in the same window`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)

      let answer = try await bench.bind("89120000009")

      #expect(answer.status == "notFound")
      #expect(answer.level == "warning")
      #expect(answer.text?.contains("указанным при регистрации на платформе МАХ") == true)
      #expect(answer.effects == ["updateWindow", "dialog"])
      let field = answer.json["effects"]?[0]?["patch"]?["fields"]?[0]
      #expect(field?["value"] == "+79120000009")
      #expect(field?["display"] == "+7 (912) 000-00-09")
      #expect(try bench.state() == "unbound")
      #expect(try await bench.bind(Self.phone).status == "sent")
      await bench.stop()
    }

    @Test func `B4, B8: a number of another account is refused and names nobody`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await bench.bound(1, user: "A1")
      // What the first binding still says of itself to the platform meanwhile is no business of this test.
      let before = try await (platform.applied("POST /sferum/v1/bindings"), platform.applied("POST /messages"))

      let answer = try await bench.bind(Self.phone, user: "A2")

      #expect(answer.status == "taken")
      #expect(answer.level == "warning")
      for name in ["Иванова", "Мария", "A1"] { #expect(answer.json.text().contains(name) == false) }
      #expect(try bench.state("A2") == "unbound")
      #expect(try await platform.applied("POST /sferum/v1/bindings") == before.0)
      #expect(try await platform.applied("POST /messages") == before.1)
      await bench.stop()
    }

    @Test func `B4: a number that another school's account holds is refused by the platform`() async throws {
      let platform = try await Platform()
      let other = try Bench(platform)
      try await other.bound(1, user: "A3")
      await other.stop()
      let bench = try Bench(platform)

      let answer = try await bench.bind(Self.phone, user: "A2")

      #expect(answer.status == "taken")
      #expect(try bench.state("A2") == "unbound")
      await bench.stop()
    }

    @Test func `B5: declining ends the request, and the person may ask again`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      _ = try await bench.bind(Self.phone)

      _ = try await platform.client.press(phone: Self.phone, button: "Не подключать")
      try await bench.until("declined") { try bench.state() == "unbound" }

      try await bench.until("told") { bench.told.texts().first?.contains("отклонён") == true }
      #expect(try bench.context()["sferum.bound"] == nil)
      #expect(try await bench.bind(Self.phone).status == "sent")
      await bench.stop()
    }

    @Test func `B7: unbinding asks, frees the phone at once, and tells the platform`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await bench.bound(1, user: "A1")
      let window = try await bench.call(.windowOpen, "sferum.unbinding")
      let press: JSONValue = ["window": window, "state": .null, "button": "unbind", "arguments": .emptyObject]

      let question = Answer(try await bench.call(.windowPressed, "sferum.unbinding", press))
      #expect(question.text == "Вы действительно хотите отвязать аккаунт от Сферума?")
      #expect((question.dialog?["buttons"]?.array ?? []).compactMap { $0["label"]?["ru"]?.string } == ["Да", "Нет"])
      #expect(try bench.state() == "bound")

      let yes = question.dialog?["buttons"]?[0]?["press"]?["arguments"] ?? .null
      let done = Answer(
        try await bench.call(.windowPressed, "sferum.unbinding", press.setting("arguments", yes)))
      #expect(done.effects == ["closeWindow", "dialog"])
      #expect(try bench.state() == "unbound")
      #expect(try bench.context()["sferum.phone"] == nil)

      await bench.advance(.zero)
      #expect(try await platform.status(of: "A1") == [])
      #expect(try bench.audited("sferum.unbind") == 1)
      #expect(try await bench.bind(Self.phone, user: "A2").status == "sent")
      await bench.stop()
    }

    @Test func `B7: who is not bound has nothing to unbind`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      _ = try await bench.bind(Self.phone)
      await #expect { _ = try await bench.command("sferum.unbindAccount") } throws: {
        ($0 as? PluginFailure)?.kind == "sferum.notBound"
      }
      await bench.stop()
    }

    @Test func `B3: a malformed number stays in the field, marked, with the system message`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      await #expect { _ = try await bench.bind("+8 912 345 67 89") } throws: { error in
        guard let failure = error as? PluginFailure else { return false }
        return failure.code == .invalidParams && failure.issues.map(\.path) == ["/phone"] && failure.level == "system"
          && failure.message.ru == "Номер телефона не соответствует формату +7 (9XX) XXX-XX-XX"
      }
      #expect(try bench.number("SELECT count(*) FROM sferum_binding_requests") == 0)
      await bench.stop()
    }

    @Test func `B2: the window «Авторизация в Сферум»`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      let window = try await bench.call(.windowOpen, "sferum.authorization")
      #expect(window["title"]?["ru"] == "Авторизация в Сферум")
      let field = try #require(window["fields"]?[0])
      #expect(field["label"]?["ru"] == "Номер телефона")
      #expect(field["type"] == "phone")
      // Empty text, not nothing: the plugin itself says what is wrong with an empty phone.
      #expect(field["value"] == "")
      #expect(
        (window["buttons"]?.array ?? []).compactMap { $0["label"]?["ru"]?.string }
          == ["Привязать учебный аккаунт Сферум", "Отмена"])
      #expect(window["buttons"]?[0]?["command"] == "sferum.bindAccount")
      #expect(window["buttons"]?[0]?["style"] == "primary")
      await bench.stop()
    }

    @Test func `A5: «Перейти в Сферум» opens the organization's address`() async throws {
      let bench = try Bench(try await Platform())
      let answer = try await bench.command("sferum.openPlatform")
      #expect(answer["effects"]?[0] == ["type": "openURL", "url": "https://web.max.ru/school7"])
      await bench.stop()
    }

    @Test(arguments: [("A2", 2, "Ученик"), ("A3", 3, "Родитель"), ("A4", 4, "Сотрудник")])
    func `A6: people of every role bind`(_ user: String, _ number: Int, _ role: String) async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await bench.bound(number, user: user)
      try await bench.until("the button is answered") { try bench.waiting() == 0 }
      #expect(try await platform.client.inbox(phone: Platform.phone(number)).first?.buttons == [])
      #expect(try bench.rows("SELECT profile FROM max_platform_bindings").first?.text().contains("role") == true)
      await bench.stop()
    }

    @Test func `a blocked account is not bound`() async throws {
      let bench = try Bench(try await Platform())
      await #expect { _ = try await bench.bind(Self.phone, user: "A5") } throws: {
        ($0 as? PluginFailure)?.kind == "sferum.accountUnfit"
      }
      await bench.stop()
    }

    @Test func `H: no number and no name in the log, no whole number in the audit`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await platform.fault("POST /messages", "status", status: 400, times: 1)
      _ = try? await bench.bind(Self.phone)
      try await bench.bound(1, user: "A1")
      let lines = bench.told.lines.withLock { $0.joined(separator: "\n") }
      let audit = try bench.rows("SELECT * FROM shell_audit").map { $0.text() }.joined()
      for secret in ["9120000001", "Иванова", "Мария"] {
        #expect(!lines.contains(secret))
        #expect(!audit.contains(secret))
      }
      #expect(audit.contains("***-**-01"))
      await bench.stop()
    }
  }
}
