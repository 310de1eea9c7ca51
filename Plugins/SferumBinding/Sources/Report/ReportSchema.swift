import PluginKit

/// The tables behind «Отчёт о привязке».
///
/// A place is a person in one capacity: an employee; a pupil or a parent in a class, and once more in the whole school
/// (`class_id` is empty), so that a parent of two classes counts in both of them and in the school once. Places follow
/// the requests by triggers, and counts follow the places, so that nobody who writes a request can leave them behind.
enum ReportSchema {
  static let sql = view + places + counts + triggers

  static let words = SearchIndex(table: "sferum_binding_places", rowid: "n", text: "search_text")

  /// The id of the request that tells how an account stands: the one that holds it, else the last that ended.
  private static func newest(of user: String) -> String {
    """
    (SELECT n.id FROM sferum_binding_requests n WHERE n.user_id = \(user)
      ORDER BY n.state IN ('requested', 'bound') DESC, n.changed_at DESC, n.created_at DESC, n.id LIMIT 1)
    """
  }

  private static let view = [
    "CREATE INDEX sferum_binding_requests_of_user ON sferum_binding_requests(user_id, changed_at)",
    // Everybody whom the school knows. state: BindingState; since: milliseconds, NULL where nobody ever asked.
    """
    CREATE VIEW sferum_binding_v1_people AS
    SELECT p.id AS person_id, a.id AS user_id,
      CASE WHEN a.id IS NULL THEN 'noAccount' ELSE coalesce(r.state, 'none') END AS state, r.changed_at AS since
    FROM school_v1_people p LEFT JOIN school_v1_accounts a ON a.person_id = p.id
    LEFT JOIN sferum_binding_requests r ON r.id = \(newest(of: "a.id"))
    """,
  ]

  private static let places =
    [
      """
      CREATE TABLE sferum_binding_places (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('employee', 'pupil', 'parent')),
        person_id TEXT NOT NULL,
        user_id TEXT,
        full_name TEXT NOT NULL,
        class_id TEXT NOT NULL,
        class_title TEXT NOT NULL,
        state TEXT NOT NULL,
        since INTEGER,
        phone TEXT,
        listed INTEGER NOT NULL GENERATED ALWAYS AS (kind = 'employee' OR class_id <> '') STORED,
        sum TEXT NOT NULL GENERATED ALWAYS AS (CASE state WHEN 'bound' THEN 'bound' WHEN 'requested' THEN 'waiting'
          WHEN 'notFound' THEN 'absent' WHEN 'none' THEN 'unasked' WHEN 'unbound' THEN 'unasked'
          WHEN 'noAccount' THEN 'accountless' ELSE 'refused' END) STORED,
        class_order TEXT NOT NULL GENERATED ALWAYS AS (\(padded("class_title"))) STORED,
        kind_order INTEGER NOT NULL GENERATED ALWAYS AS (\(kindOrder)) STORED,
        state_order INTEGER NOT NULL GENERATED ALWAYS AS (CASE state WHEN 'bound' THEN 0 WHEN 'requested' THEN 1
          WHEN 'declined' THEN 2 WHEN 'expired' THEN 3 WHEN 'failed' THEN 4 WHEN 'taken' THEN 5 WHEN 'notFound' THEN 6
          WHEN 'unbound' THEN 7 WHEN 'none' THEN 8 ELSE 9 END) STORED,
        phone_shown TEXT GENERATED ALWAYS AS ('+7 (' || substr(phone, 3, 3) || ') ' || substr(phone, 6, 3) || '-'
          || substr(phone, 9, 2) || '-' || substr(phone, 11, 2)) VIRTUAL,
        search_text TEXT NOT NULL GENERATED ALWAYS AS (shell_search_text(full_name, class_title,
          CASE kind WHEN 'employee' THEN 'сотрудник' WHEN 'pupil' THEN 'ученик' ELSE 'родитель' END)) STORED
      ) STRICT
      """,
      "CREATE INDEX sferum_binding_places_of_user ON sferum_binding_places(user_id) WHERE user_id IS NOT NULL",
      "CREATE INDEX sferum_binding_places_of_person ON sferum_binding_places(person_id)",
      """
      CREATE INDEX sferum_binding_places_of_class
      ON sferum_binding_places(class_id, kind, full_name COLLATE russian, id)
      """,
    ]
    // What the list is sorted by, then what it is filtered by in its own order.
    + [
      ("by_class_and_name", ownOrder), ("by_name", "full_name COLLATE russian"), ("by_kind", "kind_order"),
      ("by_class", "class_order COLLATE russian"), ("by_state", "state_order"), ("by_since", "since"),
      ("in_class", "class_title COLLATE russian, \(ownOrder)"), ("in_kind", "kind, \(ownOrder)"),
      ("in_state", "state, \(ownOrder)"),
    ].map { name, columns in
      "CREATE INDEX sferum_binding_places_\(name) ON sferum_binding_places(\(columns), id) WHERE listed = 1"
    } + words.sql

