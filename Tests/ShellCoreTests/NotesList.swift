import Jansson
import PluginKit

/// A form with a table of its own: notes picked one after the other, each with a mark, saved together.
enum NotesList {
  static let command: JSONValue = [
    "id": "notes.saveList", "title": "Сохранить список",
    "params": [
      "type": "object",
      "properties": [
        "notes": ["type": "array", "items": ["type": "object"]], "day": ["type": ["string", "null"]],
        "name": ["type": "string"],
      ], "required": ["notes"],
    ],
  ]

  static func register(in plugin: inout PluginDefinition) {
    plugin.window("notes.list", open: open, changed: changed, pressed: pressed)
    plugin.command("notes.openList") { _ throws -> Outcome in Outcome(effects: [.openWindow("notes.list")]) }
    plugin.command("notes.saveList") { call throws -> Outcome in
      guard call.params["notes"]?.array?.isEmpty == false else {
        throw PluginError.invalid("notes", Text("Список пуст", en: "The list is empty"))
      }
      return Outcome(result: call.params)
    }
  }

  private static func open(_ call: Call) throws -> Window {
    Window(
      title: Text("Список", en: "List"),
      fields: [
        Field("day", Text("Дата", en: "Date"), .date, value: "2026-09-01"), Field("name", Text("Имя", en: "Name")),
      ],
      tables: [
        WindowTable(
          "notes",
          columns: [
            TableSource.Column("text", Text("Текст", en: "Text"), sortable: true, searchable: true),
            TableSource.Column("mark", Text("Пометка", en: "Mark"), editable: true),
          ], rows: [], title: Text("Заметки", en: "Notes"), selection: .multiple)
      ],
      buttons: [
        Button("add", Text("Добавить", en: "Add"), table: "notes"),
        Button("remove", Text("Удалить", en: "Remove"), table: "notes"),
        Button(
          "save", Text("Сохранить", en: "Save"),
          .command("notes.saveList", arguments: ["notes": "=notes", "day": "=day", "name": "=name"])),
      ])
  }

  private static func pressed(_ question: WindowQuestion) throws -> WindowAnswer {
    var rows = question.rows("notes")
    switch question.button {
    case "add" where question.chosen.isEmpty:
      return WindowAnswer(effects: [
        .pick(
          table: "notes.all", title: Text("Заметки", en: "Notes"), multiple: true, button: "add",
          with: ["mark": "новая"])
      ])
    case "add":
      for id in question.chosen where !rows.contains(where: { $0.id == id }) {
        rows.append(row(id, mark: question.arguments["mark"] ?? .null, locked: id == "альфа" ? ["mark"] : []))
      }
    default:
      rows.removeAll { question.selection("notes").contains($0.id) }
    }
    return WindowAnswer(patch: Patch().rows("notes", rows))
  }

  private static func changed(_ question: WindowQuestion) throws -> WindowAnswer {
    let rows = question.rows("notes").map { old in
      old.id == question.edit?["row"]?.string ? row(old.id, mark: question.edit?["values"]?["mark"] ?? .null) : old
    }
    return WindowAnswer(patch: Patch().rows("notes", rows))
  }

  private static func row(_ id: String, mark: JSONValue, locked: [String] = []) -> WindowTable.Row {
    WindowTable.Row(
      id, ["text": JSONValue(id), "mark": mark, "hidden": "x"], value: ["note": JSONValue(id), "mark": mark],
      locked: locked)
  }
}
