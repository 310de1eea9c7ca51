import PluginKit

/// What the tables of chats say together. Each is read for one chat: SQLite carries `chat_id = ?` into both halves.
enum ChatViews {
  static let all = [people, published, publishedMembers]

  /// One row a person of a chat: who is wanted, and who is there or may be there without being wanted.
  private static let people = """
    CREATE VIEW max_platform_chat_people AS
    SELECT d.chat_id, d.user_id, m.member_id, 1 AS desired, d.administrator AS desired_administrator,
      coalesce(a.present, 0) AS actual, coalesce(a.administrator, 0) AS actual_administrator,
      coalesce(a.uncertain, 0) AS uncertain, a.refused, a.retry_at, coalesce(a.gone, 0) AS gone, 0 AS leave,
      max(d.since, coalesce(m.since, 0), coalesce(a.since, 0)) AS since
    FROM max_platform_chat_desired AS d
    LEFT JOIN max_platform_members AS m ON m.user_id = d.user_id
    LEFT JOIN max_platform_chat_actual AS a ON a.chat_id = d.chat_id AND a.member_id = m.member_id
    UNION ALL
    SELECT a.chat_id, coalesce(m.user_id, 'platform:' || a.member_id), a.member_id, 0, 0, a.present,
      a.administrator, a.uncertain, a.refused, a.retry_at, 0, a.leave, a.since
    FROM max_platform_chat_actual AS a LEFT JOIN max_platform_members AS m ON m.member_id = a.member_id
    WHERE (a.present = 1 OR a.uncertain > 0) AND NOT EXISTS (
      SELECT 1 FROM max_platform_chat_desired AS d WHERE d.chat_id = a.chat_id AND d.user_id = m.user_id)
    """

  private static let published = """
    CREATE VIEW max_platform_v1_chats AS
    SELECT chat_id, platform_chat_id, link, state, reason, waiting, joining, leaving, held, refused, strangers, gone,
      attempts, tried_at AS next_attempt_at, checked_at, changed_at
    FROM max_platform_chats WHERE state <> 'removed'
    """

  private static let publishedMembers = """
    CREATE VIEW max_platform_v1_chat_members AS
    SELECT p.chat_id, p.user_id, p.desired, p.desired_administrator, p.actual, p.actual_administrator, p.member_id,
      CASE
        WHEN p.desired = 1 AND p.member_id IS NULL THEN 'unbound'
        WHEN p.desired = p.actual AND p.desired_administrator = p.actual_administrator THEN NULL
        WHEN p.gone = 1 THEN 'left'
        WHEN p.refused IS NOT NULL THEN 'refused:' || p.refused
        WHEN p.leave = 1 THEN 'held'
        WHEN c.error = 'noPermission' THEN 'noPermission'
        ELSE 'queued'
      END AS reason,
      CASE WHEN c.error = 'noPermission' THEN max(p.since, c.error_at) ELSE p.since END AS since
    FROM max_platform_chat_people AS p JOIN max_platform_chats AS c ON c.chat_id = p.chat_id
    WHERE p.desired = 1 OR p.actual = 1
    """
}
