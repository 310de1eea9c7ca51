import Jansson
import PluginKit
import ShellCore
import ShellTesting

/// A plugin for the tests of the desktop: notes with a form, a picker, a question, a context key, and a sign-in.
enum NotesPlugin {
  static let definition: PluginDefinition = {
    var plugin = PluginDefinition(id: "notes")
    plugin.migrations = [
      Migration(
        "notes",
        [
          "CREATE TABLE notes_notes (id TEXT PRIMARY KEY, text TEXT NOT NULL COLLATE russian, day TEXT)",
          "CREATE INDEX notes_by_text ON notes_notes(text COLLATE russian, id)",
        ])
    ]
    plugin.table(
      "notes.all",
      TableSource(
        from: "notes_notes",
        columns: [
          .init("text", Text("Текст", en: "Text"), sortable: true, collation: .russian),
          .init("day", Text("Дата", en: "Date"), .date),
        ], sort: [.init("text")]))
    plugin.service("authentication.verify") { call throws -> JSONValue in
      let login = try call.string("login")
      guard try call.string("password") == "secret" else {
        throw PluginError(
          "session.invalid", Text("Неверный логин или пароль", en: "Wrong login or password"), code: -32001)
      }
      return ["user": user(login)]
    }
    plugin.service("authentication.organization") { _ throws -> JSONValue in ["organization": ["id": "o", "name": "О"]]
    }
    plugin.command("notes.add", add)
    plugin.command("notes.clear") { call throws -> Outcome in
      _ = try call.write { try $0.query("DELETE FROM notes_notes") }
      return .done
    }
    plugin.command("notes.ask") { _ throws -> Outcome in
      Outcome(effects: [
        .dialog(
          .warning, Text("Удалить всё?", en: "Delete all?"),
          buttons: [
            Button("yes", Text("Да", en: "Yes"), .command("notes.clear")), Button("no", Text("Нет", en: "No"), .close),
          ])
      ])
    }
    plugin.command("notes.openForm") { _ throws -> Outcome in
      Outcome(effects: [.openWindow("notes.form", arguments: ["note": "n1", "secret": 7])])
    }
    plugin.window("notes.form", open: form, changed: changed)
    // One that wants to show what only the host may.
    plugin.window(
      "notes.spy",
      open: { _ in
        Window(
          title: Text("Чужое", en: "Foreign"),
          fields: [
            Field(
              "line", Text("Строка", en: "Line"), .reference,
              picker: .init(table: "shell.audit", display: "login", title: Text("Журнал", en: "Log")))
          ], tables: [WindowTable("log", source: "shell.audit")])
      })
    plugin.command("notes.openSpy") { _ throws -> Outcome in Outcome(effects: [.openWindow("notes.spy")]) }
    NotesList.register(in: &plugin)
    return plugin
  }()

  private static func user(_ login: String) -> JSONValue {
    [
      "id": JSONValue("u-" + login), "login": JSONValue(login), "displayName": JSONValue(login),
      "roles": [login == "admin" ? "administrator" : "pupil"],
      "organization": ["id": "o", "name": "О", "timeZone": "UTC"],
    ]
  }

  private static func add(_ call: Call) throws -> Outcome {
    let text = try call.string("text")
    guard text != "плохо" else {
      throw PluginError.invalid("text", Text("Так писать нельзя", en: "Not allowed"), kind: "notes.bad")
    }
    guard text != "отказ" else { throw PluginError("notes.refused", Text("Нет и всё", en: "No")) }
    let user = try call.user().id
    try call.write { transaction in
      try transaction.query(
        "INSERT INTO notes_notes VALUES (:id, :text, :day)",
        ["id": JSONValue(text), "text": JSONValue(text), "day": call.params["day"] ?? .null])
      try transaction.setContext("notes.last", JSONValue(text), user: user)
    }
    let length = call.params["key"]?.string.map { Int64($0.count) }
    return Outcome(result: ["id": JSONValue(text), "keyLength": JSONValue(length)])
  }