  private static let ownOrder = "class_order COLLATE russian, kind_order, full_name COLLATE russian"

  // refused: declined, expired, and whom the platform or another account's number stood in the way of.
  private static let counts =
    [
      """
      CREATE TABLE sferum_binding_counts (
        id TEXT NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL,
        class_id TEXT NOT NULL,
        label TEXT NOT NULL,
        \(sums.map { "\($0) INTEGER NOT NULL DEFAULT 0 CHECK (\($0) >= 0)" }.joined(separator: ",\n  ")),
        total INTEGER NOT NULL GENERATED ALWAYS AS (\(sums.joined(separator: " + "))) STORED,
        percent INTEGER GENERATED ALWAYS AS (bound * 100 / nullif(\(sums.joined(separator: " + ")), 0)) STORED,
        label_order TEXT NOT NULL GENERATED ALWAYS AS (
          CASE class_id WHEN '' THEN '' ELSE \(padded("label")) END) STORED,
        kind_order INTEGER NOT NULL GENERATED ALWAYS AS (\(kindOrder)) STORED
      ) STRICT
      """
    ]
    + [
      ("by_label", "label_order COLLATE russian, kind_order"), ("by_class", "label_order COLLATE russian"),
      ("by_total", "total"), ("by_bound", "bound"), ("by_percent", "percent"),
    ].map { name, columns in
      "CREATE INDEX sferum_binding_counts_\(name) ON sferum_binding_counts(\(columns), id)"
    }

  /// Values of `sum`, each a column of the counts.
  private static let sums = ["bound", "waiting", "refused", "absent", "unasked", "accountless"]

  private static let triggers = [
    """
    CREATE TRIGGER sferum_binding_places_added AFTER INSERT ON sferum_binding_places BEGIN
      INSERT INTO sferum_binding_counts(id, kind, class_id, label)
        SELECT new.kind || ':' || new.class_id, new.kind, new.class_id,
          CASE new.class_id WHEN '' THEN 'Вся школа' ELSE new.class_title END
        WHERE NOT EXISTS (SELECT 1 FROM sferum_binding_counts WHERE id = new.kind || ':' || new.class_id);
      UPDATE sferum_binding_counts SET \(changed { "\($0) + (new.sum = '\($0)')" })
        WHERE id = new.kind || ':' || new.class_id;
    END
    """,
    """
    CREATE TRIGGER sferum_binding_places_removed AFTER DELETE ON sferum_binding_places BEGIN
      UPDATE sferum_binding_counts SET \(changed { "\($0) - (old.sum = '\($0)')" })
        WHERE id = old.kind || ':' || old.class_id;
    END
    """,
    """
    CREATE TRIGGER sferum_binding_places_moved AFTER UPDATE OF state ON sferum_binding_places
    WHEN new.sum <> old.sum BEGIN
      UPDATE sferum_binding_counts SET \(changed { "\($0) + (new.sum = '\($0)') - (old.sum = '\($0)')" })
        WHERE id = new.kind || ':' || new.class_id;
    END
    """,
    "CREATE TRIGGER sferum_binding_requests_added AFTER INSERT ON sferum_binding_requests BEGIN \(follow) END",
    """
    CREATE TRIGGER sferum_binding_requests_moved AFTER UPDATE OF state, changed_at ON sferum_binding_requests
    BEGIN \(follow) END
    """,
  ]

  private static let follow = """
    UPDATE sferum_binding_places SET (state, since, phone) = (
      SELECT r.state, r.changed_at, CASE r.state WHEN 'bound' THEN r.phone END FROM sferum_binding_requests r
      WHERE r.id = \(newest(of: "new.user_id"))) WHERE user_id = new.user_id;
    """

  private static func changed(_ value: (String) -> String) -> String {
    sums.map { "\($0) = \(value($0))" }.joined(separator: ", ")
  }

  private static let kindOrder = "CASE kind WHEN 'employee' THEN 0 WHEN 'pupil' THEN 1 ELSE 2 END"

  /// A class's label with a grade of two digits: «10А» comes after «2А».
  private static func padded(_ label: String) -> String {
    "CASE WHEN \(label) = '' OR \(label) GLOB '[0-9][0-9]*' THEN \(label) ELSE '0' || \(label) END"
  }
}
