import PluginKit

/// The contract `authentication/1`: who somebody is.
///
/// `authentication.verify {login, password}` → `{user}`; a wrong pair, whichever half of it is wrong, is one
/// refusal in words and in time. `authentication.user {id}` or `{login}` → `{user}`, with no password.
/// `authentication.organization` → `{organization}`, of the owner of the data folder, who has no account.
/// `user = {id, login, displayName, roles, organization: {id, name, timeZone}, personId}`.
enum Authentication {
  static func register(in plugin: inout PluginDefinition) {
    plugin.service("authentication.verify", verify)
    plugin.service("authentication.user", user)
    plugin.service("authentication.organization") { call throws -> JSONValue in
      try call.read { ["organization": try Account.organization($0)] }
    }
  }

  private static let wrongPair = PluginError(
    "session.invalid", Text("Неверный логин или пароль", en: "Wrong login or password"), code: -32001)

  private static let blocked = PluginError(
    "session.blocked",
    Text(
      "Учётная запись заблокирована. Обратитесь к администратору организации",
      en: "The account is blocked. Ask the organization's administrator"),
    code: -32001)

  @Sendable private static func verify(_ call: Call) throws -> JSONValue {
    let login = try call.string("login")
    let password = try call.string("password")
    let attempts = SignInGuard(login: login)
    let account = try call.read { transaction in
      if let refusal = try attempts.refusal(transaction, nowMs: call.host.nowMs) { throw refusal }
      return try Account.find(login: login, transaction)
    }

    let hash = account.flatMap { PasswordHash($0.passwordHash) } ?? .ofNobody
    let isRight = hash.matches(password) && account != nil

    guard isRight, let account else {
      // The lock is looked at again: of many attempts at once only the first few are told that they failed.
      try call.write { transaction in
        if let refusal = try attempts.refusal(transaction, nowMs: call.host.nowMs) { throw refusal }
        try attempts.note(transaction, nowMs: call.host.nowMs)
      }
      throw wrongPair
    }
    if account.isBlocked { throw blocked }
    let (user, hasFailures) = try call.read { transaction in
      if let refusal = try attempts.refusal(transaction, nowMs: call.host.nowMs) { throw refusal }
      return (try account.user(transaction), try attempts.hasFailures(transaction))
    }
    if hasFailures { try call.write { try attempts.forgive($0) } }
    return ["user": user]
  }

  @Sendable private static func user(_ call: Call) throws -> JSONValue {
    let user = try call.read { transaction -> JSONValue in
      let account: Account?
      if let id = call.params["id"]?.string {
        account = try Account.find(id: id, transaction)
      } else {
        account = try Account.find(login: try call.string("login"), transaction)
      }
      guard let account else {
        throw PluginError.notFound("account", call.params["id"]?.string ?? call.params["login"]?.string ?? "")
      }
      if account.isBlocked { throw blocked }
      return try account.user(transaction)
    }
    return ["user": user]
  }
}
