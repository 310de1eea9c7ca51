import Jansson
import PluginHost
import ShellProtocol

extension DesktopSession {
  /// Takes values that a person typed. What is not a value of its field's type stays typed and is marked.
  /// Refuses unknown fields, and fields that are hidden or disabled, before anything changes.
  func set(
    _ window: OpenWindow, _ values: [(String, JSONValue)], display: String? = nil, request: Request,
    _ done: @escaping Pressed
  ) {
    for (id, _) in values {
      if let error = refusal(window, field: id) { return done(.failure(error)) }
    }
    var notified: [(owner: OpenWindow, changes: [(String, JSONValue)])] = []
    for (id, typed) in values {
      let (owner, local) = place(id, in: window)
      guard let value = take(local, typed, display, of: owner) else { continue }
      if let index = notified.firstIndex(where: { $0.owner === owner }) {
        notified[index].changes.append((local, value))
      } else {
        notified.append((owner, [(local, value)]))
      }
    }
    notify(notified[...], of: window, request, done)
  }

  /// Puts a value into a field. Returns it as it is kept when its plugin wants to hear of it.
  private func take(_ id: String, _ typed: JSONValue, _ display: String?, of window: OpenWindow) -> JSONValue? {
    guard let field = window.content.element(.fields, id) else { return nil }
    let problem = FieldInput.problem(field, typed)
    let value = FieldInput.kept(field, typed)
    var change: JSONValue = ["value": value, "error": problem?.json ?? .null]
    if field["type"]?.string == "reference" { change = change.setting("display", JSONValue(display)) }
    window.content.update(.fields, id, change)
    window.typings += 1
    return problem == nil && field["notify"]?.bool == true ? value : nil
  }

  /// Tells the plugins of changed fields, one after the other.
  private func notify(
    _ changes: ArraySlice<(owner: OpenWindow, changes: [(String, JSONValue)])>, of window: OpenWindow,
    _ request: Request, _ done: @escaping Pressed
  ) {
    guard let first = changes.first else {
      return done(.success(Self.outcome(updateEffect(window).map { [$0] } ?? [])))
    }
    changed(first.owner, ["changes": JSONValue(members: first.changes)], request) { [self] result in
      guard changes.count > 1, case .success(let outcome) = result else { return done(result) }
      notify(changes.dropFirst(), of: window, request) { rest in
        done(rest.map { Self.outcome((outcome["effects"]?.array ?? []) + ($0["effects"]?.array ?? [])) })
      }
    }
  }

  /// Takes edited cells of a table; the plugin decides.
  func edit(
    _ form: OpenWindow, table id: String, row: String, values: JSONValue, request: Request, _ done: @escaping Pressed
  ) {
    let (window, table) = place(id, in: form)
    guard let element = window.table(table) else { return done(.failure(.notFound("table", table))) }
    let own = WindowRows(element, locale)
    let columns =
      own?.clientColumns
      ?? element["source"]?.string.flatMap { shell.loadedTable($0) }?
      .columns(presentation, overrides: element["columns"])
    if let own, own.row(row) == nil { return done(.failure(.notFound("row", row))) }
    for (column, _) in values.members ?? [] {
      guard let known = columns?.array?.first(where: { $0["id"]?.string == column }) else {
        let message = LocalizedText(ru: "нет такого столбца", en: "no such column")
        return done(.failure(.invalidParams([.init(path: "/values/\(column)", message)], locale)))
      }
      guard known["editable"]?.bool == true, own?.isLocked(row, column) != true else {
        return done(
          .failure(
            WireError(
              .refused, kind: "cell.readOnly",
              LocalizedText(ru: "Значение нельзя изменить", en: "This cell cannot be edited"),
              data: ["column": JSONValue(column)])))
      }
    }
    let edit: JSONValue = ["table": JSONValue(table), "row": JSONValue(row), "values": values]
    changed(window, ["edit": edit], request, done)
  }

  private func changed(_ window: OpenWindow, _ what: JSONValue, _ request: Request, _ done: @escaping Pressed) {
    let params: JSONValue = [
      "window": window.content.description(selected: window.selected), "state": window.state,
    ]
    let call = PluginCall(
      .windowChanged, window.type, params: params.merging(what), session: pluginSession, trace: request.trace)
    let reads = NotedReads()
    shell.call(call, request: request, reads: window.upkeep == nil ? nil : reads.add) { [self] result in
      window.upkeep?.reads.formUnion(reads.all)
      switch result {
      case .success(let answer): take(answer, window, request) { done(.success(Self.outcome($0))) }
      case .failure(let failure): done(.failure(failure.wire(locale)))
      }
    }
  }

  private func refusal(_ window: OpenWindow, field id: String) -> WireError? {
    let (owner, local) = place(id, in: window)
    guard let field = owner.content.element(.fields, local) else {
      let message = LocalizedText(ru: "нет такого поля", en: "no such field")
      return .invalidParams([.init(path: "/values/\(id)", message)], locale)
    }
    guard field.flag("visible", default: true), field.flag("enabled", default: true), field["type"] != "label" else {
      let label = LocalizedText(field["label"]) ?? LocalizedText(verbatim: id)
      return WireError(
        .refused, kind: "field.disabled",
        LocalizedText(
          ru: "Поле «\(label.ru)» недоступно для изменения", en: "The field '\(label.en)' cannot be changed now"),
        data: ["field": JSONValue(id)])
    }
    return nil
  }

  /// The first of the rows that the table does not have; nil when it has all, or nobody can tell.
  func missing(_ rows: [String], of table: String?, in window: OpenWindow) -> String? {
    let (owner, id) = tableMeant(table, in: window)
    guard !rows.isEmpty, let element = owner.table(id) else { return nil }
    if let own = WindowRows(element, locale) { return rows.first { own.row($0) == nil } }
    guard let source = element["source"]?.string, let loaded = shell.loadedTable(source) else { return nil }
    return shell.missing(rows, in: loaded, arguments: element["arguments"] ?? .emptyObject, session: self)
  }

  /// The table that a client means, also when it names none.
  private func tableMeant(_ table: String?, in window: OpenWindow) -> (owner: OpenWindow, id: String) {
    place(table ?? window.currentTab ?? window.content[.tables].first?["id"]?.string ?? "", in: window)
  }

  /// Selects a tab, or rows of a table; the selection is replaced.
  func select(_ window: OpenWindow, tab: String?, table: String?, rows: [String]?) -> Result<JSONValue, WireError> {
    if let tab {
      allow(window)
      let target = window.elements(.tabs).first { $0.json["id"]?.string == tab }?.json
      guard target?.flag("visible", default: true) == true else {
        return .failure(.notFound("tab", tab))
      }
      window.selectedTab = tab
    }
    if let rows {
      let (owner, id) = tableMeant(table, in: window)
      guard let target = owner.table(id) else { return .failure(.notFound("table", table ?? id)) }
      let mode = target["selection"]?.string ?? "none"
      guard mode != "none" || rows.isEmpty, mode != "single" || rows.count <= 1 else {
        let message = LocalizedText(
          ru: "таблица позволяет выбрать: \(mode)", en: "the table's selection is: \(mode)")
        return .failure(.invalidParams([.init(path: "/rows", message)], locale))
      }
      owner.selected[id] = rows
    }
    return .success(Self.outcome(updateEffect(window).map { [$0] } ?? []))
  }
}
