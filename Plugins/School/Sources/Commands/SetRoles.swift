import PluginKit

/// `school.setRoles {login | person, administrator?, employee?, pupil?, parent?}` → `{login, roles}`: flags; a role
/// that is not named stays. Whoever loses one is signed out, since a session keeps the roles that it began with.
enum SetRoles {
  static let command = "school.setRoles"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command) { call async throws -> Outcome in
      let (result, account, hasLost) = try call.write { try change(call, $0) }
      if hasLost { await EmployeeAccount.endSessions(account, reason: "roles", call) }
      return Outcome(result: result)
    }
  }

  private static func change(
    _ call: Call, _ transaction: Transaction
  ) throws -> (JSONValue, account: String, hasLost: Bool) {
    let account = try Account.named(by: call, transaction)
    let old = try account.roles(transaction)
    let new = Role.allCases.filter { call.params[$0.rawValue]?.bool ?? old.contains($0) }
    guard !new.isEmpty else {
      throw PluginError.refused(
        "noRoles",
        Text(
          "Без роли учётная запись ни к чему: заблокируйте её", en: "An account without a role is of no use: block it"))
    }
    let (lost, gained) = (old.filter { !new.contains($0) }, new.filter { !old.contains($0) })
    if lost.contains(.administrator) { try LastAdministrator.refuseLoss(of: account.id, transaction) }
    for role in lost {
      try transaction.query(
        "DELETE FROM school_account_roles WHERE account_id = ? AND role = ?",
        [JSONValue(account.id), JSONValue(role.rawValue)])
    }
    for role in gained {
      try transaction.query(
        "INSERT INTO school_account_roles(account_id, role) VALUES (?, ?)",
        [JSONValue(account.id), JSONValue(role.rawValue)])
    }
    if !lost.isEmpty || !gained.isEmpty {
      try ChangeAccount.note(
        call, account, change: "roles", old: ["roles": names(old)], new: ["roles": names(new)], transaction)
    }
    return (["login": JSONValue(account.login), "roles": names(new)], account.id, !lost.isEmpty)
  }

  private static func names(_ roles: [Role]) -> JSONValue { JSONValue(roles.map { JSONValue($0.rawValue) }) }
}
