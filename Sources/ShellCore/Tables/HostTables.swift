import Jansson
import ShellStore

/// Tables of the host's own, which any plugin may show in a tab by its id: `shell.audit`, who did what, when and from
/// which client. Who may see it is the tab's to say.
enum HostTables {
  static let audit = "shell.audit"

  /// By id. A source that did not read would be a defect of ours, found by the first test that opens it.
  static let all: [String: LoadedTable] = {
    guard let source = try? TableSource(json: auditSource, owner: Store.hostOwner) else { return [:] }
    return [
      audit: LoadedTable(id: audit, source: source, policy: StatementPolicy(plugin: Store.hostOwner))
    ]
  }()

  /// Newest first; the key has the order of the lines. People see the object and what changed in words; scripts, and so
  /// exports, get ids and JSON beside them.
  private static let auditSource: JSONValue = [
    "from": "shell_audit", "key": "place",
    "columns": [
      column("date", "Дата", "Date", "local_date", ["type": "date"]),
      column("time", "Время", "Time", "local_time", ["type": "time"]),
      column("login", "Кто", "Who", "login", sorted), column("client", "Клиент", "Client", "client", searched),
      column("what", "Действие", "Action", "what", sorted.setting("english", "what_en")),
      column("subject", "Объект", "Object", "subject", searched.setting("english", "subject_en")),
      column("changes", "Изменения", "Changes", "difference", searched.setting("english", "difference_en")),
      column("number", "№", "No.", "place", ["sortable": true]),
      column("object", "Код объекта", "Object's id", "object", raw), column("old", "Было", "Before", "old", raw),
      column("new", "Стало", "After", "new", raw),
    ], "sort": [["column": "number", "descending": true]],
    "search": ["index": "shell_audit_words", "rowid": "id", "text": "found_by"],
  ]

  private static let searched: JSONValue = ["searchable": true]
  private static let sorted: JSONValue = ["searchable": true, "sortable": true, "collation": "russian"]
  private static let raw: JSONValue = ["scripts": true]

  private static func column(
    _ id: String, _ ru: String, _ en: String, _ sql: String, _ more: JSONValue
  ) -> JSONValue {
    let base: JSONValue = [
      "id": JSONValue(id), "title": ["ru": JSONValue(ru), "en": JSONValue(en)], "type": "text", "sql": JSONValue(sql),
    ]
    return base.merging(more)
  }
}
