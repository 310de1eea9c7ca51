import PluginKit

/// The school's tables, step by step. Steps are only ever appended.
///
/// Every table has a row number `n` and an `id` made of a letter and that number: short, never given twice, and
/// the same for the same generated school. Rows that an import may bring carry `source` and `sourced_id`, the
/// key by which the next import finds them. Rules that a row must keep stand in the SQL, so no code can forget
/// them; columns that lists show beside a row's own are kept by triggers for the same reason (but see `CountedMembers`).
enum SchoolSchema {
  static let migrations = [
    Migration("people", PeopleTables.sql),
    Migration("organization", OrganizationTables.sql),
    Migration("classes", ClassTables.sql),
    Migration("timetable", TimetableTables.sql),
    Migration("accounts", AccountTables.sql),
    Migration("list columns", ListColumns.sql),
    Migration("search", searchIndexes.flatMap(\.sql)),
    Migration("published views", PublishedViews.sql),
    Migration("touched records", TouchedRecords.sql),
    Migration("operations", OperationTables.sql),
    Migration("bulk mode", BulkMode.sql),
    Migration("class order", ClassOrder.sql),
    Migration("substitutions", Substitutions.sql),
    Migration("restored pupils", RestoredPupils.sql),
    Migration("children by class", ClassOrder.children),
    Migration("import", ImportTables.sql),
    Migration("archived groups", ArchivedGroups.sql),
    Migration("teaching view", TeachingView.sql),
    Migration("blocked employees", BlockedEmployees.sql),
    Migration("why blocked", BlockedEmployees.reasons),
    Migration("lessons by class order", ClassOrder.lessons),
    Migration("operations in English", OperationTables.english),
    Migration("pruning", Pruning.sql),
    Migration("members in memory", ImportTables.inMemory),
    Migration("counted members", CountedMembers.sql),
  ]

  static let employeeWords = words(of: "school_employees")
  static let pupilWords = words(of: "school_pupils")
  static let parentWords = words(of: "school_parents")
  static let classWords = words(of: "school_classes")
  static let groupWords = words(of: "school_groups")
  static let lessonWords = words(of: "school_lessons")
  static let topicWords = words(of: "school_plan_topics")
  static let accountWords = words(of: "school_accounts")

  private static let searchIndexes = [
    employeeWords, pupilWords, parentWords, classWords, groupWords, lessonWords, topicWords, accountWords,
  ]

  private static func words(of table: String) -> SearchIndex {
    SearchIndex(table: table, rowid: "n", text: "search_text")
  }

  /// The first columns of a table: `n` and the id that follows from it.
  static func identity(_ letter: String) -> String {
    """
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE GENERATED ALWAYS AS ('\(letter)' || n) VIRTUAL
    """
  }

  /// The last columns of a table that an import may fill: the name of the source and the record's id there.
  static let origin = """
    source TEXT,
    sourced_id TEXT,
    CHECK ((source IS NULL) = (sourced_id IS NULL))
    """

  static func originIndex(_ table: String) -> String {
    """
    CREATE UNIQUE INDEX \(table)_by_source ON \(table)(source, sourced_id) WHERE sourced_id IS NOT NULL
    """
  }

  /// The rule that a column is an ISO 8601 date, or NULL where the column may be.
  static func isDate(_ column: String) -> String {
    "CHECK (\(column) GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(\(column)) = \(column))"
  }

  /// The rule that a column is a time of day, `08:00`.
  static func isTime(_ column: String) -> String {
    "CHECK (\(column) GLOB '[0-2][0-9]:[0-5][0-9]' AND \(column) < '24')"
  }
}
