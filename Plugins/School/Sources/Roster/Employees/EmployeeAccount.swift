import PluginKit

/// What hiring and dismissing do to a person's account: whoever does not work here does not read its registries.
enum EmployeeAccount {
  /// Gives the role back; an account that the dismissal blocked opens again, one that was blocked on purpose does not.
  static func open(_ person: String, _ change: RosterChange) throws {
    guard let account = try account(of: person, change) else { return }
    let before = try roles(account, change)
    try change.transaction.query(
      "INSERT OR IGNORE INTO school_account_roles(account_id, role) VALUES (?, 'employee')", [JSONValue(account)])
    try change.transaction.query(
      "UPDATE school_accounts SET blocked = 0, blocked_by = NULL WHERE id = ? AND blocked_by = 'dismissal'",
      [JSONValue(account)])
    try tell(account, person, before, change)
  }

  /// Takes the roles of an employee; without another role the account is blocked. The account's id, whose sessions
  /// are to end; nil when there is none.
  static func close(_ person: String, _ change: RosterChange) throws -> String? {
    guard let account = try account(of: person, change) else { return nil }
    try LastAdministrator.refuseLoss(of: account, change.transaction)
    let before = try roles(account, change)
    try change.transaction.query(
      "DELETE FROM school_account_roles WHERE account_id = ? AND role IN ('employee', 'administrator')",
      [JSONValue(account)])
    if try roles(account, change).isEmpty {
      try change.transaction.query(
        "UPDATE school_accounts SET blocked = 1, blocked_by = 'dismissal' WHERE id = ? AND blocked = 0",
        [JSONValue(account)])
    }
    try tell(account, person, before, change)
    return account
  }

  /// Signs an account out everywhere. The change is made all the same when that fails; then it is a matter for the log.
  static func endSessions(_ account: String, reason: String, _ call: Call) async {
    do {
      _ = try await call.host.callService(
        "shell.endSessions", ["user": JSONValue(account), "reason": JSONValue(reason)])
    } catch {
      call.host.log(.warning, "sessions were not ended", ["account": JSONValue(account)])
    }
  }

  private static func account(of person: String, _ change: RosterChange) throws -> String? {
    try change.transaction.first("SELECT id FROM school_accounts WHERE person_id = ?", [JSONValue(person)])?["id"]?
      .string
  }

  private static func roles(_ account: String, _ change: RosterChange) throws -> [JSONValue] {
    try change.transaction.rows(
      "SELECT role FROM school_account_roles WHERE account_id = ? ORDER BY role", [JSONValue(account)]
    ).compactMap { $0["role"] }
  }

  private static func tell(
    _ account: String, _ person: String, _ before: [JSONValue], _ change: RosterChange
  ) throws {
    try SchoolAudit.note(
      change.call.name, object: account, old: ["roles": JSONValue(before)],
      new: ["roles": JSONValue(roles(account, change))], change.transaction)
    try change.emit(
      SchoolEvent.accountChanged,
      ["accountId": JSONValue(account), "personId": JSONValue(person), "change": "roles"])
  }
}

/// Without an administrator nobody could make another one.
enum LastAdministrator {
  /// Refuses when the account is the only one that may administer.
  static func refuseLoss(of account: String, _ transaction: Transaction) throws {
    let others = try transaction.first(
      """
      SELECT count(*) AS others, max(a.id = :id) AS is_one
      FROM school_account_roles r JOIN school_accounts a ON a.id = r.account_id
      WHERE r.role = 'administrator' AND a.blocked = 0
      """,
      ["id": JSONValue(account)])
    guard others?["is_one"]?.int == 1, others?["others"]?.int == 1 else { return }
    throw PluginError.refused(
      "lastAdministrator",
      Text(
        "Это последний администратор организации: сначала назначьте другого",
        en: "This is the organization's last administrator: appoint another one first"))
  }
}
