import Jansson
import PluginHost
import ShellProtocol
import ShellStore

/// Columns that plugins add to a table of another: the cells come from tables of their own, whose rows have the ids of
/// those that they are added to.
///
/// They are read for the rows of a page, so that a page costs one read more for each such table, however many rows
/// there are. Nobody sorts, filters or searches by them. While their plugin is not there, the table is without them.
struct AddedColumns: Sendable {
  private struct Column: Sendable {
    /// As clients know it: nothing that the table calls its own can have that name.
    let id: String
    let title: JSONValue
    let cell: String
    let table: LoadedTable
  }

  private let columns: [Column]

  /// Writes them down in the table's element of a window.
  static func adding(_ columns: [Catalog.Column], to element: JSONValue) -> JSONValue {
    guard !columns.isEmpty else { return element }
    return element.setting(
      "added",
      JSONValue(
        columns.map { column -> JSONValue in
          [
            "id": JSONValue("\(column.owner):\(column.id)"), "title": column.title.json,
            "table": JSONValue(column.table), "cell": JSONValue(column.cell),
          ]
        }))
  }

  /// The tables that an element's cells come from.
  static func sources(of element: JSONValue) -> [String] {
    let added = (element["added"]?.array ?? []).compactMap { $0["table"]?.string }
    return [element["source"]?.string].compactMap(\.self) + added
  }

  /// Those whose plugin is there; nil when there is none.
  init?(of element: JSONValue, _ loaded: (String) -> LoadedTable?) {
    columns = (element["added"]?.array ?? []).compactMap { column in
      guard let table = loaded(column["table"]?.string ?? ""), let cell = column["cell"]?.string,
        table.source.columns.contains(where: { $0.id == cell })
      else { return nil }
      return Column(id: column["id"]?.string ?? "", title: column["title"] ?? "", cell: cell, table: table)
    }
    if columns.isEmpty { return nil }
  }

  /// As clients see them, behind the table's own.
  func headings(_ locale: Locale) -> [JSONValue] {
    columns.map { column in
      let type = column.table.source.columns.first { $0.id == column.cell }?.type.shown ?? .text
      return [
        "id": JSONValue(column.id), "title": JSONValue(LocalizedText(column.title)?.text(locale) ?? column.id),
        "type": JSONValue(type.rawValue), "sortable": false, "editable": false,
      ]
    }
  }

  /// A page with the added columns and their cells; one without them when they cannot be read.
  func fill(_ reply: Reply, _ locale: Locale, _ read: (LoadedTable, _ ids: [String]) -> JSONValue?) -> Reply {
    var text: [UInt8] = []
    reply.write(into: &text)
    guard let page = try? JSONValue(parsing: text) else { return reply }
    let rows = fill(page["rows"]?.array ?? [], read)
    let headings = (page["columns"]?.array ?? []) + headings(locale)
    return .value(page.setting("rows", JSONValue(rows)).setting("columns", JSONValue(headings)))
  }

  func fill(_ rows: [JSONValue], _ read: (LoadedTable, _ ids: [String]) -> JSONValue?) -> [JSONValue] {
    let ids = rows.compactMap { $0["id"]?.string }
    guard !ids.isEmpty else { return rows }
    var cells: [String: [String: JSONValue]] = [:]
    for table in Set(columns.map(\.table.id)) {
      guard let loaded = columns.first(where: { $0.table.id == table })?.table else { continue }
      let found = read(loaded, ids)?.array ?? []
      cells[table] = Dictionary(
        found.map { ($0["id"]?.string ?? "", $0["cells"] ?? .emptyObject) }, uniquingKeysWith: { first, _ in first })
    }
    return rows.map { row in
      let id = row["id"]?.string ?? ""
      let more = columns.map { ($0.id, cells[$0.table.id]?[id]?[$0.cell] ?? .null) }
      return row.setting("cells", (row["cells"] ?? .emptyObject).merging(JSONValue(members: more)))
    }
  }
}

extension Shell {
  /// The added columns of a table's element, as far as their plugins are there.
  func addedColumns(_ element: JSONValue) -> AddedColumns? { AddedColumns(of: element) { loadedTable($0) } }

  /// Rows of a table by their ids, from any thread.
  nonisolated func cells(_ table: LoadedTable, _ ids: [String], _ request: PageRequest) -> JSONValue? {
    do {
      return try readHere(table) { limit throws(PageError) in
        try store.rows(
          table.source, ids: ids, parameters: request.parameters, policy: table.policy,
          presentation: request.presentation, limit: limit)
      }
    } catch PageError.tooSlow {
      return nil
    } catch {
      // The table is shown without the cells; whose they are is in the line.
      logger.error("cannot read an added column", metadata: ["table": "\(table.id)", "reason": "\(error)"])
      return nil
    }
  }
}
