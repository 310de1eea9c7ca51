import PluginKit

/// The role «Родитель» of the account of somebody who has one for another reason, an employee's say.
enum ParentRole {
  static func give(_ person: String, _ change: RosterChange) throws {
    try change.transaction.query(
      """
      INSERT OR IGNORE INTO school_account_roles(account_id, role)
      SELECT id, 'parent' FROM school_accounts WHERE person_id = ?
      """, [JSONValue(person)])
    if change.transaction.changes > 0 { _ = try tell(person, change) }
  }

  /// The account that lost the role, whose sessions are to end; nil when none did.
  static func take(_ person: String, _ change: RosterChange) throws -> String? {
    try change.transaction.query(
      """
      DELETE FROM school_account_roles WHERE role = 'parent'
        AND account_id IN (SELECT id FROM school_accounts WHERE person_id = ?)
      """, [JSONValue(person)])
    return change.transaction.changes > 0 ? try tell(person, change) : nil
  }

  /// The login of an account that is a parent's and nothing else.
  static func onlyLogin(_ person: String, _ transaction: Transaction) throws -> String? {
    try transaction.first(
      """
      SELECT login FROM school_accounts a WHERE person_id = ?
        AND NOT EXISTS (SELECT 1 FROM school_account_roles WHERE account_id = a.id AND role <> 'parent')
      """, [JSONValue(person)])?["login"]?.string
  }

  private static func tell(_ person: String, _ change: RosterChange) throws -> String? {
    let row = try change.transaction.first("SELECT id FROM school_accounts WHERE person_id = ?", [JSONValue(person)])
    guard let account = row?["id"] else { return nil }
    try change.emit(
      SchoolEvent.accountChanged, ["accountId": account, "personId": JSONValue(person), "change": "roles"])
    return account.string
  }
}
