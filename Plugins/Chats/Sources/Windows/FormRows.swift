import PluginKit

/// Rows of participants in the form.
enum FormRows {
  /// Who is in every new chat: whoever adds it, when an employee, and the Sferum chat administrator.
  static func founders(_ user: User, _ transaction: Transaction) throws -> [WindowTable.Row] {
    let organization = try transaction.first("SELECT chat_administrator_person_id AS id FROM school_v1_organization")
    let people = [user.json["personId"] ?? .null, organization?["id"] ?? .null].compactMap(\.string)
    var rows: [WindowTable.Row] = []
    for person in people {
      let employee = try transaction.first(
        "SELECT id, full_name, blocked FROM school_v1_employees WHERE person_id = ? AND dismissed IS NULL",
        [JSONValue(person)])
      guard let employee, let id = employee["id"]?.string, !rows.contains(where: { $0.id == id }) else { continue }
      rows.append(row(id, employee, administrator: true, locked: true))
    }
    return rows
  }

  /// Those who are in a chat.
  static func participants(
    _ chat: String, _ side: Side, _ user: User, _ isEnglish: Bool, _ transaction: Transaction
  ) throws -> [WindowTable.Row] {
    try ParticipantLine.of(chat, side, transaction).map { line in
      let isLocked = try side == .employee && MarkLock.of(line.personID, chat, user, transaction) != nil
      return WindowTable.Row(
        line.record,
        [
          "name": JSONValue(line.name), "detail": JSONValue(line.detail),
          "administrator": JSONValue(line.isAdministrator), "blocked": JSONValue(line.isBlocked),
          "reason": JSONValue(isEnglish ? line.reason.en : line.reason.ru),
          "platform": JSONValue(isEnglish ? line.platform.en : line.platform.ru),
        ], locked: isLocked ? ["administrator"] : [])
    }
  }

  /// People chosen in a picker.
  static func people(
    _ ids: [String], _ side: Side, _ user: User, _ transaction: Transaction
  ) throws -> [WindowTable.Row] {
    let detail = side == .employee ? "''" : side == .pupil ? "r.class_title" : "r.children"
    let organization = try transaction.first("SELECT chat_administrator_id AS id FROM school_v1_organization")
    return try ids.compactMap { id in
      let person = try transaction.first(
        """
        SELECT r.full_name, \(detail) AS detail, coalesce(a.blocked, 0) AS blocked FROM \(side.view) r
        LEFT JOIN school_v1_accounts a ON a.person_id = r.person_id WHERE r.id = ?
        """, [JSONValue(id)])
      guard let person else { return nil }
      let isChatAdministrator = side == .employee && organization?["id"]?.string == id
      return row(id, person, administrator: isChatAdministrator, locked: isChatAdministrator)
    }
  }

  /// Whom a group gives: its pupils, and its teacher as administrator.
  static func ofGroup(
    _ group: String, _ transaction: Transaction
  ) throws -> (employees: [WindowTable.Row], pupils: [WindowTable.Row]) {
    let teacher = try transaction.rows(
      """
      SELECT e.id, e.full_name, e.blocked FROM school_v1_groups g
      JOIN school_v1_employees e ON e.id = g.teacher_id AND e.dismissed IS NULL WHERE g.id = ?
      """, [JSONValue(group)])
    let pupils = try transaction.rows(
      """
      SELECT u.id, u.full_name, u.class_title AS detail, coalesce(a.blocked, 0) AS blocked
      FROM school_v1_group_members m JOIN school_v1_pupils u ON u.id = m.pupil_id
      LEFT JOIN school_v1_accounts a ON a.person_id = u.person_id
      WHERE m.group_id = ? ORDER BY u.full_name COLLATE russian, u.id
      """, [JSONValue(group)])
    return (
      teacher.map { row($0["id"]?.string ?? "", $0, administrator: true) },
      pupils.map { row($0["id"]?.string ?? "", $0, administrator: false) }
    )
  }

  private static func row(
    _ id: String, _ person: JSONValue, administrator: Bool, locked: Bool = false
  ) -> WindowTable.Row {
    WindowTable.Row(
      id,
      [
        "name": person["full_name"] ?? "", "detail": person["detail"] ?? "",
        "administrator": JSONValue(administrator), "blocked": JSONValue(person["blocked"]?.int == 1),
        "reason": "", "platform": "",
      ], locked: locked ? ["administrator"] : [])
  }
}
