import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

@Suite struct AuthenticationTests {
  @Test func `A1: a right pair gives the user, whatever the case of the login`() async throws {
    let bench = try await SchoolBench.withAdministrator()

    let user = try #require(try await bench.signIn("ADMIN", "пароль")["user"])

    #expect(user["login"] == "admin")
    #expect(user["displayName"] == "Ёлкина Анна Ильинична")
    #expect(user["roles"] == ["administrator"])
    #expect(user["personId"] == "p1")
    #expect(user["organization"] == ["id": "school", "name": "Школа", "timeZone": "Europe/Moscow"])
    let again = try await bench.call("authentication.user", ["id": user["id"] ?? .null])
    #expect(again["user"] == user)
  }

  @Test func `A1: a wrong login and a wrong password are one refusal`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let wrongPassword = try #require(await bench.refusal("admin", "Пароль"))
    let wrongLogin = try #require(await bench.refusal("nobody", "пароль"))

    #expect(wrongPassword.kind == "session.invalid")
    #expect(wrongPassword.code.rawValue == -32001)
    #expect(wrongPassword.message.ru == "Неверный логин или пароль")
    #expect(wrongLogin.kind == wrongPassword.kind)
    #expect(wrongLogin.message == wrongPassword.message)
  }

  @Test(arguments: ["admin", "nobody"])
  func `A1: five failures within a minute lock that login for a minute`(login: String) async throws {
    let bench = try await SchoolBench.withAdministrator()
    for attempt in 0..<5 {
      #expect(await bench.refusal(login, "нет")?.kind == "session.invalid", "attempt \(attempt)")
      bench.clock.advance(toMs: bench.clock.nowMs + 1000)
    }

    // The fifth came a second ago.
    let locked = try #require(await bench.refusal(login, "пароль"))
    #expect(locked.kind == "session.locked")
    #expect(locked.code.rawValue == -32001)
    #expect(locked.retryAfterMs == 59_000)
    if login == "nobody" { #expect(await bench.refusal("admin", "пароль") == nil) }

    bench.clock.advance(toMs: bench.clock.nowMs + 58_999)
    #expect(await bench.refusal(login, "пароль")?.kind == "session.locked")
    bench.clock.advance(toMs: bench.clock.nowMs + 1)
    #expect(await bench.refusal(login, "пароль")?.kind == (login == "admin" ? nil : "session.invalid"))
  }

  @Test func `A1: failures spread over more than a minute lock nothing, and a sign-in forgives them`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    for _ in 0..<6 {
      #expect(await bench.refusal("admin", "нет")?.kind == "session.invalid")
      bench.clock.advance(toMs: bench.clock.nowMs + 15_001)
    }
    bench.clock.advance(toMs: bench.clock.nowMs + 60_000)
    for _ in 0..<3 {
      for _ in 0..<4 { #expect(await bench.refusal("admin", "нет")?.kind == "session.invalid") }
      #expect(await bench.refusal("admin", "пароль") == nil)
    }
  }

  @Test func `A1: of many attempts at once five are told that they failed`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let kinds = await withTaskGroup(of: String?.self) { group in
      for _ in 0..<12 { group.addTask { await bench.refusal("admin", "нет")?.kind } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(kinds.filter { $0 == "session.invalid" }.count == 5)
    #expect(kinds.filter { $0 == "session.locked" }.count == 7)
  }

  @Test func `a blocked account is refused, also by its id, and may come back`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    let login = "zaitsev"
    try await bench.run(
      "school.addAccount", ["login": "zaitsev", "password": "пароль", "name": "Зайцев Пётр", "roles": ["pupil"]])
    let accounts = try await bench.run("school.listAccounts", ["role": "pupil"])
    #expect(accounts["accounts"]?.count == 1)
    let id = try #require(try await bench.signIn(login, "пароль")["user"]?["id"])

    try await bench.run("school.blockAccount", ["login": JSONValue(login)])
    #expect(await bench.refusal(login, "пароль")?.kind == "session.blocked")
    #expect(await bench.refusal(login, "нет")?.kind == "session.invalid")
    await #expect(throws: PluginFailure.self) { try await bench.call("authentication.user", ["id": id]) }

    try await bench.run("school.unblockAccount", ["login": JSONValue(login)])
    #expect(await bench.refusal(login, "пароль") == nil)
  }

  @Test func `the last administrator cannot be blocked`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    await #expect { try await bench.run("school.blockAccount", ["login": "admin"]) } throws: { error in
      (error as? PluginFailure)?.kind == "school.lastAdministrator"
    }
  }

  @Test func `a new password replaces the old one and lifts the lock`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    for _ in 0..<5 { _ = await bench.refusal("admin", "нет") }
    try await bench.run("school.setPassword", ["login": "admin", "password": "новый"])
    #expect(await bench.refusal("admin", "пароль")?.kind == "session.invalid")
    #expect(await bench.refusal("admin", "новый") == nil)
  }

  @Test func `an account can be added for a new person and for one who is there`() async throws {
    let bench = try SchoolBench()
    let added = try await bench.run(
      "school.addAccount", ["login": "petrova", "name": "Петрова Анна Ильинична", "roles": ["administrator"]])
    let password = try #require(added["password"]?.string)
    let user = try await bench.signIn("Petrova", password)["user"]
    #expect(user?["displayName"] == "Петрова Анна Ильинична")

    func kind(_ arguments: JSONValue) async -> String? {
      do throws(PluginFailure) {
        _ = try await bench.run("school.addAccount", arguments)
        return nil
      } catch {
        return error.kind
      }
    }
    #expect(await kind(["login": "PETROVA", "name": "А Б", "roles": ["pupil"]]) == "school.loginTaken")
    #expect(await kind(["login": "two", "person": added["personId"] ?? .null]) == "school.personHasAccount")
    #expect(await kind(["login": "петрова", "name": "А Б", "roles": ["pupil"]]) == "params.invalid")
    #expect(await kind(["login": "three", "name": "А Б"]) == "params.invalid")
    #expect(await kind(["login": "bare", "roles": ["employee"]]) == nil)
    #expect(await kind(["login": "four", "person": "p77"]) == "person.notFound")
  }
}
