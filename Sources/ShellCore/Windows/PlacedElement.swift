import Jansson

/// A field, tab, table or button as it stands in a window: whose it is, and how clients name it.
struct PlacedElement {
  /// The window itself, or the window inside of an extension.
  let owner: OpenWindow
  /// Its id in the owner's description; `json` has the one for clients.
  let id: String
  let json: JSONValue
}

extension OpenWindow {
  /// The window's own elements, with what extensions show put behind the last one of the same tab.
  func elements(_ part: WindowContent.Part) -> [PlacedElement] {
    var placed = content[part].map { PlacedElement(owner: self, id: $0["id"]?.string ?? "", json: $0) }
    for added in extensions where added.isShown {
      for element in added.elements(part, in: self) {
        placed.insert(element, at: Self.place(of: element, among: placed))
      }
    }
    return placed
  }

  private static func place(of element: PlacedElement, among placed: [PlacedElement]) -> Int {
    let tab = element.json["tab"]?.string
    if let last = placed.lastIndex(where: { $0.json["tab"]?.string == tab }) { return last + 1 }
    // Before what stands below all tabs, such as the buttons that save and close.
    return placed.firstIndex { $0.json["tab"] == nil } ?? placed.count
  }

  /// The extension that the window inside of it belongs to; nil for a window of its own.
  var placedAs: OpenExtension? { form?.extensions.first { $0.window === self } }
}

/// How elements of an extension are called by clients of the form. May go to any thread.
struct ExtensionNames: Sendable {
  /// The plugin's id and a colon.
  let prefix: String

  /// The id in the extension; nil for an element of somebody else.
  func own(_ id: String) -> String? { id.hasPrefix(prefix) ? String(id.dropFirst(prefix.count)) : nil }

  /// Buttons that a column or a row names.
  func buttons(in json: JSONValue) -> JSONValue {
    var shown = json
    if let button = json["button"]?.string { shown = shown.setting("button", JSONValue(prefix + button)) }
    if let actions = json["actions"]?.array {
      shown = shown.setting("actions", JSONValue(actions.map { JSONValue(prefix + ($0.string ?? "")) }))
    }
    return shown
  }

  /// A page `{columns, rows, total, next}` with its buttons as the form has them.
  func page(_ reply: Reply) -> Reply {
    var page: JSONValue
    switch reply {
    case .value(let value): page = value
    case .rendered(let text):
      // Written by the host itself; a page that is no JSON would be a defect that the client shows.
      guard let parsed = try? JSONValue(parsing: text) else { return reply }
      page = parsed
    }
    for name in ["columns", "rows"] {
      page = page.setting(name, JSONValue((page[name]?.array ?? []).map(buttons)))
    }
    return .value(page)
  }
}
