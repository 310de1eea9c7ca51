import Dispatch
import Jansson
import PluginKit
import ShellTesting

/// A second plugin for the tests of forms: it shows remarks in the form of notes.
struct RemarksPlugin {
  /// Held down by a test, it keeps the plugin from answering.
  final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func pass() {
      semaphore.wait()
      semaphore.signal()
    }
    func open() { semaphore.signal() }
  }

  let gate = Gate()
  /// Members put over the extension in the manifest.
  var members: JSONValue = .emptyObject

  func plugin() throws -> TestPlugin {
    guard let table = unsafe PluginEntry.table(definition, hostMajor: 1) else { throw PluginError("test", "no table") }
    return unsafe TestPlugin("remarks", manifest: manifest, table: table)
  }

  private var definition: PluginDefinition {
    var plugin = PluginDefinition(id: "remarks")
    plugin.migrations = [
      Migration("remarks", ["CREATE TABLE remarks_remarks (n INTEGER PRIMARY KEY, text TEXT NOT NULL)"])
    ]
    plugin.window(
      "remarks.inNote", open: { [gate] in try Self.open($0, gate) }, changed: Self.changed, pressed: Self.pressed)
    plugin.window(
      "remarks.all",
      open: { call in
        Window(
          title: Text("Замечания", en: "Remarks"), fields: [Field("note", Text("Пометка", en: "Note"))],
          tables: [try Self.all(call)], isLive: true)
      }, changed: { question in WindowAnswer(patch: Patch().tables([try Self.all(question.call)])) })
    plugin.command("remarks.openAll") { _ throws -> Outcome in Outcome(effects: [.openWindow("remarks.all")]) }
    plugin.command("remarks.add") { call throws -> Outcome in
      let text = try call.string("text")
      _ = try call.write { try $0.query("INSERT INTO remarks_remarks(text) VALUES (?)", [JSONValue(text)]) }
      return Outcome(result: call.params)
    }
    plugin.command("remarks.setMood") { call throws -> Outcome in
      try call.write { try $0.setContext("remarks.on", call.params["on"], user: nil) }
      return .done
    }
    return plugin
  }

  /// Bold while there are few.
  private static func all(_ call: Call) throws -> WindowTable {
    let rows = try call.read { try $0.rows("SELECT n, text FROM remarks_remarks ORDER BY n") }
    return WindowTable(
      "all",
      columns: [TableSource.Column("text", Text("Текст", en: "Text"), button: "first", isBold: rows.count < 2)],
      rows: rows.map { WindowTable.Row("\($0["n"]?.int ?? 0)", ["text": $0["text"] ?? ""]) })
  }

  private static func open(_ call: Call, _ gate: Gate) throws -> Window {
    let texts = try call.read { try $0.rows("SELECT text FROM remarks_remarks ORDER BY n") }
      .compactMap { $0["text"]?.string }
    if texts.last == "жди" { gate.pass() }
    guard texts.last != "упади" else { throw PluginError("remarks.tired", Text("Устал", en: "Tired")) }
    let known = call.params["arguments"] ?? .null
    return Window(
      title: "",
      fields: [
        Field("count", Text("Замечаний", en: "Remarks"), .label, value: JSONValue("\(texts.count)")),
        Field("known", Text("Известно", en: "Known"), .label, value: JSONValue(known.text(sorted: true))),
        Field("text", Text("Замечание", en: "Remark"), required: true, notify: true),
        Field("length", Text("Длина", en: "Length"), .label, value: ""),
      ],
      tables: [
        WindowTable(
          "rows", columns: [TableSource.Column("text", Text("Текст", en: "Text"))],
          rows: texts.enumerated().map { WindowTable.Row("\($0)", ["text": JSONValue($1)], actions: ["strike"]) })
      ],
      buttons: [
        Button("add", Text("Заметить", en: "Remark"), .command("remarks.add", arguments: ["text": "=text"])),
        Button("ask", Text("Спросить", en: "Ask")), Button("leave", Text("Уйти", en: "Leave")),
        Button("look", Text("Смотреть", en: "Look")), Button("sure", Text("Точно", en: "Sure")),
        Button("strike", Text("Вычеркнуть", en: "Strike"), table: "rows", row: true),
      ], state: ["form": JSONValue(call.extendedForm), "asked": 0])
  }

  @Sendable private static func changed(_ question: WindowQuestion) throws -> WindowAnswer {
    let text = question.changes["text"]?.string ?? ""
    return WindowAnswer(patch: Patch().field("length", ["value": JSONValue("\(text.count)")]))
  }

  @Sendable private static func pressed(_ question: WindowQuestion) throws -> WindowAnswer {
    let asked = (question.state["asked"]?.int ?? 0) + 1
    let state = question.state.setting("asked", JSONValue(asked))
    switch question.button {
    case "ask":
      return WindowAnswer(
        state: state,
        effects: [
          .dialog(
            .warning, Text("Точно, \(question.state["form"]?.string ?? "")?", en: "Sure?"),
            buttons: [Button("yes", Text("Да", en: "Yes"), .press("sure", arguments: ["said": "да"]))])
        ])
    case "leave": return WindowAnswer(effects: [.closeWindow])
    case "look": return WindowAnswer(effects: [.openURL("https://example.org"), .openWindow("remarks.all")])
    case "strike":
      return WindowAnswer(patch: Patch().rows("rows", question.rows("rows").filter { $0.id != question.row }))
    default:
      let words = "\(question.arguments["said"]?.string ?? "") \(asked)"
      return WindowAnswer(patch: Patch().field("count", ["value": JSONValue(words)]), state: state)
    }
  }

  private var manifest: JSONValue {
    let added: JSONValue = ["window": "notes.form", "type": "remarks.inNote"]
    return [
      "manifestVersion": 1, "id": "remarks", "version": "1.0.0", "title": "Замечания", "library": "libRemarks.so",
      "abi": ["major": 1, "minor": 0],
      "contextKeys": ["remarks.on": ["type": "boolean", "scope": "all", "default": true]],
      "contributes": [
        "extensions": [added.merging(members)], "windows": [["type": "remarks.all"]],
        "commands": [
          ["id": "remarks.openAll", "title": "Все замечания"],
          [
            "id": "remarks.add", "title": "Заметить",
            "params": ["type": "object", "properties": ["text": ["type": "string"]]],
          ],
          [
            "id": "remarks.setMood", "title": "Настроение",
            "params": ["type": "object", "properties": ["on": ["type": "boolean"]]],
          ],
        ],
      ],
    ]
  }
}
