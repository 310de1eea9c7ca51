import PluginKit

/// Keeps the places of the report in step with the school's roster.
enum ReportPlaces {
  /// Brings the places of these people in step: who has left goes, who is new comes, names and accounts follow.
  static func follow(_ people: [String], _ transaction: Transaction) throws {
    guard !people.isEmpty else { return }
    let asked: JSONValue = ["people": JSONValue(JSONValue(people.map { JSONValue($0) }).text())]
    try transaction.query(
      """
      \(places) DELETE FROM sferum_binding_places WHERE person_id IN (SELECT person_id FROM asked)
        AND id NOT IN (SELECT kind || ':' || person_id || ':' || class_id FROM place)
      """, asked)
    try transaction.query(
      """
      \(places) INSERT INTO sferum_binding_places
        (id, kind, person_id, user_id, full_name, class_id, class_title, state, since, phone)
      SELECT p.kind || ':' || p.person_id || ':' || p.class_id, p.kind, p.person_id, v.user_id, p.full_name, p.class_id,
        p.class_title, v.state, v.since,
        CASE v.state WHEN 'bound' THEN (SELECT b.phone FROM sferum_binding_v1_bindings b WHERE b.user_id = v.user_id) END
      FROM place p JOIN sferum_binding_v1_people v ON v.person_id = p.person_id WHERE true
      ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, full_name = excluded.full_name,
        class_title = excluded.class_title, state = excluded.state, since = excluded.since, phone = excluded.phone
      WHERE sferum_binding_places.user_id IS NOT excluded.user_id
        OR sferum_binding_places.full_name <> excluded.full_name
        OR sferum_binding_places.class_title <> excluded.class_title
        OR sferum_binding_places.state <> excluded.state OR sferum_binding_places.since IS NOT excluded.since
        OR sferum_binding_places.phone IS NOT excluded.phone
      """, asked)
  }

  /// Brings the classes in step: every one that runs has its two lines in the summary, under the name that it has now.
  static func followClasses(_ transaction: Transaction) throws {
    try transaction.query(
      """
      INSERT INTO sferum_binding_counts(id, kind, class_id, label)
      SELECT k.value || ':', k.value, '', 'Вся школа' FROM json_each('["employee", "pupil", "parent"]') k
      UNION ALL
      SELECT k.value || ':' || c.id, k.value, c.id, c.title
      FROM school_v1_classes c JOIN json_each('["pupil", "parent"]') k WHERE c.archived = 0
      ON CONFLICT (id) DO UPDATE SET label = excluded.label WHERE sferum_binding_counts.label <> excluded.label
      """)
    try transaction.query(
      """
      UPDATE sferum_binding_places SET class_title = c.title FROM school_v1_classes c
      WHERE c.id = sferum_binding_places.class_id AND c.title <> sferum_binding_places.class_title
      """)
    // A class that has gone stays as long as somebody is still told to be in it: the news of them is on its way.
    try transaction.query(
      """
      DELETE FROM sferum_binding_counts WHERE class_id <> '' AND total = 0
        AND class_id NOT IN (SELECT id FROM school_v1_classes WHERE archived = 0)
      """)
  }

  /// The next people in the order of their ids, those among them whom the school no longer knows.
  static func people(after person: String, limit: Int, _ transaction: Transaction) throws -> [String] {
    try transaction.rows(
      """
      SELECT id FROM (SELECT id FROM school_v1_people WHERE id > :after ORDER BY id LIMIT :limit)
      UNION SELECT id FROM (
        SELECT DISTINCT person_id AS id FROM sferum_binding_places WHERE person_id > :after ORDER BY person_id LIMIT :limit)
      ORDER BY id LIMIT :limit
      """, ["after": JSONValue(person), "limit": JSONValue(limit)]
    ).compactMap { $0["id"]?.string }
  }

  /// Whether the report has ever been filled: it has its lines of the whole school then.
  static func isFilled(_ transaction: Transaction) throws -> Bool {
    try transaction.first("SELECT 1 AS found FROM sferum_binding_counts LIMIT 1") != nil
  }

  /// Where the people of `:people` belong by the school's own word. Parents belong where their children learn.
  private static let places = """
    WITH asked(person_id) AS (SELECT value FROM json_each(:people)),
    member(kind, person_id, full_name, class_id, class_title) AS (
      SELECT 'employee', e.person_id, e.full_name, '', '' FROM asked a
        JOIN school_v1_employees e ON e.person_id = a.person_id WHERE e.dismissed IS NULL
      UNION ALL
      SELECT 'pupil', u.person_id, u.full_name, u.class_id, u.class_title FROM asked a
        JOIN school_v1_pupils u ON u.person_id = a.person_id WHERE u.state = 'studying' AND u.class_id IS NOT NULL
      UNION
      SELECT 'parent', r.person_id, r.full_name, u.class_id, u.class_title FROM asked a
        JOIN school_v1_parents r ON r.person_id = a.person_id
        JOIN school_v1_parent_links k ON k.parent_id = r.id
        JOIN school_v1_pupils u ON u.id = k.pupil_id WHERE u.state = 'studying' AND u.class_id IS NOT NULL),
    place AS (SELECT * FROM member UNION SELECT kind, person_id, full_name, '', '' FROM member)
    """
}
