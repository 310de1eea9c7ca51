/// Bells, the weekly timetable, dated lessons, and lesson plans (КТП).
enum TimetableTables {
  /// The classes in a group's title, as words of their own: whoever looks for «5А» means «Математика (5А)» too.
  private static let classes = "substr(group_title, instr(group_title, '(') + 1)"

  static let sql = [
    """
    CREATE TABLE school_bells (
      number INTEGER NOT NULL PRIMARY KEY CHECK (number BETWEEN 0 AND 20),
      starts TEXT NOT NULL \(SchoolSchema.isTime("starts")),
      ends TEXT NOT NULL \(SchoolSchema.isTime("ends")),
      CHECK (starts < ends)
    ) STRICT
    """,
    // The rule from which the dated lessons were made. weekday: 1 Monday … 7 Sunday.
    """
    CREATE TABLE school_timetable_slots (
      n INTEGER PRIMARY KEY,
      group_id TEXT NOT NULL REFERENCES school_groups(id) ON DELETE CASCADE,
      weekday INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),
      number INTEGER NOT NULL REFERENCES school_bells(number),
      room TEXT NOT NULL DEFAULT '',
      UNIQUE (group_id, weekday, number)
    ) STRICT
    """,
    "CREATE INDEX school_timetable_slots_by_day ON school_timetable_slots(weekday, number, group_id)",
    // Clashes of teachers and rooms are no constraint: real timetables have joint lessons and shared gyms.
    // substitute_id: who gives this one lesson in the teacher's place.
    """
    CREATE TABLE school_lessons (
      \(SchoolSchema.identity("l")),
      date TEXT NOT NULL \(SchoolSchema.isDate("date")),
      number INTEGER NOT NULL CHECK (number BETWEEN 0 AND 20),
      starts TEXT NOT NULL \(SchoolSchema.isTime("starts")),
      ends TEXT NOT NULL \(SchoolSchema.isTime("ends")),
      group_id TEXT NOT NULL REFERENCES school_groups(id) ON DELETE CASCADE,
      room TEXT NOT NULL DEFAULT '',
      substitute_id TEXT REFERENCES school_employees(id),
      cancelled INTEGER NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1)),
      group_title TEXT NOT NULL,
      search_text TEXT NOT NULL GENERATED ALWAYS AS (
        shell_search_text(group_title, \(classes), room)) VIRTUAL,
      \(SchoolSchema.origin),
      CHECK (starts < ends)
    ) STRICT
    """,
    "CREATE UNIQUE INDEX school_lessons_of_group ON school_lessons(group_id, date, number)",
    "CREATE INDEX school_lessons_by_date ON school_lessons(date, number, id)",
    "CREATE INDEX school_lessons_by_group ON school_lessons(group_title COLLATE russian, date, number, id)",
    "CREATE INDEX school_lessons_substituted ON school_lessons(substitute_id) WHERE substitute_id IS NOT NULL",
    SchoolSchema.originIndex("school_lessons"),
    """
    CREATE TABLE school_plan_topics (
      \(SchoolSchema.identity("t")),
      group_id TEXT NOT NULL REFERENCES school_groups(id) ON DELETE CASCADE,
      number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 1000),
      title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
      hours INTEGER NOT NULL DEFAULT 1 CHECK (hours BETWEEN 1 AND 100),
      group_title TEXT NOT NULL,
      search_text TEXT NOT NULL GENERATED ALWAYS AS (
        shell_search_text(group_title, \(classes), title)) VIRTUAL,
      \(SchoolSchema.origin),
      UNIQUE (group_id, number)
    ) STRICT
    """,
    "CREATE INDEX school_plan_topics_by_group ON school_plan_topics(group_title COLLATE russian, number, id)",
    SchoolSchema.originIndex("school_plan_topics"),
  ]
}
