import Jansson
import Testing

/// Signing in and what one sees then (A1, A2, A4, H).
struct SignInTests {
  @Test func `A1: a wrong password and an unknown login get the same answer`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client()

    let wrong = try client.refusal("session/login", ["login": JSONValue(Person.with("pupil").login), "password": "x"])
    let unknown = try client.refusal("session/login", ["login": "nobody.xx", "password": "x"])

    #expect(wrong.error == unknown.error)
    #expect(wrong.code == -32001)
    #expect(wrong.kind == "session.invalid")
  }

  @Test(arguments: [true, false])
  func `A1: five failures within a minute lock the login for a minute, known or not`(isKnown: Bool) throws {
    let host = try HostUnderTest.start(SchoolFolder(), ["--clock", "manual:2026-09-01T08:00:00+03:00"])
    let client = try host.client()
    let person = try Person.with("pupil")
    let login = JSONValue(isKnown ? person.login : "nobody.xx")

    for _ in 0..<5 {
      #expect(try client.refusal("session/login", ["login": login, "password": "x"]).kind == "session.invalid")
    }
    let locked = try client.refusal("session/login", ["login": login, "password": JSONValue(SchoolFolder.password)])
    #expect(locked.kind == "session.locked")
    #expect(locked.data["retryAfterMs"]?.int == 60_000)
    #expect(try host.client().refusal("session/login", ["login": login, "password": "x"]).kind == "session.locked")

    // Another login is not touched, and a minute later this one is free.
    try client.signIn(Person.with("pupil", 1))
    try client.call("clock/advance", ["to": "2026-09-01T08:01:01+03:00"])
    if isKnown {
      try client.signIn(person)
    } else {
      #expect(try client.refusal("session/login", ["login": login, "password": "x"]).kind == "session.invalid")
    }
  }

  @Test func `a second sign-in replaces the first, and its windows are gone`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: Person.with("employee"))
    let window = try client.openChats()
    let other = try Person.with("pupil")

    let answer = try client.signIn(other)

    #expect(answer["desktop"]?["windows"] == [])
    #expect(try client.call("session/get")["user"]?["login"]?.string == other.login)
    #expect(try client.refusal("window/get", ["window": JSONValue(window.id)]).code == -32004)
  }

  @Test func `H: pupils see no school registries and may not open them, employees read, administrators do all`() throws
  {
    let host = try HostUnderTest.start(SchoolFolder())
    let pupil = try host.client(signedInAs: Person.with("pupil"))
    #expect(try menu(pupil) == ["Реестры": ["Сферум"]])
    #expect(try pupil.refusal("registry/query", ["registry": "employees"]).code == -32003)
    #expect(try pupil.refusal("startMenu/open", ["path": ["Реестры", "Сотрудники"]]).code < -32002)
    #expect(try pupil.refusal("command/execute", ["command": "school.openSettings"]).code == -32003)

    let employee = try host.client(signedInAs: Person.with("employee"))
    #expect(try menu(employee)["Реестры"] == Self.registries)
    #expect(try menu(employee)["Администрирование"] == nil)
    #expect(try employee.refusal("registry/query", ["registry": "accounts"]).code == -32003)

    let administrator = try host.client(signedInAs: Person.administrator())
    #expect(try menu(administrator)["Администрирование"]?.first == "Настройки организации")
    #expect(try administrator.openMenu("Администрирование", "Настройки организации").title == "Настройки организации")
  }

  @Test func `a window of another connection cannot be reached`() throws {
    let person = try Person.with("employee")
    let host = try HostUnderTest.start(SchoolFolder())
    let (one, two) = (try host.client(signedInAs: person), try host.client(signedInAs: person))
    let window = try one.openAuthorization()

    #expect(try two.call("desktop/get")["windows"] == [])
    #expect(try two.refusal("window/get", ["window": JSONValue("\(window.id)0")]).code == -32004)
  }

  @Test func `the locale of a connection is the language of its labels and refusals`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(locale: "en")

    let refusal = try client.refusal("session/login", ["login": "nobody", "password": "x"])
    try client.signIn(Person.with("pupil"))

    #expect(refusal.message.utf8.allSatisfy { $0 < 128 }, "\(refusal.message)")
    #expect(try client.shortcuts() == ["Bind the account to Sferum"])
  }

  private static let registries = [
    "Сферум", "Сотрудники", "Ученики", "Родители", "Классы", "Группы", "Расписание уроков", "КТП",
    "Выпускники и отчисленные",
  ]

  private func menu(_ client: WireClient) throws -> [String: [String]] {
    let nodes = try client.call("desktop/get")["startMenu"]?.array ?? []
    return Dictionary(
      uniqueKeysWithValues: nodes.map { ($0["title"]?.string ?? "", WireClient.titles($0["children"])) })
  }
}
