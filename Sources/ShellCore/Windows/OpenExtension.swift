import Jansson
import PluginHost
import ShellProtocol

/// What one plugin shows in an open form of another. Desk only.
///
/// It is a window in all but its frame: it has a description, a state and selections of its own, which the form's
/// plugin never sees and which never mix with the form's fields.
final class OpenExtension: @unchecked Sendable {
  // Safe to carry through the plugin's answer: touched on the desk only.
  var entry: Catalog.Extension
  let window: OpenWindow
  /// Whether the plugin has described its elements; they are gone while it fails.
  private(set) var isDescribed = false
  /// Whether the person may see them now.
  var isAllowed = true
  /// The arguments that the plugin was asked with last; nil before the first time.
  var asked: JSONValue?
  /// When it is to be asked again.
  let upkeep = Upkeep()

  init(_ entry: Catalog.Extension, in form: OpenWindow) {
    self.entry = entry
    window = OpenWindow(extending: form, type: entry.type, plugin: entry.owner)
  }

  var isShown: Bool { isDescribed && isAllowed }

  /// How its elements are called in the form.
  var names: ExtensionNames { ExtensionNames(prefix: entry.owner + ":") }

  /// Takes a description. What the person has typed stays where the plugin says the same as before.
  func take(_ description: WindowContent, state: JSONValue) {
    var content = description
    let (before, typed, said) = (window.opened, window.content.values, description.values)
    for (id, value) in typed where before[id] == said[id] && value != said[id] {
      if let field = window.content.element(.fields, id) {
        let kept = ["value", "display", "error"].map { ($0, field[$0] ?? .null) }
        content.update(.fields, id, JSONValue(members: kept))
      } else if let table = window.content.element(.tables, id) {
        content.update(.tables, id, ["rows": table["rows"] ?? .emptyArray])
      }
    }
    window.describe(content, opened: said, state: state)
    isDescribed = true
  }

  /// Takes its elements away until the plugin describes them again.
  func fail() { isDescribed = false }

  /// Its elements as they stand in the form: with ids of the form's, in tabs of the form's.
  func elements(_ part: WindowContent.Part, in form: OpenWindow) -> [PlacedElement] {
    let names = names
    return window.content[part].map { element in
      let id = element["id"]?.string ?? ""
      var shown = element.setting("id", JSONValue(names.prefix + id)).removing("tab", "table")
      if let tab = tab(element["tab"]?.string, in: form), part != .tabs { shown = shown.setting("tab", JSONValue(tab)) }
      if let table = element["table"]?.string, window.table(table) != nil {
        shown = shown.setting("table", JSONValue(names.prefix + table))
      }
      return PlacedElement(owner: window, id: id, json: shown)
    }
  }

  /// A tab that it brings itself, one of the form's, or the one that its manifest names.
  private func tab(_ wanted: String?, in form: OpenWindow) -> String? {
    if let wanted, window.content.element(.tabs, wanted) != nil { return names.prefix + wanted }
    return [wanted, entry.tab].compactMap { $0 }.first { form.content.element(.tabs, $0) != nil }
  }
}
