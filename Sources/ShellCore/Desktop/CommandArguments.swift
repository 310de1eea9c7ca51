import Jansson

/// Fills the arguments of a button's command from its window: `=field` is that field's value, `=selection` the
/// selected rows of the button's table, `=row` the row that was pressed or the one selected.
struct CommandArguments {
  let window: OpenWindow
  let row: String?
  let button: JSONValue

  /// The arguments with their values; what has no value is left out.
  func resolve(_ template: JSONValue) -> JSONValue {
    var members: [(String, JSONValue)] = []
    for (name, value) in template.members ?? [] {
      guard let text = value.string, text.hasPrefix("=") else {
        members.append((name, value))
        continue
      }
      if let resolved = self.value(of: String(text.dropFirst())), !resolved.isNull { members.append((name, resolved)) }
    }
    return JSONValue(members: members)
  }

  private func value(of reference: String) -> JSONValue? {
    switch reference {
    case "selection": JSONValue(selection.map { JSONValue($0) })
    case "row": (row ?? (selection.count == 1 ? selection.first : nil)).map { JSONValue($0) }
    default: window.content.element(.fields, reference)?["value"]
    }
  }

  private var selection: [String] {
    let table = button["table"]?.string ?? button["tab"]?.string ?? window.currentTab ?? ""
    return window.selected[table] ?? window.selected.values.first ?? []
  }
}