  private static func form(_ call: Call) throws -> Window {
    Window(
      title: Text("Заметка", en: "Note"),
      fields: [
        Field("text", Text("Текст", en: "Text"), required: true),
        Field("day", Text("Дата", en: "Date"), .date),
        Field(
          "kind", Text("Вид", en: "Kind"), .select, value: "a",
          options: [.init("a", Text("А", en: "A")), .init("b", Text("Б", en: "B"))], notify: true),
        Field("extra", Text("Ещё", en: "More"), enabled: false),
        Field(
          "other", Text("Другая", en: "Other"), .reference,
          picker: .init(table: "notes.all", display: "text", title: Text("Заметки", en: "Notes"))),
        Field("key", Text("Ключ", en: "Key"), .password),
      ],
      buttons: [
        Button(
          "save", Text("Сохранить", en: "Save"),
          .command("notes.add", arguments: ["text": "=text", "day": "=day", "key": "=key"]),
          style: .primary),
        .cancel,
      ])
  }

  private static func changed(_ question: WindowQuestion) throws -> WindowAnswer {
    WindowAnswer(patch: Patch().field("extra", ["enabled": JSONValue(question.changes["kind"] == "b")]))
  }

  static let manifest: JSONValue = [
    "manifestVersion": 1, "id": "notes", "version": "1.0.0", "title": title("Заметки", "Notes"),
    "library": "libNotes.so", "abi": ["major": 1, "minor": 0], "provides": ["authentication/1"],
    "contextKeys": ["notes.last": ["type": "string", "scope": "user", "default": ""]],
    "contributes": [
      "startMenu": [
        [
          "id": "registries", "title": title("Реестры", "Registries"),
          "children": [["id": "notes", "title": title("Заметки", "Notes"), "registry": "notes"]],
        ]
      ],
      "shortcuts": [
        [
          "id": "form", "title": title("Новая заметка", "New note"), "command": "notes.openForm",
          "when": "notes.last == ''",
        ]
      ],
      "registries": [["id": "notes", "title": title("Заметки", "Notes")]],
      "tabs": [
        ["registry": "notes", "id": "all", "title": title("Все", "All"), "table": "notes.all", "selection": "multiple"]
      ],
      "toolbar": [
        [
          "registry": "notes", "tab": "all", "id": "add", "label": title("Добавить", "Add"),
          "command": "notes.openForm",
        ],
        [
          "registry": "notes", "tab": "all", "id": "clear", "label": title("Очистить", "Clear"), "command": "notes.ask",
          "access": "'administrator' in roles", "enabledWhen": "selection.count > 0",
          "why": title("Выберите заметку", "Select a note"),
        ],
      ],
      "fields": [
        [
          "registry": "notes", "tab": "all", "id": "last", "label": title("Последняя", "Last"), "type": "text",
          "value": "notes.last",
        ]
      ],
      "windows": [
        ["type": "notes.form", "extensible": true, "shares": ["kind", "note"]], ["type": "notes.list"],
        ["type": "notes.spy"],
      ],
      "commands": [
        ["id": "notes.openSpy", "title": title("Подсмотреть", "Spy")],
        [
          "id": "notes.add", "title": title("Добавить", "Add"),
          "params": [
            "type": "object",
            "properties": [
              "text": ["type": "string"], "day": ["type": ["string", "null"]], "key": ["type": "string"],
            ], "required": ["text"],
          ],
        ],
        [
          "id": "notes.clear", "title": title("Очистить", "Clear"), "params": ["type": "object"],
          "access": "'administrator' in roles",
        ],
        [
          "id": "notes.ask", "title": title("Спросить", "Ask"), "params": ["type": "object"],
          "access": "'administrator' in roles",
        ],
        ["id": "notes.openList", "title": title("Список", "List"), "params": ["type": "object"]],
        NotesList.command,
        ["id": "notes.openForm", "title": title("Новая", "New"), "params": ["type": "object"]],
      ],
      "services": [["name": "authentication.verify"], ["name": "authentication.organization"]],
    ],
  ]

  private static func title(_ ru: String, _ en: String) -> JSONValue { ["ru": JSONValue(ru), "en": JSONValue(en)] }

  /// A host with this plugin, and others beside it.
  static func plugin() throws -> TestPlugin {
    guard let table = unsafe PluginEntry.table(definition, hostMajor: 1) else { throw PluginError("test", "no table") }
    return unsafe TestPlugin("notes", manifest: manifest, table: table)
  }

  static func host(with others: [TestPlugin] = [], change: (inout Shell.Waits) -> Void = { _ in }) throws -> TestHost {
    try TestHost([try plugin()] + others, change: change)
  }
}
