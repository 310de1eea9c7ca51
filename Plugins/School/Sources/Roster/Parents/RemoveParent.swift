import PluginKit

/// `school.removeParent {parent}` → `{parent}`: one without children and without an account of their own. The person
/// goes too, unless they are something else in the school; then they are signed out, since a session keeps its roles.
enum RemoveParent {
  static let command = "school.removeParent"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command) { call async throws -> Outcome in
      var account: String?
      let outcome = try remove(call, &account)
      if let account { await EmployeeAccount.endSessions(account, reason: "roles", call) }
      return outcome
    }
  }

  private static func remove(_ call: Call, _ account: inout String?) throws -> Outcome {
    let id = try Arguments(call).requiredID("parent")
    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let parent = try ParentRecord.require(id, transaction)
      try refuseChildren(parent, transaction)
      if let login = try ParentRole.onlyLogin(parent.personID, transaction) {
        throw PluginError(
          "school.parentHasAccount",
          Text(
            "У родителя \(parent.fullName) есть учётная запись «\(login)»: удалить его нельзя, её можно заблокировать",
            en: "\(parent.fullName) has the account '\(login)' and cannot be removed; the account can be blocked"))
      }
      let person = try PersonRecord.read(parent.personID, transaction)
      try transaction.query("DELETE FROM school_parents WHERE id = ?", [JSONValue(id)])
      account = try ParentRole.take(parent.personID, change)
      try transaction.query(
        """
        DELETE FROM school_people WHERE id = :id
          AND NOT EXISTS (SELECT 1 FROM school_employees WHERE person_id = :id)
          AND NOT EXISTS (SELECT 1 FROM school_pupils WHERE person_id = :id)
          AND NOT EXISTS (SELECT 1 FROM school_accounts WHERE person_id = :id)
        """, ["id": JSONValue(parent.personID)])
      var record = RosterRecord(
        id, old: JSONValue(members: PersonRecord.members(person)), touched: [parent.personID])
      record.name = Text("Родитель \(parent.fullName)", en: "Parent \(parent.fullName)")
      record.emit(SchoolEvent.personChanged, ["personId": JSONValue(parent.personID)])
      try record.write(change)
      return Outcome(result: ["parent": JSONValue(id)])
    }
  }

  private static func refuseChildren(_ parent: ParentRecord, _ transaction: Transaction) throws {
    let row = try transaction.first("SELECT children FROM school_parents WHERE id = ?", [JSONValue(parent.id)])
    guard let children = row?["children"]?.string, !children.isEmpty else { return }
    throw PluginError(
      "school.parentHasChildren",
      Text(
        "У родителя \(parent.fullName) есть дети (\(children)): сначала отвяжите их",
        en: "\(parent.fullName) has children (\(children)): unlink them first"))
  }
}
