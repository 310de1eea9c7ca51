import Jansson

/// What a person is asked on the way.
package protocol Prompts {
  /// A line of text; nil when the person thinks better of it. A secret one is not shown.
  func line(_ label: String, initial: String, isSecret: Bool) throws -> String?
  /// The number of one of `options`; nil when none was chosen.
  func choice(_ label: String, options: [String], initial: Int) throws -> Int?
  /// A line that is read and done with.
  func say(_ text: String)
}

/// Carries out what a person did. Each act is one request; the host decides what comes of it.
package struct Acting {
  let session: DeskSession
  let prompts: any Prompts

  package init(_ session: DeskSession, _ prompts: any Prompts) {
    self.session = session
    self.prompts = prompts
  }

  package func perform(_ action: Action) throws {
    switch action {
    case .item(let path): try act("startMenu/open", ["path": JSONValue(path.map { JSONValue($0) })])
    case .shortcut(let id): try act("shortcut/open", ["id": JSONValue(id)])
    case .show: break
    case .tab(let window, let tab): try act("window/select", ["window": JSONValue(window), "tab": JSONValue(tab)])
    case .press(let window, let button, let row): try press(window, button, row)
    case .field(let window, let field): try self.field(window, field)
    case .cell(let window, let table, let row, let column): try cell(window, table, row, column)
    case .sort(let window, let table, let column): session.sort(window, table, by: column)
    case .more(let window, let table): _ = try session.readMore(window, table)
    }
  }

  /// Closes a window; for a dialog that is its refusal.
  package func close(_ window: String) throws { try act("window/close", ["window": JSONValue(window)]) }

  private func act(_ method: String, _ params: JSONValue) throws {
    for effect in try session.act(method, params) {
      if case .address(let address) = effect { prompts.say(session.words.link(address)) }
    }
  }

  private func press(_ window: String, _ id: String, _ row: String?) throws {
    guard let button = session.window(window)?.element("buttons", id) else { return }
    guard button["enabled"] == true else {
      return prompts.say(button["why"]?.string ?? button["label"]?.string ?? id)
    }
    let params: JSONValue = ["window": JSONValue(window), "button": JSONValue(id)]
    try act("window/press", row.map { params.setting("row", JSONValue($0)) } ?? params)
  }

  private func field(_ window: String, _ id: String) throws {
    guard let field = session.window(window)?.element("fields", id) else { return }
    guard field["enabled"] == true else { return prompts.say(field["hint"]?.string ?? field["label"]?.string ?? id) }
    if field["type"]?.string == "reference" {
      return try act("window/press", ["window": JSONValue(window), "button": JSONValue("pick:\(id)")])
    }
    guard let value = try value(field) else { return }
    try act("window/set", ["window": JSONValue(window), "values": JSONValue(members: [(id, value)])])
  }

  /// What the person makes of a field; nil when it stays as it is.
  private func value(_ field: JSONValue) throws -> JSONValue? {
    let label = field["label"]?.string ?? field.id
    switch field["type"]?.string {
    case "checkbox": return JSONValue(field["value"] != true)
    case "select":
      let options = field.elements("options")
      let now = options.firstIndex { $0["value"] == field["value"] } ?? 0
      return try prompts.choice(label, options: options.map { $0["title"]?.string ?? "" }, initial: now)
        .flatMap { options[$0]["value"] }
    case "password": return try prompts.line(label, initial: "", isSecret: true).map { JSONValue($0) }
    case let type:
      let now = FieldText.shown(field, session.words)
      return try prompts.line(label, initial: now, isSecret: false).map { typed($0, type ?? "text") }
    }
  }

  /// Text as the wire wants it. What does not fit is sent as it was typed: the host says what is wrong with it.
  private func typed(_ text: String, _ type: String) -> JSONValue {
    if text.isEmpty, type != "text" { return .null }
    guard type == "number" else { return JSONValue(text) }
    if let whole = Int64(text) { return JSONValue(whole) }
    return Double(text.replacing(",", with: ".")).map { JSONValue($0) } ?? JSONValue(text)
  }

  /// An editable cell is edited, a link shown, any other selects its row.
  private func cell(_ window: String, _ table: String, _ row: String, _ column: String) throws {
    guard let model = session.window(window)?.element("tables", table), let data = session.row(window, table, row),
      let heading = model.element("columns", column)
    else { return }
    let (value, type) = (data["cells"]?[column] ?? .null, heading["type"]?.string ?? "text")
    let isLocked = data.elements("locked").contains { $0.string == column }
    if heading["editable"] == true, !isLocked {
      guard let new = try edited(value, heading, type) else { return }
      return try act(
        "window/edit",
        [
          "window": JSONValue(window), "table": JSONValue(table), "row": JSONValue(row),
          "values": JSONValue(members: [(column, new)]),
        ])
    }
    if type == "link", let address = value.string { return prompts.say(session.words.link(address)) }
    try select(window, model, row)
  }

  private func edited(_ value: JSONValue, _ column: JSONValue, _ type: String) throws -> JSONValue? {
    if type == "boolean" { return JSONValue(value != true) }
    let now = FieldText.cell(value, type: type, session.words)
    return try prompts.line(column["title"]?.string ?? column.id, initial: now, isSecret: false).map { typed($0, type) }
  }

  /// In a table for several, a row joins or leaves those that are selected.
  private func select(_ window: String, _ table: JSONValue, _ row: String) throws {
    guard let kind = table["selection"]?.string, kind != "none" else { return }
    let selected = table.elements("selected").compactMap(\.string)
    let rest = selected.filter { $0 != row }
    let rows = (kind == "multiple" ? rest : []) + (rest.count == selected.count ? [row] : [])
    try act(
      "window/select",
      ["window": JSONValue(window), "table": JSONValue(table.id), "rows": JSONValue(rows.map { JSONValue($0) })])
  }
}
