import PluginKit

/// Who joins and who leaves which chat by a wide change: who sits where before and after, compared.
///
/// Chats themselves are another plugin's; these are the rosters that they follow.
struct ChatEffects {
  let transaction: Transaction
  /// Seats of groups are as many as all their members; past this only the other chats are compared.
  private static let mostGroupSeats = 300_000
  private let withGroups: Bool

  /// Notes who sits where before the change.
  init(before transaction: Transaction, staged: Int) throws {
    self.transaction = transaction
    let seats = try transaction.first("SELECT coalesce(sum(pupils), 0) AS n FROM school_groups WHERE archived = 0")
    withGroups = (seats?["n"]?.int ?? 0) + staged <= Self.mostGroupSeats
    try note(after: 0)
  }

  /// `{teachers: {joins, leaves}, classes: [{title, joins, leaves}], parents: […], groups: […] or null}`; chats where
  /// nothing changes are left out.
  func after() throws -> JSONValue {
    try note(after: 1)
    let changes = try transaction.rows(
      """
      SELECT chat, sum(after) AS joins, count(*) - sum(after) AS leaves FROM (
        SELECT max(after) AS after, chat, person FROM school_staged_seats GROUP BY chat, person HAVING count(*) = 1)
      GROUP BY chat
      """)
    try transaction.query("DELETE FROM school_staged_seats")
    var lists: [String: [JSONValue]] = [:]
    var teachers: JSONValue = ["joins": 0, "leaves": 0]
    for change in changes {
      let chat = change["chat"]?.string ?? ""
      let numbers: [(String, JSONValue)] = [
        ("joins", change["joins"] ?? 0), ("leaves", change["leaves"] ?? 0),
      ]
      if chat == "teachers" {
        teachers = JSONValue(members: numbers)
        continue
      }
      let (kind, id) = (String(chat.prefix { $0 != " " }), String(chat.drop { $0 != " " }.dropFirst()))
      lists[kind, default: []].append(JSONValue(members: [("title", JSONValue(try title(kind, id)))] + numbers))
    }
    func list(_ kind: String) -> JSONValue {
      JSONValue((lists[kind] ?? []).sorted { ($0["title"]?.string ?? "") < ($1["title"]?.string ?? "") })
    }
    return [
      "teachers": teachers, "classes": list("class"), "parents": list("parents"),
      "groups": withGroups ? list("group") : .null,
    ]
  }

  private func title(_ kind: String, _ id: String) throws -> String {
    let table = kind == "group" ? "school_groups" : "school_classes"
    return try transaction.first("SELECT title FROM \(table) WHERE id = ?", [JSONValue(id)])?["title"]?.string ?? id
  }

  private func note(after: Int) throws {
    for seats in Self.seats + (withGroups ? Self.groupSeats : []) {
      try transaction.query(
        "INSERT INTO school_staged_seats(after, chat, person) SELECT ?, chat, person FROM (\(seats))",
        [JSONValue(after)])
    }
  }

  // Each names a seat once: two halves are united without doubles.
  private static let seats = [
    """
    SELECT 'class ' || u.class_id AS chat, u.person_id AS person FROM school_pupils u WHERE u.class_id IS NOT NULL
    UNION SELECT 'class ' || c.id, e.person_id FROM school_classes c
      JOIN school_employees e ON e.id = c.homeroom_teacher_id WHERE c.archived = 0
    """,
    """
    SELECT 'parents ' || class_id AS chat, parent_person_id AS person FROM school_v1_parent_links
      WHERE class_id IS NOT NULL
    UNION SELECT 'parents ' || c.id, e.person_id FROM school_classes c
      JOIN school_employees e ON e.id = c.homeroom_teacher_id WHERE c.archived = 0
    """,
    "SELECT DISTINCT 'teachers' AS chat, person_id AS person FROM school_v1_employees WHERE is_teaching = 1",
  ]
  private static let groupSeats = [
    """
    SELECT 'group ' || m.group_id AS chat, m.person_id AS person FROM school_v1_group_members m
      JOIN school_groups g ON g.id = m.group_id WHERE g.archived = 0
    UNION SELECT 'group ' || g.id, e.person_id FROM school_groups g JOIN school_employees e ON e.id = g.teacher_id
      WHERE g.archived = 0
    """
  ]
}
