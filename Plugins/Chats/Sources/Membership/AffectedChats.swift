import PluginKit

/// Which chats a piece of news may concern. It may name too many: bringing a chat up to date that is so already
/// changes nothing.
struct AffectedChats {
  private let transaction: Transaction
  private(set) var ids: Set<String> = []

  init(_ transaction: Transaction) { self.transaction = transaction }

  /// Sorted, so that two runs do the same in the same order.
  var list: [String] { ids.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) } }

  /// Chats where a person is for any reason, taken out or not.
  mutating func person(_ person: String?) throws {
    try add("SELECT DISTINCT chat_id AS id FROM chats_reasons WHERE person_id = ?", person)
    try add("SELECT chat_id AS id FROM chats_hand WHERE person_id = ?", person)
  }

  /// The chats of a class, and of the groups that its pupils may be in.
  mutating func schoolClass(_ id: String?) throws {
    try add("SELECT id FROM chats_chats WHERE class_id = ?", id)
    try add(
      """
      SELECT c.id FROM school_v1_group_classes g JOIN chats_chats c ON c.group_id = g.group_id WHERE g.class_id = ?
      """, id)
  }

  mutating func group(_ id: String?) throws { try add("SELECT id FROM chats_chats WHERE group_id = ?", id) }

  /// Chats that an employee's work gives: of the teachers, of the class they lead, of the groups they teach.
  mutating func employee(_ id: String?, person: String?) throws {
    guard let id else { return }
    try add("SELECT id FROM chats_chats WHERE kind = ?", "teachers")
    try add(
      """
      SELECT c.id FROM school_v1_teaching t JOIN chats_chats c ON c.class_id = t.class_id
      WHERE t.role = 'leads' AND t.employee_id = ?
      """, id)
    try add(
      """
      SELECT c.id FROM school_v1_teaching t JOIN chats_chats c ON c.group_id = t.group_id
      WHERE t.role = 'teaches' AND t.employee_id = ?
      """, id)
    try self.person(person)
  }

  mutating func pupil(_ id: String?) throws {
    guard let id else { return }
    let row = try transaction.first("SELECT person_id, class_id FROM school_v1_pupils WHERE id = ?", [JSONValue(id)])
    try person(row?["person_id"]?.string)
    try schoolClass(row?["class_id"]?.string)
    for link in try transaction.rows(
      "SELECT parent_person_id AS person FROM school_v1_parent_links WHERE pupil_id = ?", [JSONValue(id)])
    {
      try person(link["person"]?.string)
    }
  }

  mutating func parent(_ id: String?) throws {
    guard let id else { return }
    let row = try transaction.first("SELECT person_id FROM school_v1_parents WHERE id = ?", [JSONValue(id)])
    try person(row?["person_id"]?.string)
  }

  mutating func chats(_ list: [String]) { ids.formUnion(list) }

  private mutating func add(_ sql: String, _ id: String?) throws {
    guard let id else { return }
    for row in try transaction.rows(sql, [JSONValue(id)]) {
      if let id = row["id"]?.string { ids.insert(id) }
    }
  }
}
