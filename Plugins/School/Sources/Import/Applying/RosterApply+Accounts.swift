import PluginKit

/// What an import does to accounts: whoever it dismisses is shut out, whoever it hires again is let in.
extension RosterApply {
  private var change: RosterChange { RosterChange(call: call, transaction: transaction, today: facts.today) }

  /// Takes the roles of those who are dismissed; `closedAccounts` are to be signed out once the change is made.
  func closeAccounts() throws {
    let people = try rows(
      """
      SELECT e.person_id AS id FROM school_staged_removals r JOIN school_employees e ON e.n = r.record
      JOIN school_accounts a ON a.person_id = e.person_id WHERE r.registry = 'employees' ORDER BY e.n
      """
    ).compactMap { $0["id"]?.string }
    for person in people {
      if let account = try EmployeeAccount.close(person, change) { closedAccounts.append(account) }
    }
  }

  /// People with accounts who are in the package as employees and have no open position so far.
  func dismissedWithAccounts() throws -> [String] {
    try rows(
      """
      SELECT DISTINCT e.person_id AS id FROM school_staged_users s JOIN school_employees e ON e.n = s.employee_n
      JOIN school_accounts a ON a.person_id = e.person_id
      WHERE s.role = 'employee' AND s.active = 1 AND e.dismissed IS NOT NULL ORDER BY e.n
      """
    ).compactMap { $0["id"]?.string }
  }

  func openAccounts(of people: [String]) throws {
    for person in people { try EmployeeAccount.open(person, change) }
  }

  /// After the commit, and without keeping the answer waiting.
  static func endSessions(of accounts: [String], _ call: Call) {
    guard !accounts.isEmpty else { return }
    let host = call.host.detached
    Task {
      for account in accounts {
        do {
          _ = try await host.callService(
            "shell.endSessions", ["user": JSONValue(account), "reason": "dismissed"])
        } catch {
          host.log(.warning, "sessions were not ended", ["account": JSONValue(account)])
        }
      }
    }
  }
}
