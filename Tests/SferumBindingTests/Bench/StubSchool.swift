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
          "CREATE TABLE school_imported (person_id TEXT PRIMARY KEY, phone TEXT NOT NULL)",
          "CREATE VIEW school_v1_imported_bindings AS SELECT person_id, phone FROM school_imported",
        ])
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

  static let manifest: JSONValue = [
    "manifestVersion": 1, "id": "school", "version": "0.1.0", "title": ["ru": "Школа", "en": "School"],
    "library": "libSchoolPlugin.so", "abi": ["major": 1, "minor": 0],
    "publishes": [
      "views": ["school_v1_people", "school_v1_accounts", "school_v1_organization", "school_v1_imported_bindings"],
      "events": ["school.v1.bindingsImported", "school.v1.accountChanged"],
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
