import PluginKit

/// The tab «Исключены» of a chat's window: who was taken out by hand, and the way back. It is there while it has rows.
enum ExcludedTab {
  static let id = "excluded"
  static let restore = "restore"

  static func tab(_ lines: [ExclusionLine]) -> Tab {
    Tab(id, Text("Исключены", en: "Taken out"), visible: !lines.isEmpty, selected: false)
  }

  static func table(_ lines: [ExclusionLine]) -> WindowTable {
    WindowTable(
      id,
      columns: [
        TableSource.Column("name", Text("ФИО", en: "Full name"), sortable: true, searchable: true, collation: .russian),
        TableSource.Column("person", Text("Кто", en: "Who")),
        TableSource.Column("detail", Text("Класс или дети", en: "Class or children"), searchable: true),
        TableSource.Column("reason", Text("Основание", en: "Reason")),
        TableSource.Column("since", Text("Исключён", en: "Taken out on")),
      ], rows: lines.map(row), tab: id, selection: .multiple)
  }

  static let button = Button(restore, Text("Вернуть", en: "Bring back"), tab: id, table: id)

  private static func row(_ line: ExclusionLine) -> WindowTable.Row {
    WindowTable.Row(
      line.record,
      [
        "name": JSONValue(line.name), "person": line.side.person.json, "detail": JSONValue(line.detail),
        "reason": line.reason.json, "since": JSONValue(line.since), "side": JSONValue(line.side.rawValue),
      ])
  }

  /// «Вернуть»: those who are selected go back to the participants of their side, as if chosen in the picker; saving
  /// puts them in.
  static func pressed(_ question: WindowQuestion) throws -> WindowAnswer {
    let selected = Set(question.selection(id))
    guard !selected.isEmpty else {
      throw PluginError("chats.nothing_selected", Text("Выберите строки в таблице", en: "Select rows in the table"))
    }
    let rows = question.rows(id)
    let user = try question.call.user()
    var patch = Patch().rows(id, rows.filter { !selected.contains($0.id) })
    for side in Side.allCases {
      let back = rows.filter { selected.contains($0.id) && $0.cells["side"]?.string == side.rawValue }.map(\.id)
      guard !back.isEmpty else { continue }
      let people = try question.call.read { try FormRows.people(back, side, user, $0) }
      let there = question.rows(side.list)
      patch = patch.rows(side.list, there + people.filter { row in !there.contains { $0.id == row.id } })
    }
    return WindowAnswer(patch: patch)
  }
}
