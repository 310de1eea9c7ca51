/// What other plugins may read. A view of a version never loses or changes a column; it may gain some.
enum PublishedViews {
  static let sql = [
    // kind: teachers, class, parents, subject, other. Chats that were removed are not here.
    """
    CREATE VIEW chats_v1_chats AS
    SELECT id, kind, kind_title, title, class_id, group_id, scope, members, archived FROM chats_chats
    WHERE removed_at IS NULL
    """,
    // A line for each side on which a person is in a chat: employee, pupil, parent. since: milliseconds.
    "CREATE VIEW chats_v1_members AS SELECT chat_id, person_id, side, administrator, since FROM chats_members",
  ]
}
