import PluginKit

/// What other plugins say would follow from a wide change that is being rehearsed. What it is about is theirs to say;
/// with no such plugin there is nothing to show. Source: SPEC X2.
enum SchoolPreview {
  /// The preview point that others answer.
  static let point = "school.v1.rosterPreview"

  /// `[{plugin, title, summary, level, rows: [{title, text}], data}]` in the caller's language.
  static func json(_ call: Call, _ transaction: Transaction) throws -> JSONValue {
    JSONValue(try transaction.previews(point).map { $0.json(in: call.language) })
  }

  static let tableID = "effects"

  /// «Что изменится ещё».
  static func table(_ previews: JSONValue?) -> WindowTable {
    WindowTable(
      tableID,
      columns: [
        .init("plugin", Text("Раздел", en: "Section")), .init("title", Text("Запись", en: "Record")),
        .init("text", Text("Что изменится", en: "What changes")),
      ], rows: rows(previews), title: Text("Что изменится ещё", en: "What else changes"))
  }

  /// A row for each plugin, and one for each thing that it names.
  static func rows(_ previews: JSONValue?) -> [WindowTable.Row] {
    var rows: [WindowTable.Row] = []
    func add(_ plugin: JSONValue?, _ title: JSONValue?, _ text: JSONValue?) {
      rows.append(
        WindowTable.Row("\(rows.count + 1)", ["plugin": plugin ?? "", "title": title ?? "", "text": text ?? ""]))
    }
    for preview in previews?.array ?? [] {
      add(preview["title"], "", preview["summary"])
      for row in preview["rows"]?.array ?? [] { add(preview["title"], row["title"], row["text"]) }
    }
    return rows
  }

  /// The summaries, a line each, for a question before the change is made.
  static func lines(_ previews: JSONValue) -> String {
    (previews.array ?? []).map { preview in
      "\n\(preview["title"]?.string ?? ""): \(preview["summary"]?.string ?? "")"
    }.joined()
  }
}
