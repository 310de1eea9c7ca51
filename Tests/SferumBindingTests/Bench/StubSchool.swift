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
          "CREATE VIEW school_v1_organization AS SELECT *, 'Europe/Moscow' AS time_zone FROM school_organization",
          "CREATE TABLE school_imported (person_id TEXT PRIMARY KEY, phone TEXT NOT NULL)",
          "CREATE VIEW school_v1_imported_bindings AS SELECT person_id, phone FROM school_imported",
        ] + roster)
    ]
    plugin.command("school.importBindings") { call throws -> Outcome in
      try call.write { transaction in
        for (person, phone) in call.params["bindings"]?.members ?? [] {
          try transaction.query("INSERT OR REPLACE INTO school_imported VALUES (?, ?)", [JSONValue(person), phone])
        }
        try transaction.emit("school.v1.bindingsImported", ["operation": "x1"])
      }
      return .done
    }
    plugin.command("school.addAccount") { call throws -> Outcome in
      let (id, person) = (try call.string("id"), try call.string("person"))
      try call.write { transaction in
        try transaction.query(
          "INSERT INTO school_accounts VALUES (?, 'late', ?, 'Поздняя Ольга', 0, 'parent')",
          [JSONValue(id), JSONValue(person)])
        try transaction.emit(
          "school.v1.accountChanged",
          ["accountId": JSONValue(id), "personId": JSONValue(person), "change": "added"])
      }
      return .done
    }
    return plugin
  }

  /// A class with a pupil, the pupil's parent and the homeroom teacher, each one row.
  private static let roster = [
    """
    CREATE VIEW school_v1_employees AS SELECT 'e1' AS id, 'P1' AS person_id, 'Иванова Мария Петровна' AS full_name,
      NULL AS dismissed
    """,
    """
    CREATE VIEW school_v1_pupils AS SELECT 'u1' AS id, 'P2' AS person_id, 'Соколов Пётр' AS full_name,
      'studying' AS state, 'c1' AS class_id, '5А' AS class_title
    """,
    "CREATE VIEW school_v1_parents AS SELECT 'r1' AS id, 'P3' AS person_id, 'Соколова Анна Олеговна' AS full_name",
    """
    CREATE VIEW school_v1_parent_links AS SELECT 'r1' AS parent_id, 'P3' AS parent_person_id, 'u1' AS pupil_id,
      'P2' AS pupil_person_id, 'c1' AS class_id
    """,
    """
    CREATE VIEW school_v1_classes AS SELECT 'c1' AS id, '5А' AS title, 0 AS archived,
      'Иванова Мария Петровна' AS homeroom_teacher
    """,
    "CREATE VIEW school_v1_teaching AS SELECT 'P1' AS person_id, 'leads' AS role, 'c1' AS class_id",
  ]

  static let manifest: JSONValue = [
    "manifestVersion": 1, "id": "school", "version": "0.1.0", "title": ["ru": "Школа", "en": "School"],
    "library": "libSchoolPlugin.so", "abi": ["major": 1, "minor": 0],
    "publishes": [
      "views": [
        "school_v1_people", "school_v1_accounts", "school_v1_organization", "school_v1_imported_bindings",
        "school_v1_employees", "school_v1_pupils", "school_v1_parents", "school_v1_parent_links", "school_v1_classes",
        "school_v1_teaching",
      ],
      "events": [
        "school.v1.bindingsImported", "school.v1.accountChanged", "school.v1.personChanged",
        "school.v1.employeeChanged", "school.v1.enrolmentChanged", "school.v1.parentChanged", "school.v1.classChanged",
        "school.v1.rosterChanged",
      ],
    ],
    "contributes": [
      "commands": [
        [
          "id": "school.importBindings", "title": ["ru": "Импорт", "en": "Import"], "access": "signedIn",
          "params": ["type": "object", "properties": ["bindings": ["type": "object"]]],
        ],
        [
          "id": "school.addAccount", "title": ["ru": "Добавить", "en": "Add"], "access": "signedIn",
          "params": ["type": "object", "properties": ["id": ["type": "string"], "person": ["type": "string"]]],
        ],
      ]
    ],
  ]
}
