import PluginKit

/// `school.setPassword {login, password}`, `school.blockAccount {login}`, `school.unblockAccount {login}` → `{login}`.
enum ChangeAccount {
  static func register(in plugin: inout PluginDefinition) {
    plugin.command("school.setPassword", setPassword)
    plugin.command("school.blockAccount") { call async throws -> Outcome in try await block(call) }
    plugin.command("school.unblockAccount") { call throws -> Outcome in try setBlocked(call, false) }
  }

  @Sendable private static func setPassword(_ call: Call) throws -> Outcome {
    let login = try call.string("login")
    let password = try call.string("password")
    try PasswordRule.check(password)
    let hash = try PasswordHash(of: password).text
    return try call.write { transaction in
      let account = try Account.require(login: login, transaction)
      try transaction.query(
        "UPDATE school_accounts SET password_hash = ? WHERE id = ?", [JSONValue(hash), JSONValue(account.id)])
      // Whoever locked themselves out with the old one may use the new one at once.
      try SignInGuard(login: account.login).forgive(transaction)
      try note(call, account, change: "password", transaction)
      return Outcome(result: ["login": JSONValue(account.login)])
    }
  }

  /// Whoever is blocked is signed out everywhere.
  private static func block(_ call: Call) async throws -> Outcome {
    let outcome = try setBlocked(call, true)
    let login = try call.string("login")
    if let account = try call.read({ try Account.find(login: login, $0) }) {
      do {
        _ = try await call.host.callService(
          "shell.endSessions", ["user": JSONValue(account.id), "reason": "blocked"])
      } catch {
        // The account is blocked all the same; a session that stays is a matter for the log.
        call.host.log(.warning, "sessions were not ended", ["account": JSONValue(account.id)])
      }
    }
    return outcome
  }

  private static func setBlocked(_ call: Call, _ blocked: Bool) throws -> Outcome {
    let login = try call.string("login")
    return try call.write { transaction in
      let account = try Account.require(login: login, transaction)
      if blocked { try refuseLastAdministrator(account, transaction) }
      if account.isBlocked != blocked {
        try transaction.query(
          "UPDATE school_accounts SET blocked = ? WHERE id = ?", [JSONValue(blocked ? 1 : 0), JSONValue(account.id)])
        try note(call, account, change: blocked ? "blocked" : "unblocked", transaction)
      }
      if !blocked { try SignInGuard(login: account.login).forgive(transaction) }
      return Outcome(result: ["login": JSONValue(account.login)])
    }
  }

  /// Without an administrator nobody could unblock anybody.
  private static func refuseLastAdministrator(_ account: Account, _ transaction: Transaction) throws {
    let others = try transaction.first(
      """
      SELECT count(*) AS others, max(a.id = :id) AS is_one
      FROM school_account_roles r JOIN school_accounts a ON a.id = r.account_id
      WHERE r.role = 'administrator' AND a.blocked = 0
      """,
      ["id": JSONValue(account.id)])
    guard others?["is_one"]?.int == 1, others?["others"]?.int == 1 else { return }
    throw PluginError(
      "school.lastAdministrator",
      Text(
        "Это последний администратор организации: заблокировать его нельзя",
        en: "This is the organization's last administrator and cannot be blocked"))
  }

  private static func note(
    _ call: Call, _ account: Account, change: String, _ transaction: Transaction
  ) throws {
    try transaction.audit(call.name, object: account.id, new: ["login": JSONValue(account.login)])
    try transaction.emit(
      SchoolEvent.accountChanged,
      [
        "accountId": JSONValue(account.id), "personId": JSONValue(account.personId), "change": JSONValue(change),
      ])
  }
}
