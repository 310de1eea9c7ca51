import Jansson

/// A window as a person reads it: by its titles and labels.
struct Screen {
  let json: JSONValue

  var id: String { json["id"]?.string ?? "" }
  var title: String { json["title"]?.string ?? "" }
  var text: String { json["text"]?.string ?? "" }
  var level: String { json["level"]?.string ?? "" }

  /// Labels of the buttons that are shown.
  var buttons: [String] {
    (json["buttons"]?.array ?? []).filter { $0["visible"] == true }.compactMap { $0["label"]?.string }
  }

  func field(_ label: String) throws -> JSONValue {
    guard let field = json["fields"]?.array?.first(where: { $0["label"]?.string == label }) else {
      throw TestTrouble("«\(title)» has no field «\(label)»")
    }
    return field
  }

  func button(_ label: String) throws -> JSONValue {
    let shown = json["buttons"]?.array?.first { $0["label"]?.string == label && $0["visible"] == true }
    guard let id = shown?["id"] else { throw TestTrouble("«\(title)» shows no button «\(label)»: \(buttons)") }
    return id
  }
}

extension WireClient {
  /// Windows that an outcome opens, in order.
  static func opened(_ outcome: JSONValue) -> [Screen] {
    (outcome["effects"]?.array ?? []).filter { $0["type"] == "openWindow" }.compactMap { $0["window"] }.map(Screen.init)
  }

  /// The one window that an outcome opens.
  static func only(_ outcome: JSONValue) throws -> Screen {
    let windows = opened(outcome)
    guard windows.count == 1 else {
      throw TestTrouble("opened \(windows.count) windows: \(outcome.text().prefix(600))")
    }
    return windows[0]
  }

  func openShortcut(_ title: String) throws -> Screen {
    try Self.only(call("shortcut/open", ["id": JSONValue(title)]))
  }

  func openMenu(_ path: String...) throws -> Screen {
    try Self.only(call("startMenu/open", ["path": JSONValue(path.map { JSONValue($0) })]))
  }

  @discardableResult
  func type(_ text: String, into label: String, of window: Screen) throws -> JSONValue {
    let id = try window.field(label)["id"]?.string ?? ""
    return try call("window/set", ["window": JSONValue(window.id), "values": [id: JSONValue(text)]])
  }

  @discardableResult
  func press(_ label: String, of window: Screen) throws -> JSONValue {
    try call("window/press", ["window": JSONValue(window.id), "button": try window.button(label)])
  }

  /// The window as it is now.
  func look(at window: Screen) throws -> Screen {
    Screen(json: try call("window/get", ["window": JSONValue(window.id)]))
  }

  func shortcuts() throws -> [String] { Self.titles(try call("desktop/get")["shortcuts"]) }

  static func titles(_ items: JSONValue?) -> [String] { (items?.array ?? []).compactMap { $0["title"]?.string } }

  /// Waits until the host has told that the shortcuts changed, and to these.
  func shortcutsBecome(_ titles: [String], within seconds: Double = 20) throws -> Bool {
    if try shortcuts() == titles { return true }
    while let told = try notification("desktop/didChange", within: seconds) {
      let changed = told["changed"]?.array?.contains("shortcuts") == true
      if changed, try shortcuts() == titles { return true }
    }
    return false
  }
}
