import JSONSchema
import Jansson

/// Fills the arguments of a button's command from its window: `=field` is that field's value, `=table` the rows that
/// the window keeps, `=selection` the selected rows of the button's table, `=row` the row that was pressed or the one
/// selected.
struct CommandArguments {
  let window: OpenWindow
  let row: String?
  let button: JSONValue
  /// The command's.
  let schema: JSONSchema?

  /// The arguments with their values. What has no value is left out, except an empty field whose argument may be
  /// null: so a form clears what it shows.
  func resolve(_ template: JSONValue) -> JSONValue {
    var members: [(String, JSONValue)] = []
    for (name, value) in template.members ?? [] {
      guard let text = value.string, text.hasPrefix("=") else {
        members.append((name, value))
        continue
      }
      let reference = String(text.dropFirst())
      guard let resolved = self.value(of: reference) else { continue }
      if changedOnly, window.opened[reference] == resolved { continue }
      if !resolved.isNull || takesNull(name) { members.append((name, resolved)) }
    }
    return JSONValue(members: members)
  }

  /// Whether what nobody has changed since the window was opened is left out.
  private var changedOnly: Bool { button.flag("changedOnly", default: false) }

  private func value(of reference: String) -> JSONValue? {
    switch reference {
    case "selection": JSONValue(selection.map { JSONValue($0) })
    case "row": (row ?? (selection.count == 1 ? selection.first : nil)).map { JSONValue($0) }
    default:
      if let field = window.content.element(.fields, reference) {
        field["value"] ?? .null
      } else {
        window.table(reference).flatMap { WindowRows($0) }?.values
      }
    }
  }

  private func takesNull(_ argument: String) -> Bool {
    schema?.validate(JSONValue(members: [(argument, .null)])).allSatisfy { $0.path != "/\(argument)" } ?? false
  }

  private var selection: [String] {
    let table = button["table"]?.string ?? button["tab"]?.string ?? window.currentTab ?? ""
    return window.selected[table] ?? window.selected.values.first ?? []
  }
}
