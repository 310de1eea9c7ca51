import PluginKit

/// The chats that nobody has to ask for: one for the teachers, two for each class. Their labels and titles follow
/// the classes, and they are archived and brought back with them; so are chats of groups.
///
/// A chat belongs to a class, not to its label: after a roll-over 6А has the chat that 5А had. Source: SPEC C3, X4.
enum DefaultChats {
  static func ensure(_ transaction: Transaction, nowMs: Int64) throws {
    let now: JSONValue = ["now": JSONValue(nowMs)]
    try transaction.query(
      """
      INSERT INTO chats_chats (kind, title, created_at)
      SELECT 'teachers', 'Учительский чат', :now FROM school_v1_organization WHERE true
      ON CONFLICT DO NOTHING
      """, now)
    for kind in ["class", "parents"] {
      let name = kind == "class" ? "Классный чат" : "Родительский чат"
      try transaction.query(
        """
        INSERT INTO chats_chats (kind, title, class_id, scope, scope_order, created_at)
        SELECT :kind, :name || ' ' || k.title, k.id, k.title, \(order("k.title")), :now
        FROM school_v1_classes k WHERE k.archived = 0 AND NOT EXISTS (
          SELECT 1 FROM chats_chats c WHERE c.class_id = k.id AND c.kind = :kind)
        """, now.merging(["kind": JSONValue(kind), "name": JSONValue(name)]))
    }
    try followClasses(transaction)
    try followGroups(transaction)
  }

  private static func followClasses(_ transaction: Transaction) throws {
    try transaction.query(
      """
      UPDATE chats_chats SET archived = k.archived, scope = k.title, scope_order = \(order("k.title")),
        title = CASE WHEN own_title = 1 THEN chats_chats.title
          ELSE CASE kind WHEN 'class' THEN 'Классный чат ' ELSE 'Родительский чат ' END || k.title END
      FROM school_v1_classes k
      WHERE k.id = chats_chats.class_id AND (chats_chats.archived <> k.archived OR chats_chats.scope <> k.title)
      """)
  }

  private static func followGroups(_ transaction: Transaction) throws {
    try transaction.query(
      """
      UPDATE chats_chats SET archived = g.archived, scope = g.title, scope_order = g.title
      FROM school_v1_groups g
      WHERE g.id = chats_chats.group_id AND (chats_chats.archived <> g.archived OR chats_chats.scope <> g.title)
      """)
  }

  /// A class label with a grade of two digits, so that «10А» comes after «2А».
  static func order(_ label: String) -> String {
    "CASE WHEN \(label) GLOB '[0-9][0-9]*' THEN \(label) ELSE '0' || \(label) END"
  }
}
