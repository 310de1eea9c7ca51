/// People, and what they are in the school: employees with positions, pupils, parents. One human is one row of
/// `school_people`, whatever they are.
enum PeopleTables {
  static let sql = [
    """
    CREATE TABLE school_people (
      \(SchoolSchema.identity("p")),
      family_name TEXT NOT NULL CHECK (length(family_name) BETWEEN 1 AND 100),
      given_name TEXT NOT NULL DEFAULT '' CHECK (length(given_name) <= 100),
      middle_name TEXT NOT NULL DEFAULT '' CHECK (length(middle_name) <= 100),
      full_name TEXT NOT NULL GENERATED ALWAYS AS (
        rtrim(rtrim(family_name || ' ' || given_name) || ' ' || middle_name)) STORED,
      birth_date TEXT \(SchoolSchema.isDate("birth_date")),
      sex TEXT CHECK (sex IN ('male', 'female')),
      phone TEXT CHECK (phone GLOB '+79[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'),
      email TEXT CHECK (email LIKE '_%@_%'),
      \(SchoolSchema.origin)
    ) STRICT
    """,
    "CREATE INDEX school_people_by_phone ON school_people(phone) WHERE phone IS NOT NULL",
    SchoolSchema.originIndex("school_people"),

    // position … dismissed are those of the main position; `blocked` is the account's.
    """
    CREATE TABLE school_employees (
      \(SchoolSchema.identity("e")),
      person_id TEXT NOT NULL UNIQUE REFERENCES school_people(id),
      full_name TEXT NOT NULL,
      position TEXT NOT NULL DEFAULT '',
      position_type TEXT NOT NULL DEFAULT '',
      hired TEXT,
      dismissed TEXT,
      blocked INTEGER NOT NULL DEFAULT 0 CHECK (blocked IN (0, 1)),
      search_text TEXT NOT NULL GENERATED ALWAYS AS (
        shell_search_text(full_name, position, position_type)) STORED
    ) STRICT
    """,
    "CREATE INDEX school_employees_by_name ON school_employees(full_name COLLATE russian, id)",
    "CREATE INDEX school_employees_by_position ON school_employees(position COLLATE russian, id)",
    "CREATE INDEX school_employees_by_type ON school_employees(position_type COLLATE russian, id)",
    "CREATE INDEX school_employees_by_hired ON school_employees(hired, id)",
    "CREATE INDEX school_employees_by_dismissed ON school_employees(dismissed, id)",
    """
    CREATE TABLE school_positions (
      \(SchoolSchema.identity("o")),
      employee_id TEXT NOT NULL REFERENCES school_employees(id) ON DELETE CASCADE,
      title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
      type TEXT NOT NULL CHECK (type IN (
        'Администрация', 'Педагогический состав', 'Учебно-вспомогательный персонал', 'Обслуживающий персонал')),
      hired TEXT NOT NULL \(SchoolSchema.isDate("hired")),
      dismissed TEXT \(SchoolSchema.isDate("dismissed")),
      \(SchoolSchema.origin),
      CHECK (dismissed >= hired)
    ) STRICT
    """,
    "CREATE INDEX school_positions_by_employee ON school_positions(employee_id)",
    SchoolSchema.originIndex("school_positions"),

    // class_id … enrolled are those of the open enrolment; `left_on` that of the last one when none is open.
    """
    CREATE TABLE school_pupils (
      \(SchoolSchema.identity("u")),
      person_id TEXT NOT NULL UNIQUE REFERENCES school_people(id),
      full_name TEXT NOT NULL,
      state TEXT NOT NULL DEFAULT 'studying' CHECK (state IN ('studying', 'expelled', 'graduated')),
      state_title TEXT NOT NULL GENERATED ALWAYS AS (
        CASE state WHEN 'studying' THEN 'Обучается' WHEN 'expelled' THEN 'Отчислен' ELSE 'Выпускник' END) STORED,
      class_id TEXT,
      class_title TEXT NOT NULL DEFAULT '',
      enrolled TEXT,
      left_on TEXT,
      search_text TEXT NOT NULL GENERATED ALWAYS AS (shell_search_text(full_name, class_title)) STORED
    ) STRICT
    """,
    "CREATE INDEX school_pupils_by_name ON school_pupils(full_name COLLATE russian, id)",
    "CREATE INDEX school_pupils_by_class ON school_pupils(class_title COLLATE russian, id)",
    "CREATE INDEX school_pupils_by_enrolled ON school_pupils(enrolled, id)",
    "CREATE INDEX school_pupils_by_left ON school_pupils(left_on, id)",
    "CREATE INDEX school_pupils_of_class ON school_pupils(class_id, full_name COLLATE russian, id)",
    """
    CREATE INDEX school_pupils_gone ON school_pupils(full_name COLLATE russian, id) WHERE state <> 'studying'
    """,

    // `children`: whom a list shows beside the parent's name.
    """
    CREATE TABLE school_parents (
      \(SchoolSchema.identity("r")),
      person_id TEXT NOT NULL UNIQUE REFERENCES school_people(id),
      full_name TEXT NOT NULL,
      children TEXT NOT NULL DEFAULT '',
      search_text TEXT NOT NULL GENERATED ALWAYS AS (shell_search_text(full_name, children)) STORED
    ) STRICT
    """,
    "CREATE INDEX school_parents_by_name ON school_parents(full_name COLLATE russian, id)",
    """
    CREATE TABLE school_parent_links (
      \(SchoolSchema.identity("k")),
      parent_id TEXT NOT NULL REFERENCES school_parents(id) ON DELETE CASCADE,
      pupil_id TEXT NOT NULL REFERENCES school_pupils(id) ON DELETE CASCADE,
      relation TEXT NOT NULL CHECK (relation IN ('mother', 'father', 'guardian', 'relative')),
      \(SchoolSchema.origin),
      UNIQUE (parent_id, pupil_id)
    ) STRICT
    """,
    "CREATE INDEX school_parent_links_by_pupil ON school_parent_links(pupil_id)",
    SchoolSchema.originIndex("school_parent_links"),
  ]
}
