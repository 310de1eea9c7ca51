import Jansson

/// What the desktop asks its host through.
package protocol DeskWire: AnyObject {
  /// The result of one method; a refusal is thrown, and its text can be shown to a person.
  func call(_ method: String, _ params: JSONValue) throws -> JSONValue
}

/// One signed-in person's desktop as the host tells it: what is open, and the rows that were read of it.
package final class DeskSession {
  package let wire: any DeskWire
  package let words: Words
  package private(set) var desktop: JSONValue = .emptyObject
  package private(set) var user: JSONValue = .null
  /// In the order in which they were opened.
  package private(set) var windows: [(id: String, window: JSONValue)] = []
  private var tables: [String: TableRows] = [:]
  /// The window that came up last, for whoever draws; taken by `takeOpened`.
  private var opened: String?
  package private(set) var isEnded = false

  package init(_ wire: any DeskWire, words: Words) {
    self.wire = wire
    self.words = words
  }

  /// Reads who is signed in and the desktop; windows that the host opened or closed by itself come and go.
  package func reload() throws {
    user = try wire.call("session/get", .emptyObject)["user"] ?? .null
    desktop = try wire.call("desktop/get", .emptyObject)
    let living = desktop["windows"]?.array ?? []
    let ids = Set(living.compactMap { $0["id"]?.string })
    for id in windows.map(\.id) where !ids.contains(id) { close(id) }
    for window in living where self.window(window["id"]?.string ?? "") == nil { open(window) }
  }

  package func window(_ id: String) -> JSONValue? { windows.first { $0.id == id }?.window }

  package func takeOpened() -> String? {
    defer { opened = nil }
    return opened
  }

  /// A request whose answer is an Outcome: its effects are applied in their order.
  @discardableResult
  package func act(_ method: String, _ params: JSONValue) throws -> [DeskEffect] {
    let outcome = try wire.call(method, params)
    return (outcome["effects"]?.array ?? []).compactMap { apply($0) }
  }

  private func apply(_ effect: JSONValue) -> DeskEffect? {
    let id = effect["id"]?.string ?? ""
    switch effect["type"]?.string {
    case "openWindow": open(effect["window"] ?? .emptyObject)
    case "updateWindow": update(id, effect["revision"], effect["changed"])
    case "closeWindow": close(id)
    case "openURL": return (effect["url"]?.string).map(DeskEffect.address)
    case "refresh": refresh(effect["registry"]?.string ?? "")
    default: break
    }
    return nil
  }

  /// Takes in what the host tells by itself.
  package func told(_ method: String, _ params: JSONValue) throws {
    switch method {
    case "window/didChange": update(params["window"]?.string ?? "", params["revision"], params["changed"])
    case "desktop/didChange": try reload()
    case "registry/didChange": refresh(params["registry"]?.string ?? "")
    case "session/didEnd": isEnded = true
    default: break
    }
  }

  private func open(_ window: JSONValue) {
    guard let id = window["id"]?.string else { return }
    windows.append((id, window))
    opened = id
  }

  private func close(_ id: String) {
    windows.removeAll { $0.id == id }
    tables = tables.filter { !$0.key.hasPrefix("\(id)/") }
  }

  private func update(_ id: String, _ revision: JSONValue?, _ changed: JSONValue?) {
    guard let place = windows.firstIndex(where: { $0.id == id }), let changed else { return }
    let old = windows[place].window
    let (known, new) = (old["revision"]?.int ?? 0, revision?.int ?? Int.max)
    guard new > known else { return }
    windows[place].window = WindowChange.merge(old, changed).setting("revision", revision ?? JSONValue(known))
  }

  private func refresh(_ registry: String) {
    for (id, window) in windows where window["type"]?.string == "registry:\(registry)" { forgetRows(id) }
  }
}

/// What an outcome asks of whoever draws, beyond windows.
package enum DeskEffect: Equatable {
  case address(String)
}

// Rows.
extension DeskSession {
  /// The rows of a table that is on the screen; read when they were never read or have changed.
  func rows(_ window: String, _ table: JSONValue) throws -> TableRows {
    let name = table["id"]?.string ?? ""
    var rows = tables["\(window)/\(name)"] ?? TableRows()
    let revision = table["revision"]?.int ?? 0
    if rows.revision != revision {
      rows.take(try query(window, name, rows.question()), isMore: false)
      rows.revision = revision
      tables["\(window)/\(name)"] = rows
    }
    return rows
  }

  /// Reads the next page; false when there is none.
  package func readMore(_ window: String, _ table: String) throws -> Bool {
    guard var rows = tables["\(window)/\(table)"], let next = rows.next else { return false }
    rows.take(try query(window, table, rows.question(after: next)), isMore: true)
    tables["\(window)/\(table)"] = rows
    return true
  }

  package func sort(_ window: String, _ table: String, by column: String) {
    tables["\(window)/\(table)", default: TableRows()].sortBy(column)
  }

  package func search(_ window: String, _ table: String) -> String { tables["\(window)/\(table)"]?.search ?? "" }

  package func search(_ window: String, _ table: String, for text: String) {
    tables["\(window)/\(table)", default: TableRows()].search = text
    tables["\(window)/\(table)"]?.revision = nil
  }

  package func forgetRows(_ window: String) {
    for key in tables.keys where key.hasPrefix("\(window)/") { tables[key]?.revision = nil }
  }

  /// A row that was read, by its id.
  func row(_ window: String, _ table: String, _ id: String) -> JSONValue? {
    tables["\(window)/\(table)"]?.rows.first { $0["id"]?.string == id }
  }

  private func query(_ window: String, _ table: String, _ question: JSONValue) throws -> JSONValue {
    try wire.call(
      "table/query", question.setting("window", JSONValue(window)).setting("table", JSONValue(table)))
  }
}
