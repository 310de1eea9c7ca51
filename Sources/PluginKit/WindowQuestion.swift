import Jansson

/// What a window asks its plugin: the window as it stands, its state, and what happened.
public struct WindowQuestion: Sendable {
  public let call: Call

  init(_ call: Call) { self.call = call }

  /// The description with the values that the person typed.
  public var window: JSONValue { call.params["window"] ?? .emptyObject }
  /// The state that the plugin keeps with the window.
  public var state: JSONValue { call.params["state"] ?? .null }
  /// The fields that changed, by id.
  public var changes: JSONValue { call.params["changes"] ?? .emptyObject }
  /// The edited cells: `{table, row, values}`; nil when fields changed.
  public var edit: JSONValue? { call.params["edit"] }
  /// Whether nobody did anything: rows have changed that a live window was made from.
  public var isLookAgain: Bool { edit == nil && changes.count == 0 && button.isEmpty }
  /// The button that was pressed.
  public var button: String { call.params["button"]?.string ?? "" }
  public var row: String? { call.params["row"]?.string }
  public var arguments: JSONValue { call.params["arguments"] ?? .emptyObject }

  /// The value of a field; null when there is none.
  public func value(_ field: String) -> JSONValue {
    window["fields"]?.array?.first { $0["id"]?.string == field }?["value"] ?? .null
  }

  /// The rows of a table that keeps them in the window.
  public func rows(_ table: String) -> [WindowTable.Row] {
    let rows = window["tables"]?.array?.first { $0["id"]?.string == table }?["rows"]?.array
    return (rows ?? []).map { WindowTable.Row($0) }
  }

  /// The ids that a picker chose.
  public var chosen: [String] { (arguments["rows"]?.array ?? []).compactMap(\.string) }

  /// Ids of the selected rows of a table.
  public func selection(_ table: String) -> [String] {
    let rows = window["tables"]?.array?.first { $0["id"]?.string == table }?["selected"]?.array
    return (rows ?? []).compactMap(\.string)
  }
}

/// A plugin's answer to a window: what changes in it, and what else happens.
public struct WindowAnswer: Sendable {
  public var patch: Patch?
  /// The new state; nil keeps the old one.
  public var state: JSONValue?
  public var effects: [Effect]

  public init(patch: Patch? = nil, state: JSONValue? = nil, effects: [Effect] = []) {
    self.patch = patch
    self.state = state
    self.effects = effects
  }

  var json: JSONValue {
    var members: [(String, JSONValue)] = [("effects", JSONValue(effects.map(\.json)))]
    if let patch { members.append(("patch", patch.json)) }
    if let state { members.append(("state", state)) }
    return JSONValue(members: members)
  }
}
