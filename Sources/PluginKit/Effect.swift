import Jansson

/// What happens on the desktop after a command, a press or a change; applied in order.
public enum Effect: Sendable {
  /// A window of this plugin or another, by its type.
  case openWindow(String, arguments: JSONValue = .emptyObject)
  case openRegistry(String, tab: String? = nil)
  /// A message with «Ок», or a question with buttons of its own.
  case dialog(Level, Text, title: Text? = nil, buttons: [Button] = [])
  /// Opens a picker over a table source, with check marks when `multiple`. «Выбрать» presses `button` of the window
  /// that was pressed, with the arguments `with` and the chosen ids as `rows`.
  case pick(
    table: String, title: Text, arguments: JSONValue = .emptyObject, multiple: Bool = false, button: String,
    with: JSONValue = .emptyObject)
  /// Changes the window that was pressed.
  case updateWindow(Patch)
  /// Closes the window that was pressed.
  case closeWindow
  case openURL(String)
  /// Tells clients to read a table again; tables of a source tell it by themselves.
  case refresh(registry: String, tab: String? = nil)

  public var json: JSONValue {
    switch self {
    case .openWindow(let type, let arguments):
      return ["type": "openWindow", "window": JSONValue(type), "arguments": arguments]
    case .openRegistry(let registry, let tab):
      let effect: JSONValue = ["type": "openRegistry", "registry": JSONValue(registry)]
      return tab.map { effect.setting("tab", JSONValue($0)) } ?? effect
    case .dialog(let level, let text, let title, let buttons):
      var members: [(String, JSONValue)] = [
        ("type", "dialog"), ("level", JSONValue(level.rawValue)), ("text", text.json),
      ]
      if let title { members.append(("title", title.json)) }
      if !buttons.isEmpty { members.append(("buttons", JSONValue(buttons.map(\.json)))) }
      return JSONValue(members: members)
    case .pick(let table, let title, let arguments, let multiple, let button, let with):
      return [
        "type": "pick", "table": JSONValue(table), "title": title.json, "arguments": arguments,
        "multiple": JSONValue(multiple), "button": JSONValue(button), "with": with,
      ]
    case .updateWindow(let patch): return ["type": "updateWindow", "patch": patch.json]
    case .closeWindow: return ["type": "closeWindow"]
    case .openURL(let url): return ["type": "openURL", "url": JSONValue(url)]
    case .refresh(let registry, let tab):
      let effect: JSONValue = ["type": "refresh", "registry": JSONValue(registry)]
      return tab.map { effect.setting("tab", JSONValue($0)) } ?? effect
    }
  }
}

/// What a command answers: a result for scripts, effects for the desktop.
public struct Outcome: Sendable {
  public var result: JSONValue?
  public var effects: [Effect]

  public init(result: JSONValue? = nil, effects: [Effect] = []) {
    self.result = result
    self.effects = effects
  }

  public static let done = Outcome()

  var json: JSONValue {
    let effects: JSONValue = ["effects": JSONValue(effects.map(\.json))]
    return result.map { effects.setting("result", $0) } ?? effects
  }
}
