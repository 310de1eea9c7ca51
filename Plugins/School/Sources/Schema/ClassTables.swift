/// Classes, who learns in them and since when, subjects, and groups: a subject taught to a class, to several,
/// or to a part of one, by a teacher.
enum ClassTables {
  static let sql = [
    // A class is its pupils, not its label: a year later 5А is 6А, the same row with the same cohort.
    """
    CREATE TABLE school_classes (
      \(SchoolSchema.identity("c")),
      grade INTEGER NOT NULL CHECK (grade BETWEEN 1 AND 12),
      letter TEXT NOT NULL CHECK (length(letter) <= 10),
      title TEXT NOT NULL GENERATED ALWAYS AS (grade || letter) STORED,
      cohort TEXT NOT NULL UNIQUE,
      archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
      homeroom_teacher_id TEXT REFERENCES school_employees(id),
      homeroom_teacher TEXT NOT NULL DEFAULT '',
      pupils INTEGER NOT NULL DEFAULT 0 CHECK (pupils >= 0),
      search_text TEXT NOT NULL GENERATED ALWAYS AS (shell_search_text(title, homeroom_teacher)) STORED,
      \(SchoolSchema.origin)
    ) STRICT
    """,
    "CREATE UNIQUE INDEX school_classes_by_label ON school_classes(grade, letter) WHERE archived = 0",
    "CREATE INDEX school_classes_by_grade ON school_classes(grade, title COLLATE russian, id)",
    "CREATE INDEX school_classes_by_grade_only ON school_classes(grade, id)",
    "CREATE INDEX school_classes_by_title ON school_classes(title COLLATE russian, id)",
    "CREATE INDEX school_classes_by_pupils ON school_classes(pupils, id)",
    "CREATE INDEX school_classes_by_teacher ON school_classes(homeroom_teacher COLLATE russian, id)",
    "CREATE INDEX school_classes_of_teacher ON school_classes(homeroom_teacher_id)",
    SchoolSchema.originIndex("school_classes"),

    // `until` is the first day on which the pupil is no longer in the class.
    """
    CREATE TABLE school_enrolments (
      \(SchoolSchema.identity("n")),
      pupil_id TEXT NOT NULL REFERENCES school_pupils(id) ON DELETE CASCADE,
      class_id TEXT NOT NULL REFERENCES school_classes(id),
      since TEXT NOT NULL \(SchoolSchema.isDate("since")),
      until TEXT \(SchoolSchema.isDate("until")),
      reason TEXT NOT NULL DEFAULT 'enrolled' CHECK (reason IN ('enrolled', 'transferred', 'restored')),
      end_reason TEXT CHECK (end_reason IN ('transferred', 'expelled', 'graduated', 'cancelled')),
      \(SchoolSchema.origin),
      CHECK (until >= since),
      CHECK ((until IS NULL) = (end_reason IS NULL))
    ) STRICT
    """,
    "CREATE UNIQUE INDEX school_enrolments_open ON school_enrolments(pupil_id) WHERE until IS NULL",
    "CREATE INDEX school_enrolments_by_pupil ON school_enrolments(pupil_id, since)",
    "CREATE INDEX school_enrolments_by_class ON school_enrolments(class_id)",
    SchoolSchema.originIndex("school_enrolments"),

    """
    CREATE TABLE school_subjects (
      \(SchoolSchema.identity("s")),
      title TEXT NOT NULL UNIQUE CHECK (length(title) BETWEEN 1 AND 200),
      \(SchoolSchema.origin)
    ) STRICT
    """,
    SchoolSchema.originIndex("school_subjects"),

    // whole_class = 1: the members are the pupils of the group's classes, whoever they are at the moment, and
    // there are no rows in school_group_members.
    """
    CREATE TABLE school_groups (
      \(SchoolSchema.identity("g")),
      year_id TEXT NOT NULL REFERENCES school_academic_years(id),
      subject_id TEXT NOT NULL REFERENCES school_subjects(id),
      part TEXT NOT NULL DEFAULT '',
      whole_class INTEGER NOT NULL CHECK (whole_class IN (0, 1)),
      archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
      teacher_id TEXT REFERENCES school_employees(id),
      subject TEXT NOT NULL,
      classes TEXT NOT NULL DEFAULT '',
      teacher TEXT NOT NULL DEFAULT '',
      pupils INTEGER NOT NULL DEFAULT 0 CHECK (pupils >= 0),
      title TEXT NOT NULL GENERATED ALWAYS AS (
        subject || CASE part WHEN '' THEN '' ELSE ', ' || part END || ' (' || classes || ')') STORED,
      search_text TEXT NOT NULL GENERATED ALWAYS AS (shell_search_text(title, classes, teacher)) STORED,
      \(SchoolSchema.origin)
    ) STRICT
    """,
    "CREATE INDEX school_groups_by_title ON school_groups(title COLLATE russian, id)",
    "CREATE INDEX school_groups_by_class ON school_groups(classes COLLATE russian, id)",
    "CREATE INDEX school_groups_by_teacher ON school_groups(teacher COLLATE russian, id)",
    "CREATE INDEX school_groups_by_pupils ON school_groups(pupils, id)",
    "CREATE INDEX school_groups_of_teacher ON school_groups(teacher_id)",
    "CREATE INDEX school_groups_of_subject ON school_groups(subject_id)",
    SchoolSchema.originIndex("school_groups"),
    """
    CREATE TABLE school_group_classes (
      group_id TEXT NOT NULL REFERENCES school_groups(id) ON DELETE CASCADE,
      class_id TEXT NOT NULL REFERENCES school_classes(id),
      PRIMARY KEY (group_id, class_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX school_group_classes_by_class ON school_group_classes(class_id)",
    """
    CREATE TABLE school_group_members (
      group_id TEXT NOT NULL REFERENCES school_groups(id) ON DELETE CASCADE,
      pupil_id TEXT NOT NULL REFERENCES school_pupils(id) ON DELETE CASCADE,
      source TEXT,
      sourced_id TEXT,
      PRIMARY KEY (group_id, pupil_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX school_group_members_by_pupil ON school_group_members(pupil_id)",
  ]
}
