/// Columns by which classes come in the order of their grades: «10А» after «2А», not before it.
///
/// They follow from what the lists show, so nobody has to keep them, and each has the index that a sort walks.
enum ClassOrder {
  static let sql = [
    """
    ALTER TABLE school_classes ADD COLUMN title_order TEXT GENERATED ALWAYS AS (\(padded("title"))) VIRTUAL
    """,
    "CREATE INDEX school_classes_by_order ON school_classes(title_order COLLATE russian, id)",
    """
    ALTER TABLE school_pupils ADD COLUMN class_order TEXT GENERATED ALWAYS AS (\(padded("class_title"))) VIRTUAL
    """,
    "CREATE INDEX school_pupils_by_class_order ON school_pupils(class_order COLLATE russian, id)",
    """
    ALTER TABLE school_groups ADD COLUMN class_order TEXT GENERATED ALWAYS AS (\(padded("classes"))) VIRTUAL
    """,
    """
    ALTER TABLE school_groups ADD COLUMN title_order TEXT GENERATED ALWAYS AS (\(groupTitle("title"))) VIRTUAL
    """,
    "CREATE INDEX school_groups_by_class_order ON school_groups(class_order COLLATE russian, id)",
    "CREATE INDEX school_groups_by_order ON school_groups(title_order COLLATE russian, id)",
    """
    ALTER TABLE school_plan_topics ADD COLUMN group_order TEXT
      GENERATED ALWAYS AS (\(groupTitle("group_title"))) VIRTUAL
    """,
    "CREATE INDEX school_plan_topics_by_order ON school_plan_topics(group_order COLLATE russian, number, id)",
  ]

  /// The timetable by its groups; the index by their titles has nobody left who walks it.
  static let lessons = [
    "ALTER TABLE school_lessons ADD COLUMN group_order TEXT GENERATED ALWAYS AS (\(groupTitle("group_title"))) VIRTUAL",
    "DROP INDEX school_lessons_by_group",
    """
    CREATE INDEX school_lessons_by_group_order ON school_lessons(group_order COLLATE russian, date, number, id)
    """,
  ]

  /// A parent's children come in the order of their classes, then as they were linked.
  static let children =
    ["school_pupils_shown", "school_parent_links_insert", "school_parent_links_delete"].flatMap { name in
      ["DROP TRIGGER \(name)"]
        + ListColumns.sql.filter { $0.hasPrefix("CREATE TRIGGER \(name) ") }.map {
          $0.replacing("ORDER BY k.n", with: "ORDER BY u.class_order COLLATE russian, k.n")
        }
    }

  /// A label, or a list that starts with one, with a grade of two digits.
  private static func padded(_ label: String) -> String {
    "CASE WHEN \(label) = '' OR \(label) GLOB '[0-9][0-9]*' THEN \(label) ELSE '0' || \(label) END"
  }

  /// A group's title, «Математика (2А)», with its classes padded: what follows the last bracket.
  private static func groupTitle(_ title: String) -> String {
    let head = "rtrim(\(title), replace(\(title), '(', ''))"
    return "\(head) || " + "(" + padded("substr(\(title), length(\(head)) + 1)") + ")"
  }
}
