import Jansson
import PluginHost
import ShellProtocol
import ShellStore

extension Shell {
  /// A source whose plugin is loaded already; nil when it is not, or when there is none of that id.
  func loadedTable(_ id: String) -> LoadedTable? {
    if let known = tables[id] ?? HostTables.all[id] { return known }
    return plugins.loadedTableSource(id).map { keep($0, id) }
  }

  private func keep(_ found: FoundTable, _ id: String) -> LoadedTable {
    let table = LoadedTable(id: id, source: found.source, policy: found.policy, isStranger: found.isStranger)
    tables[id] = table
    return table
  }

  /// Loads the plugins behind a window's tables, then goes on, also past those that cannot be loaded.
  func loadTables(of content: WindowContent, _ done: @escaping () -> Void) {
    let missing = content[.tables].flatMap(AddedColumns.sources).filter { loadedTable($0) == nil }
    loadTables(missing[...], done)
  }

  /// The same for a window with all that others show in it.
  func loadTables(of window: OpenWindow, _ done: @escaping () -> Void) {
    let contents = [window.content] + window.extensions.map(\.window.content)
    let missing = contents.flatMap { $0[.tables] }.flatMap(AddedColumns.sources).filter { loadedTable($0) == nil }
    loadTables(missing[...], done)
  }

  func loadTables(_ ids: ArraySlice<String>, _ done: @escaping () -> Void) {
    guard let id = ids.first else { return done() }
    withTable(id) { [self] _ in loadTables(ids.dropFirst(), done) }
  }

  /// A source by its id, its plugin loaded first where needed; at once when it is there already.
  func withTable(_ id: String, _ done: @escaping (Result<LoadedTable, PluginFailure>) -> Void) {
    if let table = loadedTable(id) { return done(.success(table)) }
    let carried = DeskBound(done)
    plugins.tableSource(id) { [self] result in
      desk.run { [self] in
        switch result {
        case .failure(let failure): carried.value(.failure(failure))
        case .success(nil): carried.value(.failure(PluginFailure(.notFound("table", id))))
        case .success(let found?):
          carried.value(.success(keep(found, id)))
        }
      }
    }
  }

  /// Whether a window of that type may show a table. Those of the host's own are for the tabs and windows of plugins
  /// whose manifest names them.
  func mayShow(_ source: String?, in type: String) -> Bool {
    guard let source, Manifest.hostTables.contains(source) else { return true }
    guard let owner = catalog.catalog.owner(ofWindow: type) else { return false }
    let manifest = catalog.catalog.plugins.first { $0.id == owner }?.manifest
    return manifest?.permissions.tables.contains(source) ?? false
  }

  /// Takes tables out of a plugin's window that it may not show.
  func dropForeignTables(_ content: inout WindowContent, type: String) {
    let foreign = content[.tables].filter { !mayShow($0["source"]?.string, in: type) }
    guard !foreign.isEmpty else { return }
    content[.tables].removeAll { foreign.contains($0) }
    logger.warning("a window shows a table that its plugin may not", metadata: ["window": "\(type)"])
  }

  /// `{columns, rows, total, next}` as text, straight from the rows; from any thread.
  nonisolated func page(
    _ table: LoadedTable, _ request: PageRequest, overrides: JSONValue?, limit: ReadLimit
  ) -> PageText {
    var text = Array("{\"columns\":".utf8)
    text.reserveCapacity(8192)
    table.columns(request.presentation, overrides: overrides).write(into: &text)
    text.append(contentsOf: ",\"rows\":".utf8)
    do {
      let info = try store.page(table.source, request, policy: table.policy, limit: limit, into: &text)
      text.append(contentsOf: ",\"total\":\(info.total),\"next\":".utf8)
      JSONValue(info.next).write(into: &text)
      text.append(UInt8(ascii: "}"))
      return .success(.rendered(text))
    } catch {
      return .failure(error)
    }
  }

  /// Rows that a table has for this session.
  func total(_ table: LoadedTable, arguments: JSONValue, session: DesktopSession) -> Int {
    var request = PageRequest(limit: 1)
    request.parameters = parameters(arguments, session)
    // A table that cannot be counted shows nothing; its query says why.
    let total = try? readHere(table) { limit throws(PageError) in
      var rows: [UInt8] = []
      return try store.page(table.source, request, policy: table.policy, limit: limit, into: &rows).total
    }
    return total ?? 0
  }

  /// One cell of one row as a person reads it.
  func cell(
    _ table: LoadedTable, row: String, column: String, arguments: JSONValue, session: DesktopSession
  ) -> String? {
    let rows = try? readHere(table) { limit throws(PageError) in
      try store.rows(
        table.source, ids: [row], parameters: parameters(arguments, session), policy: table.policy,
        presentation: session.presentation, limit: limit)
    }
    let value = rows?[0]?["cells"]?[column]  // no row, no text: the picker's choice still holds by its id
    return value?.string ?? value.map { $0.text() }
  }

  /// What stands in the way of buttons over a table while these rows are selected.
  func brokenConditions(
    _ table: LoadedTable, rows: [String], arguments: JSONValue, session: DesktopSession
  ) -> [TableSource.RowCondition] {
    do {
      return try readHere(table) { limit throws(PageError) in
        try store.brokenConditions(
          table.source, ids: rows, parameters: parameters(arguments, session), policy: table.policy, limit: limit)
      }
    } catch PageError.tooSlow {
      return []
    } catch {
      // The buttons stay enabled, and their commands decide.
      logger.error("cannot read a table's conditions", metadata: ["table": "\(table.id)", "reason": "\(error)"])
      return []
    }
  }

  /// The first of these rows that the table does not show to this session.
  func missing(_ ids: [String], in table: LoadedTable, arguments: JSONValue, session: DesktopSession) -> String? {
    // A table that cannot be read says so when it is queried.
    let found = try? readHere(table) { limit throws(PageError) in
      try store.rows(
        table.source, ids: ids, parameters: parameters(arguments, session), policy: table.policy, limit: limit)
    }
    guard let rows = found else { return nil }
    let known = Set((rows.array ?? []).compactMap { $0["id"]?.string })
    return ids.first { !known.contains($0) }
  }

  /// The named parameters of a source's SQL.
  func parameters(_ arguments: JSONValue, _ session: DesktopSession) -> [String: JSONValue] {
    var values: [String: JSONValue] = [
      "user_id": JSONValue(session.signedIn?.userID), "person_id": session.signedIn?.user["personId"] ?? .null,
      "roles": JSONValue(session.signedIn?.rolesText ?? "[]"), "today": JSONValue(String(nowText.prefix(10))),
    ]
    for (name, value) in arguments.members ?? [] { values["arg_\(name)"] = value }
    return values
  }
}

/// Carries something that belongs to the desk through another thread and back.
struct DeskBound<Value>: @unchecked Sendable {
  // Safe to send: made and opened on the desk, only passed on in between.
  let value: Value
  init(_ value: Value) { self.value = value }
}
