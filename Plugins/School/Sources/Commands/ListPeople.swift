import PluginKit

/// Lists for scripts: `school.listAccounts {role?}` → `{accounts: [{login, name, roles, blocked, class?, phone?}]}`
/// by name, and `school.registeredPhones` → `{people: [{phone, name}]}`.
enum ListPeople {
  static func register(in plugin: inout PluginDefinition) {
    plugin.command("school.listAccounts", listAccounts)
    plugin.command("school.registeredPhones", registeredPhones)
  }

  @Sendable private static func listAccounts(_ call: Call) throws -> Outcome {
    let role = call.params["role"]?.string
    if let role, Role(rawValue: role) == nil {
      throw PluginError.invalid("role", Text("Нет такой роли: «\(role)»", en: "No such role: '\(role)'"))
    }
    let rows = try call.read { transaction in
      try transaction.rows(
        """
        SELECT a.login, a.full_name AS name, a.blocked, u.class_title AS class, p.phone,
          (SELECT group_concat(role, ' ') FROM school_account_roles r WHERE r.account_id = a.id) AS roles
        FROM school_accounts a JOIN school_people p ON p.id = a.person_id
        LEFT JOIN school_pupils u ON u.person_id = a.person_id
        WHERE :role IS NULL
          OR EXISTS (SELECT 1 FROM school_account_roles r WHERE r.account_id = a.id AND r.role = :role)
        ORDER BY a.full_name COLLATE russian, a.id
        """,
        ["role": JSONValue(role)])
    }
    let accounts = rows.map { row -> JSONValue in
      let roles = (row["roles"]?.string ?? "").split(separator: " ").map { JSONValue(String($0)) }
      var members: [(String, JSONValue)] = [
        ("login", row["login"] ?? .null), ("name", row["name"] ?? .null), ("roles", JSONValue(roles)),
        ("blocked", JSONValue(row["blocked"]?.int == 1)),
      ]
      for key in ["class", "phone"] {
        if let value = row[key], value.string?.isEmpty == false { members.append((key, value)) }
      }
      return JSONValue(members: members)
    }
    return Outcome(result: ["accounts": JSONValue(accounts)])
  }

  @Sendable private static func registeredPhones(_ call: Call) throws -> Outcome {
    let people = try call.read { transaction in
      try transaction.query(
        "SELECT phone, full_name AS name, min(n) AS n FROM school_people WHERE phone IS NOT NULL GROUP BY phone ORDER BY n"
      )
    }
    // A phone that two people share is registered on a platform once.
    return Outcome(result: ["people": people])
  }
}
