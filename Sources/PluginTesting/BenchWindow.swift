import PluginKit

/// An open window, as the person uses it whose client opened it. Fields and buttons go by their ids or their labels.
public struct BenchWindow: Sendable {
  private let bench: PluginBench
  private let user: BenchUser
  /// The window as it was when it was opened.
  public let opened: JSONValue

  init(_ bench: PluginBench, _ user: BenchUser, _ json: JSONValue) {
    self.bench = bench
    self.user = user
    opened = json
  }

  public var id: String { opened["id"]?.string ?? "" }
  public var title: String { opened["title"]?.string ?? "" }
  /// A message's or question's words.
  public var text: String { opened["text"]?.string ?? "" }

  /// The window as it is now.
  public func now() async throws -> JSONValue { try await call("window/get") }

  /// The window as plain text, the same for the same state.
  public func rendered(width: Int = 80) async throws -> String {
    try await call("window/render", ["width": JSONValue(width)])["text"]?.string ?? ""
  }

  /// A field as it is now: `{"id", "label", "type", "value", "enabled", "visible", "error"?, …}`.
  public func field(_ name: String) async throws -> JSONValue { try await find(name, in: "fields") }

  /// A button as it is now: `{"id", "label", "enabled", "visible", "why"?, …}`.
  public func button(_ name: String) async throws -> JSONValue { try await find(name, in: "buttons") }

  /// Fills in fields, as a person types.
  @discardableResult
  public func set(_ values: JSONValue) async throws -> BenchOutcome {
    var byID: [(String, JSONValue)] = []
    for (name, value) in values.members ?? [] { byID.append((try await field(name)["id"]?.string ?? name, value)) }
    return try await act("window/set", ["values": JSONValue(members: byID)])
  }

  /// Presses a button; `row`: that of a row.
  @discardableResult
  public func press(_ name: String, row: String? = nil) async throws -> BenchOutcome {
    let button = try await button(name)["id"] ?? .null
    let params: JSONValue = ["button": button]
    return try await act("window/press", row.map { params.setting("row", JSONValue($0)) } ?? params)
  }

  /// Selects rows of a table; the window's only one when `table` is nil.
  @discardableResult
  public func select(_ rows: [String], of table: String? = nil) async throws -> BenchOutcome {
    let table = try await self.table(table)
    return try await act("window/select", ["table": table, "rows": JSONValue(rows.map { JSONValue($0) })])
  }

  /// Shows another tab.
  @discardableResult
  public func select(tab: String) async throws -> BenchOutcome {
    try await act("window/select", ["tab": try await find(tab, in: "tabs")["id"] ?? .null])
  }

  /// Edits cells of a row.
  @discardableResult
  public func edit(row: String, _ values: JSONValue, of table: String? = nil) async throws -> BenchOutcome {
    try await act("window/edit", ["table": try await self.table(table), "row": JSONValue(row), "values": values])
  }

  /// The rows of a table.
  public func rows(of table: String? = nil, search: String? = nil) async throws -> [JSONValue] {
    var params: JSONValue = ["table": try await self.table(table), "limit": 500]
    if let search { params = params.setting("search", JSONValue(search)) }
    return try await call("table/query", params)["rows"]?.array ?? []
  }

  public func close() async throws { try await call("window/close") }

  private func act(_ method: String, _ params: JSONValue) async throws -> BenchOutcome {
    BenchOutcome(bench, user, try await call(method, params))
  }

  @discardableResult
  private func call(_ method: String, _ params: JSONValue = .emptyObject) async throws -> JSONValue {
    try await bench.call(method, params.setting("window", JSONValue(id)), as: user)
  }

  private func table(_ id: String?) async throws -> JSONValue {
    if let id { return JSONValue(id) }
    let tables = try await now()["tables"]?.array ?? []
    guard tables.count == 1, let only = tables[0]["id"] else {
      throw BenchTrouble("the window has \(tables.count) tables: say which")
    }
    return only
  }

  /// An element by its id, or else a visible one by its label.
  private func find(_ name: String, in list: String) async throws -> JSONValue {
    let all = try await now()[list]?.array ?? []
    let found =
      all.first { $0["id"]?.string == name }
      ?? all.first { ($0["label"] ?? $0["title"])?.string == name && $0["visible"] != false }
    guard let found else {
      let names = all.map { "\($0["id"]?.string ?? "") «\(($0["label"] ?? $0["title"])?.string ?? "")»" }
      throw BenchTrouble("no '\(name)' among the window's \(list): \(names.joined(separator: ", "))")
    }
    return found
  }
}
