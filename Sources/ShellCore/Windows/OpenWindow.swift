import Jansson
import ShellProtocol

/// One open window of one connection. Desk only.
final class OpenWindow: @unchecked Sendable {
  // Safe to carry through other threads: touched on the desk only.
  let id: String
  /// The plugin's window type, `registry:<id>`, `dialog`, or `picker`.
  let type: String
  /// The window that this one stands before: a dialog's or a picker's.
  let parent: String?
  var content: WindowContent
  /// The plugin's own state, never sent.
  var state: JSONValue = .null
  var revision = 1
  var selectedTab: String?
  /// What fields and own tables had when the window was opened, by id.
  private(set) var opened: [String: JSONValue]
  /// What a plugin's window was opened with.
  let arguments: JSONValue
  /// What other plugins show in it, in order.
  var extensions: [OpenExtension] = []
  /// For the window inside of an extension: the form that it stands in.
  private(set) weak var form: OpenWindow?
  /// Grows with each answer of its plugin.
  private(set) var answers = 0
  /// Grows with each value that a person types.
  var typings = 0
  /// For a live window: when its plugin is to look at it again.
  var upkeep: Upkeep?
  /// Selected rows by table.
  var selected: [String: [String]] = [:]
  /// Grows with each change of the table's rows.
  var tableRevisions: [String: Int] = [:]
  /// For a picker: where its choice goes.
  var picking: Picking?
  /// Whether a notification about its rows is on its way.
  var isTellingSoon = false
  /// What clients were told last, to find what changed since.
  var shown: RenderedWindow?

  /// Where a picked row goes: into a reference field, or to the plugin as a press of `button`.
  enum Picking {
    case field(String, displayColumn: String)
    case press(button: String, arguments: JSONValue)
  }

  init(
    id: String, type: String, parent: String? = nil, content: WindowContent, state: JSONValue = .null,
    arguments: JSONValue = .emptyObject
  ) {
    self.id = id
    self.type = type
    self.parent = parent
    self.content = content
    self.state = state
    self.arguments = arguments
    opened = content.values
    selectedTab = content[.tabs].first { $0.flag("selected", default: false) }?["id"]?.string
  }

  /// The window inside of an extension. No client can name it.
  convenience init(extending form: OpenWindow, type: String, plugin: String) {
    let content = WindowContent(.form, title: LocalizedText(verbatim: ""))
    self.init(id: "\(form.id)/\(plugin)", type: type, content: content)
    self.form = form
  }

  /// Takes a whole new description; `opened`: what the plugin gave its fields and tables.
  func describe(_ content: WindowContent, opened: [String: JSONValue], state: JSONValue) {
    self.content = content
    self.opened = opened
    self.state = state
    for table in content[.tables] {
      let id = table["id"]?.string ?? ""
      tableRevisions[id, default: 1] += 1
      dropGoneRows(of: id)
    }
  }

  /// The window that clients know: itself, or the form that it stands in.
  var shownIn: OpenWindow { form ?? self }

  var registry: String? {
    type.hasPrefix("registry:") ? String(type.dropFirst("registry:".count)) : nil
  }

  /// The tab that shows: the selected one while it is visible, else the first visible one.
  var currentTab: String? {
    let visible = elements(.tabs).map(\.json).filter { $0.flag("visible", default: true) }
      .compactMap { $0["id"]?.string }
    if let selectedTab, visible.contains(selectedTab) { return selectedTab }
    return visible.first
  }

  /// Applies a patch; tables that it names have other rows now, and what is gone is selected no more.
  func apply(_ patch: JSONValue) {
    let before = content[.tables]
    content.apply(patch)
    for table in patch["tables"]?.array ?? [] {
      let id = table["id"]?.string ?? ""
      // Rows that the window keeps are seen to be the same; those of a source may be others.
      if let own = self.table(id), WindowRows(own) != nil, before.contains(own) { continue }
      tableRevisions[id, default: 1] += 1
      dropGoneRows(of: id)
    }
  }

  /// Takes a plugin's answer: `{patch?, state?}`.
  func take(_ answer: JSONValue) {
    if let patch = answer["patch"], !patch.isNull { apply(patch) }
    if let state = answer["state"] { self.state = state }
    answers += 1
  }

  private func dropGoneRows(of table: String) {
    if let rows = self.table(table).flatMap({ WindowRows($0) }) { selected[table]?.removeAll { rows.row($0) == nil } }
  }

  func button(_ id: String) -> JSONValue? { content.element(.buttons, id) }
  func table(_ id: String) -> JSONValue? { content.element(.tables, id) }
}

/// A window as a client sees it, element by element.
struct RenderedWindow: Equatable {
  var title: String
  var level: String?
  var text: String?
  var fields: [JSONValue] = []
  var tabs: [JSONValue] = []
  var tables: [JSONValue] = []
  var buttons: [JSONValue] = []

  /// The whole `Window` of the protocol.
  func json(_ window: OpenWindow) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("id", JSONValue(window.id)), ("type", JSONValue(window.type)),
      ("kind", JSONValue(window.content.kind.rawValue)), ("title", JSONValue(title)),
      ("revision", JSONValue(window.revision)), ("modal", JSONValue(window.content.isModal)),
    ]
    if let level { members.append(("level", JSONValue(level))) }
    if let text { members.append(("text", JSONValue(text))) }
    members += [
      ("fields", JSONValue(fields)), ("tabs", JSONValue(tabs)), ("tables", JSONValue(tables)),
      ("buttons", JSONValue(buttons)),
    ]
    return JSONValue(members: members)
  }

  /// What is different from `before`: whole elements matched by id, and the ids that are gone; nil for nothing.
  func changes(since before: RenderedWindow) -> JSONValue? {
    var members: [(String, JSONValue)] = []
    if title != before.title { members.append(("title", JSONValue(title))) }
    if text != before.text { members.append(("text", JSONValue(text ?? ""))) }
    if level != before.level { members.append(("level", JSONValue(level))) }
    var removed: [(String, JSONValue)] = []
    let parts: [(String, [JSONValue], [JSONValue])] = [
      ("fields", fields, before.fields), ("tabs", tabs, before.tabs), ("tables", tables, before.tables),
      ("buttons", buttons, before.buttons),
    ]
    for (name, now, then) in parts {
      let old = Dictionary(then.map { ($0["id"]?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
      let changed = now.filter { old[$0["id"]?.string ?? ""] != $0 }
      if !changed.isEmpty { members.append((name, JSONValue(changed))) }
      let ids = Set(now.compactMap { $0["id"]?.string })
      let gone = then.compactMap { $0["id"] }.filter { !ids.contains($0.string ?? "") }
      if !gone.isEmpty { removed.append((name, JSONValue(gone))) }
    }
    if !removed.isEmpty { members.append(("removed", JSONValue(members: removed))) }
    return members.isEmpty ? nil : JSONValue(members: members)
  }
}
