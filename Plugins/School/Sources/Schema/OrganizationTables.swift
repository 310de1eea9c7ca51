/// The organization, its settings, and the academic year.
enum OrganizationTables {
  static let sql = [
    // One host serves one school, so there is exactly one row; it is there before anyone signs in.
    """
    CREATE TABLE school_organization (
      id TEXT NOT NULL PRIMARY KEY CHECK (id = 'school'),
      name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
      short_name TEXT NOT NULL CHECK (length(short_name) BETWEEN 1 AND 100),
      time_zone TEXT NOT NULL,
      platform_address TEXT NOT NULL
        CHECK (platform_address LIKE 'http://_%' OR platform_address LIKE 'https://_%'),
      chat_administrator_id TEXT REFERENCES school_employees(id),
      request_expiry_hours INTEGER NOT NULL CHECK (request_expiry_hours BETWEEN 1 AND 720),
      removal_threshold_percent INTEGER NOT NULL CHECK (removal_threshold_percent BETWEEN 0 AND 100)
    ) STRICT
    """,
    """
    INSERT INTO school_organization VALUES (
      'school', 'Школа', 'Школа', 'Europe/Moscow', 'https://web.max.ru', NULL, 24, 20)
    """,
    """
    CREATE TABLE school_lesson_kinds (
      position INTEGER NOT NULL PRIMARY KEY,
      title TEXT NOT NULL UNIQUE CHECK (length(title) BETWEEN 1 AND 100)
    ) STRICT
    """,
    """
    INSERT INTO school_lesson_kinds(position, title) VALUES
      (1, 'Изучение нового материала'), (2, 'Закрепление'), (3, 'Ответ на уроке'), (4, 'Самостоятельная работа'),
      (5, 'Контрольная работа'), (6, 'Практическая работа'), (7, 'Лабораторная работа'), (8, 'Диктант'),
      (9, 'Сочинение'), (10, 'Зачёт')
    """,
    """
    CREATE TABLE school_academic_years (
      \(SchoolSchema.identity("y")),
      title TEXT NOT NULL UNIQUE,
      starts TEXT NOT NULL \(SchoolSchema.isDate("starts")),
      ends TEXT NOT NULL \(SchoolSchema.isDate("ends")),
      is_current INTEGER NOT NULL DEFAULT 0 CHECK (is_current IN (0, 1)),
      \(SchoolSchema.origin),
      CHECK (starts < ends)
    ) STRICT
    """,
    "CREATE UNIQUE INDEX school_academic_years_current ON school_academic_years(is_current) WHERE is_current = 1",
    SchoolSchema.originIndex("school_academic_years"),
    """
    CREATE TABLE school_holidays (
      n INTEGER PRIMARY KEY,
      year_id TEXT NOT NULL REFERENCES school_academic_years(id),
      title TEXT NOT NULL,
      since TEXT NOT NULL \(SchoolSchema.isDate("since")),
      until TEXT NOT NULL \(SchoolSchema.isDate("until")),
      CHECK (since <= until)
    ) STRICT
    """,
    "CREATE INDEX school_holidays_by_year ON school_holidays(year_id, since)",
  ]
}
