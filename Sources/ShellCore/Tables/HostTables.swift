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

  /// Newest first; the key has the order of the lines.
  private static let auditSource: JSONValue = [
    "from": "shell_audit", "key": "place",
    "columns": [
      column("date", "Дата", "Date", "local_date", "date"), column("time", "Время", "Time", "local_time", "time"),
      column("login", "Кто", "Who", "login", isSortable: true),
      column("client", "Клиент", "Client", "client"),
      column("what", "Действие", "Action", "what", isSortable: true),
      column("object", "Объект", "Object", "object"), column("old", "Было", "Before", "old"),
      column("new", "Стало", "After", "new"),
      column("number", "№", "No.", "place", isSortable: true, isSearchable: false),
    ], "sort": [["column": "number", "descending": true]],
    "search": ["index": "shell_audit_words", "rowid": "id", "text": "words"],
  ]

  private static func column(
    _ id: String, _ ru: String, _ en: String, _ sql: String, _ type: String = "text", isSortable: Bool = false,
    isSearchable: Bool = true
  ) -> JSONValue {
    let base: JSONValue = [
      "id": JSONValue(id), "title": ["ru": JSONValue(ru), "en": JSONValue(en)], "type": JSONValue(type),
      "sql": JSONValue(sql), "sortable": JSONValue(isSortable),
      "searchable": JSONValue(isSearchable && type == "text"),
    ]
    return isSortable && id != "number" ? base.setting("collation", "russian") : base
  }
}
