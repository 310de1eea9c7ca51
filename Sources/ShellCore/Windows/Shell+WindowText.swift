import Jansson
import ShellProtocol
import ShellStore

extension Shell {
  /// A window as plain text, with the first rows of the tables that show.
  func text(of window: OpenWindow, _ session: DesktopSession, width: Int) -> String {
    var text = WindowText(width: width)
    text.write(session.render(window), kind: window.content.kind.rawValue) { table in
      let placed = session.place(table["id"]?.string ?? "", in: window)
      guard let element = placed.owner.table(placed.id) else { return [] }
      if let own = WindowRows(element, session.locale) { return own.rows.prefix(Self.shownRows).map(own.clientRow) }
      guard let source = element["source"]?.string, let loaded = loadedTable(source) else { return [] }
      return rows(loaded, element, session: session)
    }
    return text.text
  }

  /// Rows of a table that the text shows.
  private static let shownRows = 20

  private func rows(_ table: LoadedTable, _ element: JSONValue, session: DesktopSession) -> [JSONValue] {
    var request = PageRequest(limit: Self.shownRows)
    request.parameters = parameters(element["arguments"] ?? .emptyObject, session)
    request.presentation = session.presentation
    // A table that cannot be read is shown empty; `table/query` says why.
    let text = try? readHere(table) { [request] limit throws(PageError) in
      var bytes: [UInt8] = []
      _ = try store.page(table.source, request, policy: table.policy, limit: limit, into: &bytes)
      return bytes
    }
    guard let text, let rows = try? JSONValue(parsing: text) else { return [] }
    let found = rows.array ?? []
    return addedColumns(element)?.fill(found) { [request] in cells($0, $1, request) } ?? found
  }
}
