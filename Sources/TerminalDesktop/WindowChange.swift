import Jansson

/// `changed` of the wire, put over a window: elements whole, matched by id, new ones at the end, removed ones gone.
enum WindowChange {
  private static let lists = ["fields", "tabs", "tables", "buttons"]

  static func merge(_ window: JSONValue, _ changed: JSONValue) -> JSONValue {
    var result = window
    for key in ["title", "text", "level"] {
      if let value = changed[key] { result = result.setting(key, value) }
    }
    for list in lists {
      let gone = Set(changed["removed"]?[list]?.array?.compactMap(\.string) ?? [])
      let new = changed[list]?.array ?? []
      guard !gone.isEmpty || !new.isEmpty else { continue }
      var kept = (window[list]?.array ?? []).filter { !gone.contains($0["id"]?.string ?? "") }
      for element in new {
        if let place = kept.firstIndex(where: { $0["id"] == element["id"] }) {
          kept[place] = element
        } else {
          kept.append(element)
        }
      }
      result = result.setting(list, JSONValue(kept))
    }
    return result
  }
}

/// Questions that are asked of elements again and again.
extension JSONValue {
  var id: String { self["id"]?.string ?? "" }

  func elements(_ list: String) -> [JSONValue] { self[list]?.array ?? [] }

  func element(_ list: String, _ id: String) -> JSONValue? { elements(list).first { $0.id == id } }

  /// Whether an element of this window is visible, and on no tab or on the selected one.
  func shows(_ element: JSONValue) -> Bool {
    guard element["visible"] != false else { return false }
    guard let tab = element["tab"]?.string else { return true }
    return self.element("tabs", tab)?["selected"] == true
  }

  /// Tables of this window that are on the screen.
  var shownTables: [JSONValue] { elements("tables").filter(shows) }
}
