import Jansson

/// A plugin's table of contents: what its code brings, name by name. The manifest says the rest.
///
/// A handler may be synchronous (it then runs on the plugin's executor and holds it) or `async` (it then runs
/// as a task, and the next call starts meanwhile).
public struct PluginDefinition: Sendable {
  public let id: String
  public var migrations: [Migration] = []
  /// Runs once, after the migrations and before the first call.
  public var activate: (@Sendable (Host) throws -> Void)?

  private(set) var tables: [(String, TableSource)] = []
  private(set) var handlers: [HandlerKey: Handler] = [:]

  public init(id: String) { self.id = id }

  public mutating func table(_ id: String, _ source: TableSource) { tables.append((id, source)) }

  public mutating func command(_ id: String, _ run: @escaping @Sendable (Call) throws -> Outcome) {
    add(.command, id, .sync { try run($0).json })
  }
  public mutating func command(_ id: String, _ run: @escaping @Sendable (Call) async throws -> Outcome) {
    add(.command, id, .async { try await run($0).json })
  }

  public mutating func service(_ name: String, _ run: @escaping @Sendable (Call) throws -> JSONValue) {
    add(.service, name, .sync(run))
  }
  public mutating func service(_ name: String, _ run: @escaping @Sendable (Call) async throws -> JSONValue) {
    add(.service, name, .async(run))
  }

  /// Handles an event; the first write of the call moves the plugin's cursor past it.
  public mutating func event(_ name: String, _ run: @escaping @Sendable (Call) throws -> Void) {
    add(
      .event, name,
      .sync { call in
        try run(call)
        return .emptyObject
      })
  }
  public mutating func event(_ name: String, _ run: @escaping @Sendable (Call) async throws -> Void) {
    add(
      .event, name,
      .async { call in
        try await run(call)
        return .emptyObject
      })
  }

  /// Handles a job; one that throws is tried again later.
  public mutating func job(_ name: String, _ run: @escaping @Sendable (Call) throws -> Void) {
    add(
      .job, name,
      .sync { call in
        try run(call)
        return .emptyObject
      })
  }
  public mutating func job(_ name: String, _ run: @escaping @Sendable (Call) async throws -> Void) {
    add(
      .job, name,
      .async { call in
        try await run(call)
        return .emptyObject
      })
  }

  /// A window type, or the type of an extension (`contributes.extensions`): elements in a form of another plugin.
  /// `open` describes the window; `changed` answers fields that say `notify`; `pressed` answers buttons without a
  /// command.
  ///
  /// Of what an extension's `open` describes, the form shows fields, tabs, tables and buttons. The call's arguments are
  /// those that the form shares, and `Call.extendedForm` is its type. It is asked again whenever rows change that its
  /// transactions read, so it must not write; what the person has typed meanwhile stays. Everything else is as in a
  /// window of its own, except that a button's command never closes the form; the effect `.closeWindow` does.
  public mutating func window(
    _ type: String, open: @escaping @Sendable (Call) throws -> Window,
    changed: (@Sendable (WindowQuestion) throws -> WindowAnswer)? = nil,
    pressed: (@Sendable (WindowQuestion) throws -> WindowAnswer)? = nil
  ) {
    add(.windowOpen, type, .sync { try open($0).json })
    if let changed { add(.windowChanged, type, .sync { try changed(WindowQuestion($0)).json }) }
    if let pressed { add(.windowPressed, type, .sync { try pressed(WindowQuestion($0)).json }) }
  }

  private mutating func add(_ kind: CallKind, _ name: String, _ handler: Handler) {
    let key = HandlerKey(kind: kind, name: name)
    precondition(handlers[key] == nil, "'\(name)' is registered twice in plugin '\(id)'")
    handlers[key] = handler
  }

  /// The `describe` value of the C table.
  var description: JSONValue {
    func names(_ kind: CallKind) -> JSONValue {
      JSONValue(handlers.keys.filter { $0.kind == kind }.map(\.name).sorted().map { JSONValue($0) })
    }
    return [
      "migrations": JSONValue(migrations.map(\.json)),
      "tables": JSONValue(members: tables.map { ($0.0, $0.1.json) }), "commands": names(.command),
      "windows": names(.windowOpen), "services": names(.service), "events": names(.event), "jobs": names(.job),
    ]
  }
}

enum CallKind: UInt32, Sendable {
  case command = 1
  case windowOpen = 2
  case windowChanged = 3
  case windowPressed = 4
  case tableRows = 5
  case service = 6
  case event = 7
  case job = 8
}

struct HandlerKey: Hashable, Sendable {
  let kind: CallKind
  let name: String
}

enum Handler: Sendable {
  case sync(@Sendable (Call) throws -> JSONValue)
  case async(@Sendable (Call) async throws -> JSONValue)
}
