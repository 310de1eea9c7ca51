import Jansson

/// Shortcuts, the Start menu as a tree, and the windows that are open.
package enum DesktopPage {
  package static func draw(_ session: DeskSession) -> Canvas {
    var canvas = Canvas()
    canvas.line(session.user["displayName"]?.string ?? "ESh", .title)
    canvas.line(session.user["organization"]?["name"]?.string ?? "", .hint)
    let shortcuts = session.desktop.elements("shortcuts")
    if !shortcuts.isEmpty {
      canvas.newline()
      canvas.line(session.words.shortcuts, .heading)
      for item in shortcuts {
        entry(item["title"]?.string ?? "", .shortcut(item.id), depth: 1, badge: badge(item, session), on: &canvas)
      }
    }
    canvas.newline()
    canvas.line(session.words.startMenu, .heading)
    tree(session.desktop.elements("startMenu"), path: [], of: session, on: &canvas)
    if !session.windows.isEmpty {
      canvas.newline()
      canvas.line(session.words.windows, .heading)
      for (id, window) in session.windows {
        entry(window["title"]?.string ?? id, .show(window: id), depth: 1, on: &canvas)
      }
    }
    return canvas
  }

  private static func tree(_ nodes: [JSONValue], path: [String], of session: DeskSession, on canvas: inout Canvas) {
    for node in nodes {
      let here = path + [node.id]
      let title = node["title"]?.string ?? node.id
      if node["children"] != nil {
        canvas.line(String(repeating: "  ", count: here.count) + title, .label)
        tree(node.elements("children"), path: here, of: session, on: &canvas)
      } else {
        entry(title, .item(path: here), depth: here.count, badge: badge(node, session), on: &canvas)
      }
    }
  }

  /// The number that an item shows, in words.
  private static func badge(_ item: JSONValue, _ session: DeskSession) -> String? {
    item["badge"]?.int.map { session.words.badge($0) }
  }

  private static func entry(
    _ title: String, _ action: Action, depth: Int, badge: String? = nil, on canvas: inout Canvas
  ) {
    canvas.put(String(repeating: "  ", count: depth))
    canvas.put(title, .button, action)
    if let badge { canvas.put(" · " + badge, .bold) }
    canvas.newline()
  }
}
