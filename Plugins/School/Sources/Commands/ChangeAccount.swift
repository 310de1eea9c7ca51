import PluginKit

/// `school.setPassword {login | person, password?}` → `{login, password?}`, `school.blockAccount {login | person}` and
/// `school.unblockAccount {login | person}` → `{login}`. `person` is the account, or a row of any registry of people.
/// A password that is not given is made up, and answered this once.
enum ChangeAccount {
  static let setPassword = "school.setPassword"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(setPassword) { call async throws -> Outcome in try await setPassword(call) }
    plugin.command("school.blockAccount") { call async throws -> Outcome in try await block(call) }
    plugin.command("school.unblockAccount") { call throws -> Outcome in try setBlocked(call, false).outcome }
  }

  /// Whoever came in with the old password is signed out, except whoever changes their own: they are to read the new one.
  private static func setPassword(_ call: Call) async throws -> Outcome {
    let given = call.params["password"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    if let given { try PasswordRule.check(given) }
    let password = given ?? PasswordRule.random()
    let hash = try PasswordHash(of: password).text
    let account = try call.write { transaction -> Account in
      let account = try Account.named(by: call, transaction)
      try transaction.query(
        "UPDATE school_accounts SET password_hash = ? WHERE id = ?", [JSONValue(hash), JSONValue(account.id)])
      // Whoever locked themselves out with the old one may use the new one at once.
      try SignInGuard(login: account.login).forgive(transaction)
      try note(call, account, change: "password", transaction)
      return account
    }
    if account.id != call.session?.user.id { await EmployeeAccount.endSessions(account.id, reason: "password", call) }
    let result: JSONValue = ["login": JSONValue(account.login)]
    guard given == nil else { return Outcome(result: result) }
    return NewPassword.outcome(result, password)
  }

  /// Whoever is blocked is signed out everywhere.
  private static func block(_ call: Call) async throws -> Outcome {
    let (outcome, account) = try setBlocked(call, true)
    await EmployeeAccount.endSessions(account, reason: "blocked", call)
    return outcome
  }

  private static func setBlocked(_ call: Call, _ blocked: Bool) throws -> (outcome: Outcome, account: String) {
    try call.write { transaction in
      let account = try Account.named(by: call, transaction)
      if blocked { try LastAdministrator.refuseLoss(of: account.id, transaction) }
      // What a dismissal blocked is blocked on purpose from now on.
      try transaction.query(
        "UPDATE school_accounts SET blocked = ?, blocked_by = ? WHERE id = ?",
        [JSONValue(blocked ? 1 : 0), JSONValue(blocked ? "hand" : nil), JSONValue(account.id)])
      if account.isBlocked != blocked {
        try note(call, account, change: blocked ? "blocked" : "unblocked", transaction)
      }
      if !blocked { try SignInGuard(login: account.login).forgive(transaction) }
      return (Outcome(result: ["login": JSONValue(account.login)]), account.id)
    }
  }

  static func note(
    _ call: Call, _ account: Account, change: String, old: JSONValue? = nil, new: JSONValue? = nil,
    _ transaction: Transaction
  ) throws {
    try SchoolAudit.note(
      call.name, object: account.id, old: old, new: new ?? ["login": JSONValue(account.login)], transaction)
    try transaction.emit(
      SchoolEvent.accountChanged,
      [
        "accountId": JSONValue(account.id), "personId": JSONValue(account.personId), "change": JSONValue(change),
      ])
  }
}

/// A password that the host made up: in the result for scripts, in a dialog for a person, and nowhere else.
enum NewPassword {
  static func outcome(_ result: JSONValue, _ password: String) -> Outcome {
    let login = result["login"]?.string ?? ""
    return Outcome(
      result: result.setting("password", JSONValue(password)),
      effects: [
        .dialog(
          .info,
          Text(
            "Логин: \(login)\nПароль: \(password)\nПароль больше не будет показан.",
            en: "Login: \(login)\nPassword: \(password)\nThe password will not be shown again."),
          title: Text("Учётная запись", en: "Account"))
      ])
  }
}
