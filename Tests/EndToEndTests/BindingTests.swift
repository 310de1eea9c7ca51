import Jansson
import Testing

/// The manual's section 1 by its words.
struct BindingTests {
  @Test(arguments: ["employee", "pupil", "parent", "administrator"])
  func `B1, B2, B4–B6, A4, A6: a person of every role binds by the manual's words`(role: String) throws {
    let person = try role == "administrator" ? Person.administrator() : Person.with(role)
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: person)
    let second = try host.client(signedInAs: person)
    #expect(try client.shortcuts() == [Manual.bindShortcut])

    // The window of figure 3, then the message of figure 5.
    let form = try client.openAuthorization()
    #expect(form.title == Manual.authorization)
    #expect(form.buttons == [Manual.bindButton, "Отмена"])
    #expect(try client.isSent(to: person.shownPhone, in: form))

    // The message of figure 7, with the person's data.
    let question = try #require(try host.platform.question(for: person.phone))
    #expect(question.buttons == [Manual.connect, Manual.decline])
    #expect(question.text.contains(person.name))
    #expect(question.text.contains(try organization(client)))
    try host.platform.press(person.phone, Manual.connect)

    // Both open clients see the desktop change by itself.
    #expect(try client.shortcutsBecome(Manual.boundShortcuts))
    #expect(try second.shortcutsBecome(Manual.boundShortcuts))
    #expect(try client.boundPhone() == person.shownPhone)
    let chats = try second.openChats()
    #expect(chats.buttons.contains("Отвязать учетную запись"))
    #expect(!chats.buttons.contains("Привязать учетную запись"))

    // A5, and each thing done once.
    let link = try client.call("shortcut/open", ["id": "Перейти в Сферум"])
    #expect(link["effects"]?[0]?["type"] == "openURL")
    #expect(link["effects"]?[0]?["url"]?.string?.hasPrefix("https://") == true)
    #expect(try host.platform.applied("POST", "/sferum/v1/bindings") == 1)
    #expect(try host.platform.applied("POST", "/messages") == 1)
  }

  @Test func `B1: the window opens from the tab «Чаты» too, and «Отмена» binds nothing`() throws {
    let person = try Person.with("employee", 1)
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: person)

    let form = try WireClient.only(client.press("Привязать учетную запись", of: client.openChats()))
    #expect(form.title == Manual.authorization)
    try client.type(person.phone, into: Manual.phoneField, of: form)
    try client.press("Отмена", of: form)

    #expect(try client.refusal("window/get", ["window": JSONValue(form.id)]).code == -32004)
    #expect(try client.shortcuts() == [Manual.bindShortcut])
    #expect(try client.boundPhone() == "")
    #expect(try host.platform.askedAboutBindings().isEmpty)
  }

  @Test func `B3: what is no Russian mobile number stays in the field, marked, with the system message`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: Person.with("pupil", 1))
    let form = try client.openAuthorization()

    for typed in Self.refusedPhones {
      let message = try client.ask(for: typed, in: form)

      #expect(message.text == Manual.badPhone, "\(typed)")
      #expect(message.level == "system", "\(typed)")
      let field = try client.look(at: form).field(Manual.phoneField)
      #expect(field["value"]?.string == typed)
      #expect(field["error"]?.string?.isEmpty == false, "\(typed)")
      try client.call("window/close", ["window": JSONValue(message.id)])
    }
    #expect(try host.platform.askedAboutBindings().isEmpty, "nothing was asked of the platform")
  }

  @Test func `B3: an empty field is no phone either, and gets the same message`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: Person.with("pupil", 2))
    let form = try client.openAuthorization()

    let message = try client.ask(for: "", in: form)

    #expect(message.text == Manual.badPhone)
    #expect(message.level == "system")
  }

  @Test func `B3: the usual spellings are taken and shown in the one form`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    for (index, spelling) in Self.spellings.enumerated() {
      let person = try Person.with("parent", index)
      let digits = String(person.phone.dropFirst(2))
      let client = try host.client(signedInAs: person)

      #expect(try client.isSent(to: spelling(digits)), "\(spelling(digits))")
      let command = try client.refusal(
        "command/execute", ["command": "sferum.bindAccount", "arguments": ["phone": "1"]])
      #expect(command.message == Manual.badPhone, "the headless way obeys the same rule")
      try host.platform.press(person.phone, Manual.connect)
      #expect(try client.shortcutsBecome(Manual.boundShortcuts))
      #expect(try client.boundPhone() == person.shownPhone)
    }
  }

  private func organization(_ client: WireClient) throws -> String {
    try client.call("session/get")["user"]?["organization"]?["name"]?.string ?? "?"
  }

  static let refusedPhones = [
    "812 345", "+7 (812) 345-67-89", "+7 (800) 555-35-35", "+77012345678", "345-67-89", "+7 (9123) 45-67-89",
    "+7 912 34567", "912345678", "+7 (912) 345-67-890", "+7 (912) 345-67-8a", "+375 29 123 45 67", "0079123456789",
    "+7 (9XX) XXX-XX-XX", "+7.912.345.67.89", "+8 912 345 67 89", "+7 (９12) 345-67-89",
    "+7\u{A0}(912)\u{A0}345-67-89", "+7 (912) 345\u{2011}67\u{2011}89",
  ]

  /// Ways to type the ten digits.
  private static let spellings: [@Sendable (String) -> String] = [
    { "+7\($0)" }, { "7\($0)" }, { "8\($0)" }, { $0 },
    { digits in
      let d = Array(digits)
      return "8 \(String(d[0..<3])) \(String(d[3..<6])) \(String(d[6..<8])) \(String(d[8..<10]))"
    },
    { digits in
      let d = Array(digits)
      return "  +7-\(String(d[0..<3]))-\(String(d[3..<6]))-\(String(d[6..<8]))-\(String(d[8..<10])) "
    },
    { digits in
      let d = Array(digits)
      return "8(\(String(d[0..<3])))\(String(d[3..<6]))-\(String(d[6..<8]))-\(String(d[8..<10]))"
    },
  ]
}
