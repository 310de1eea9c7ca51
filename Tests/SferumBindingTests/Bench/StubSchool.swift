import PluginKit

/// The school's published views with a handful of people, so that binding is tested without the school.
enum StubSchool {
  static var definition: PluginDefinition {
    var plugin = PluginDefinition(id: "school")
    plugin.migrations = [
      Migration(
        "people",
        [
          "CREATE TABLE school_people (id TEXT PRIMARY KEY, family_name TEXT, given_name TEXT, middle_name TEXT)",
          """
          CREATE TABLE school_accounts (
            id TEXT PRIMARY KEY, login TEXT, person_id TEXT, full_name TEXT, blocked INTEGER, roles TEXT)
          """,
          """
          CREATE TABLE school_organization (id TEXT, name TEXT, platform_address TEXT, request_expiry_hours INTEGER)
          """,
          """
          INSERT INTO school_people VALUES
            ('P1', 'Иванова', 'Мария', 'Петровна'), ('P2', 'Соколов', 'Пётр', NULL), ('P3', 'Соколова', 'Анна', 'Олеговна'),
            ('P5', 'Лишний', 'Иван', NULL)
          """,
          """
          INSERT INTO school_accounts VALUES
            ('A1', 'teacher', 'P1', 'Иванова Мария Петровна', 0, 'employee parent'),
            ('A2', 'pupil', 'P2', 'Соколов Пётр', 0, 'pupil'),
            ('A3', 'parent', 'P3', 'Соколова Анна Олеговна', 0, 'parent'),
            ('A4', 'admin', NULL, 'Администратор школы', 0, 'administrator'),
            ('A5', 'blocked', 'P5', 'Лишний Иван', 1, 'employee')
          """,
          "INSERT INTO school_organization VALUES ('O1', 'Школа № 7', 'https://web.max.ru/school7', 24)",
          "CREATE VIEW school_v1_people AS SELECT * FROM school_people",
          "CREATE VIEW school_v1_accounts AS SELECT * FROM school_accounts",
          "CREATE VIEW school_v1_organization AS SELECT * FROM school_organization",
        ])
    ]
    return plugin
  }

  static let manifest: JSONValue = [
    "manifestVersion": 1, "id": "school", "version": "0.1.0", "title": ["ru": "Школа", "en": "School"],
    "library": "libSchoolPlugin.so", "abi": ["major": 1, "minor": 0],
    "publishes": ["views": ["school_v1_people", "school_v1_accounts", "school_v1_organization"]],
  ]
}
