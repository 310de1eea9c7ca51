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
    var notified: [(String, JSONValue)] = []
    for (id, typed) in values {
      guard let field = window.content.element(.fields, id) else { continue }
      let problem = FieldInput.problem(field, typed)
      let value = FieldInput.kept(field, typed)
      let isReference = field["type"]?.string == "reference"
      var change: JSONValue = ["value": value, "error": problem?.json ?? .null]
      if isReference { change = change.setting("display", JSONValue(display)) }
      window.content.update(.fields, id, change)
      if problem == nil, field["notify"]?.bool == true { notified.append((id, value)) }
    }
    guard !notified.isEmpty else {
      return done(.success(Self.outcome(updateEffect(window).map { [$0] } ?? [])))
    }
    changed(window, ["changes": JSONValue(members: notified)], request, done)
  }

  /// Takes edited cells of a table; the plugin decides.
  func edit(
    _ window: OpenWindow, table: String, row: String, values: JSONValue, request: Request, _ done: @escaping Pressed
  ) {
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
    shell.call(call, request: request) { [self] result in
      switch result {
      case .success(let answer): take(answer, window, request) { done(.success(Self.outcome($0))) }
      case .failure(let failure): done(.failure(failure.wire(locale)))
      }
    }
  }

  private func refusal(_ window: OpenWindow, field id: String) -> WireError? {
    guard let field = window.content.element(.fields, id) else {
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
    let id = table ?? window.currentTab ?? window.content[.tables].first?["id"]?.string ?? ""
    guard !rows.isEmpty, let element = window.table(id) else { return nil }
    if let own = WindowRows(element, locale) { return rows.first { own.row($0) == nil } }
    guard let source = element["source"]?.string, let loaded = shell.loadedTable(source) else { return nil }
    return shell.missing(rows, in: loaded, arguments: element["arguments"] ?? .emptyObject, session: self)
  }

  /// Selects a tab, or rows of a table; the selection is replaced.
  func select(_ window: OpenWindow, tab: String?, table: String?, rows: [String]?) -> Result<JSONValue, WireError> {
    if let tab {
      guard let target = window.content.element(.tabs, tab), target.flag("visible", default: true) else {
        return .failure(.notFound("tab", tab))
      }
      window.selectedTab = tab
    }
    if let rows {
      let id = table ?? window.currentTab ?? window.content[.tables].first?["id"]?.string ?? ""
      guard let target = window.table(id) else { return .failure(.notFound("table", id)) }
      let mode = target["selection"]?.string ?? "none"
      guard mode != "none" || rows.isEmpty, mode != "single" || rows.count <= 1 else {
        let message = LocalizedText(
          ru: "таблица позволяет выбрать: \(mode)", en: "the table's selection is: \(mode)")
        return .failure(.invalidParams([.init(path: "/rows", message)], locale))
      }
      window.selected[id] = rows
    }
    return .success(Self.outcome(updateEffect(window).map { [$0] } ?? []))
  }
}
