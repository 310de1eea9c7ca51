import Jansson

/// A button of a window, a row or a dialog.
public struct Button: Sendable {
  public var id: String
  public var label: Text
  public var style: Style
  public var action: Action
  public var enabled: Bool
  public var visible: Bool
  /// Why it is disabled, in words.
  public var why: Text?
  /// The tab or table that it stands in.
  public var tab: String?
  public var table: String?
  /// Shown in each row of its table, pressed with the row.
  public var row: Bool

  public enum Style: String, Sendable { case primary, `default`, danger }

  public enum Action: Sendable {
    /// Asks the plugin: WINDOW_PRESSED.
    case ask
    /// Closes the window.
    case close
    /// Runs a command. A string argument that starts with `=` is the value of the field of that name. On
    /// success the window closes unless `keepOpen`. `changedOnly`: only fields and tables that the person has changed
    /// become arguments, so that two people who edit one record do not undo each other's work.
    case command(String, arguments: JSONValue = .emptyObject, keepOpen: Bool = false, changedOnly: Bool = false)
    /// Opens a window.
    case open(String, arguments: JSONValue = .emptyObject)
    /// In a dialog: presses a button of the window behind it, with arguments.
    case press(String, arguments: JSONValue = .emptyObject)
  }

  public init(
    _ id: String, _ label: Text, _ action: Action = .ask, style: Style = .default, enabled: Bool = true,
    visible: Bool = true, why: Text? = nil, tab: String? = nil, table: String? = nil, row: Bool = false
  ) {
    self.id = id
    self.label = label
    self.action = action
    self.style = style
    self.enabled = enabled
    self.visible = visible
    self.why = why
    self.tab = tab
    self.table = table
    self.row = row
  }

  /// «Отмена»: closes and changes nothing.
  public static let cancel = Button("cancel", Text("Отмена", en: "Cancel"), .close)

  public var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("id", JSONValue(id)), ("label", label.json), ("style", JSONValue(style.rawValue)),
      ("enabled", JSONValue(enabled)), ("visible", JSONValue(visible)), ("row", JSONValue(row)),
    ]
    if let why { members.append(("why", why.json)) }
    if let tab { members.append(("tab", JSONValue(tab))) }
    if let table { members.append(("table", JSONValue(table))) }
    switch action {
    case .ask: break
    case .close: members.append(("close", true))
    case .command(let command, let arguments, let keepOpen, let changedOnly):
      members += [("command", JSONValue(command)), ("arguments", arguments), ("keepOpen", JSONValue(keepOpen))]
      if changedOnly { members.append(("changedOnly", true)) }
    case .open(let type, let arguments):
      members.append(("open", ["window": JSONValue(type), "arguments": arguments]))
    case .press(let button, let arguments):
      members.append(("press", ["button": JSONValue(button), "arguments": arguments]))
    }
    return JSONValue(members: members)
  }
}
