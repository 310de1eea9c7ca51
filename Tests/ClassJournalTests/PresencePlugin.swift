import PluginKit
import ShellTesting
import Testing

/// Another plugin beside the journal: it offers attendance, and shows a button in «Журнал на урок».
enum PresencePlugin {
  private static let definition: PluginDefinition = {
    var plugin = PluginDefinition(id: "presence")
    plugin.command("presence.offer") { call async throws -> Outcome in
      Outcome(result: try await call.host.callService("journal.proposeAttendance", call.params))
    }
    plugin.command("presence.seen") { call throws -> Outcome in
      let rows = try call.read { transaction in
        try transaction.rows(
          "SELECT lesson_id, held, topic_id, kind FROM class_journal_v1_lessons WHERE lesson_id = ?",
          [call.params["lesson"] ?? ""])
      }
      return Outcome(result: rows.first ?? .null)
    }
    plugin.window(
      "presence.inLesson",
      open: { call in
        let lesson = call.params["arguments"]?["lesson"]?.string ?? ""
        let row = try call.read { transaction in
          try transaction.first("SELECT held FROM class_journal_v1_lessons WHERE lesson_id = ?", [JSONValue(lesson)])
        }
        return Window(
          title: "", fields: [Field("known", Text("Известно", en: "Known"), .label, value: JSONValue(lesson))],
          buttons: [
            Button("join", Text("Присоединиться", en: "Join"), .command("presence.seen"), visible: row?["held"] != 1)
          ])
      })
    return plugin
  }()

  private static let manifest: JSONValue = [
    "manifestVersion": 1, "id": "presence", "version": "1.0.0", "title": "Присутствие", "library": "libPresence.so",
    "abi": ["major": 1, "minor": 0],
    "permissions": ["services": ["journal.proposeAttendance"], "views": ["class_journal_v1_lessons"]],
    "contributes": [
      "extensions": [["window": "journal.lesson", "type": "presence.inLesson", "tab": "lesson"]],
      "commands": [
        ["id": "presence.offer", "title": "Предложить", "params": ["type": "object", "additionalProperties": true]],
        ["id": "presence.seen", "title": "Увидеть", "params": ["type": "object", "additionalProperties": true]],
      ],
    ],
  ]

  static func plugin() throws -> TestPlugin {
    let table = try unsafe #require(unsafe PluginEntry.table(definition, hostMajor: 1))
    return unsafe TestPlugin("presence", manifest: manifest, table: table)
  }
}
