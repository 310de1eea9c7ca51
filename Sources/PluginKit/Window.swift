import Jansson

/// A window as its plugin describes it; the host keeps it and its state, clients draw it.
public struct Window: Sendable {
  public enum Kind: String, Sendable { case form, picker, dialog }

  public var kind: Kind
  public var title: Text
  public var modal: Bool
  public var level: Level?
  public var text: Text?
  public var fields: [Field]
  public var tabs: [Tab]
  public var tables: [WindowTable]
  public var buttons: [Button]
  /// Kept with the window, given back at each call, never sent to a client.
  public var state: JSONValue
  /// Whether the window's `changed` is asked, with no changes, whenever rows change that its calls have read: what
  /// others save shows in it by itself. It must leave alone what the person has typed.
  public var isLive: Bool

  public init(
    _ kind: Kind = .form, title: Text, modal: Bool = false, level: Level? = nil, text: Text? = nil,
    fields: [Field] = [], tabs: [Tab] = [], tables: [WindowTable] = [], buttons: [Button] = [],
    state: JSONValue = .null, isLive: Bool = false
  ) {
    self.kind = kind
    self.title = title
    self.modal = modal
    self.level = level
    self.text = text
    self.fields = fields
    self.tabs = tabs
    self.tables = tables
    self.buttons = buttons
    self.state = state
    self.isLive = isLive
  }

  public var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("kind", JSONValue(kind.rawValue)), ("title", title.json), ("modal", JSONValue(modal)),
      ("fields", JSONValue(fields.map(\.json))), ("tabs", JSONValue(tabs.map(\.json))),
      ("tables", JSONValue(tables.map(\.json))), ("buttons", JSONValue(buttons.map(\.json))), ("state", state),
    ]
    if let level { members.append(("level", JSONValue(level.rawValue))) }
    if let text { members.append(("text", text.json)) }
    if isLive { members.append(("live", true)) }
    return JSONValue(members: members)
  }
}

/// A tab of a window.
public struct Tab: Sendable {
  public var id: String
  public var title: Text
  public var visible: Bool
  public var selected: Bool

  public init(_ id: String, _ title: Text, visible: Bool = true, selected: Bool = false) {
    self.id = id
    self.title = title
    self.visible = visible
    self.selected = selected
  }

  public var json: JSONValue {
    [
      "id": JSONValue(id), "title": title.json, "visible": JSONValue(visible), "selected": JSONValue(selected),
    ]
  }
}

/// What changes in a window: elements are matched by id and merged member by member.
public struct Patch: Sendable {
  private var members: [(String, JSONValue)] = []

  public init() {}

  public var json: JSONValue { JSONValue(members: members) }

  /// Whole elements, new or replaced.
  public func fields(_ fields: [Field]) -> Patch { adding("fields", JSONValue(fields.map(\.json))) }
  public func buttons(_ buttons: [Button]) -> Patch { adding("buttons", JSONValue(buttons.map(\.json))) }
  public func tabs(_ tabs: [Tab]) -> Patch { adding("tabs", JSONValue(tabs.map(\.json))) }
  public func tables(_ tables: [WindowTable]) -> Patch { adding("tables", JSONValue(tables.map(\.json))) }
  public func title(_ title: Text) -> Patch { adding("title", title.json) }
  public func text(_ text: Text) -> Patch { adding("text", text.json) }

  /// Some members of one field, e.g. `["value": "5А", "enabled": false]`.
  public func field(_ id: String, _ changes: JSONValue) -> Patch {
    appending("fields", changes.setting("id", JSONValue(id)))
  }

  /// The rows of a table that keeps them in the window.
  public func rows(_ table: String, _ rows: [WindowTable.Row]) -> Patch {
    appending("tables", ["id": JSONValue(table), "rows": JSONValue(rows.map(\.json))])
  }

  /// Some members of one button.
  public func button(_ id: String, _ changes: JSONValue) -> Patch {
    appending("buttons", changes.setting("id", JSONValue(id)))
  }

  /// Takes buttons away.
  public func removing(buttons ids: [String]) -> Patch {
    guard !ids.isEmpty else { return self }
    var copy = self
    copy.members.append(("removed", ["buttons": JSONValue(ids.map { JSONValue($0) })]))
    return copy
  }

  private func adding(_ key: String, _ value: JSONValue) -> Patch {
    var copy = self
    if let list = value.array {
      for element in list { copy = copy.appending(key, element) }
    } else {
      copy.members.append((key, value))
    }
    return copy
  }

  private func appending(_ key: String, _ element: JSONValue) -> Patch {
    var copy = self
    let before = members.first { $0.0 == key }?.1.array ?? []
    copy.members.removeAll { $0.0 == key }
    copy.members.append((key, JSONValue(before + [element])))
    return copy
  }
}
