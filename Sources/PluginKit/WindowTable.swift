import Jansson

/// A table in a window: rows of a source, chosen by arguments, or rows that the window itself keeps.
public struct WindowTable: Sendable {
  public enum Selection: String, Sendable { case none, single, multiple }

  public var id: String
  public var title: Text?
  public var tab: String?
  public var selection: Selection
  private let content: Content

  private enum Content: Sendable {
    case source(String, arguments: JSONValue)
    case rows([TableSource.Column], [Row])
  }

  /// A row that the window keeps until the form is saved.
  public struct Row: Sendable {
    public var id: String
    /// By column id; further members stay with the window and are not shown. A cell may be a `Text`'s JSON: each reads
    /// it in their language.
    public var cells: JSONValue
    /// What a command's argument gets for this row; the id when nil.
    public var value: JSONValue?
    /// Row buttons that the row has.
    public var actions: [String]
    /// Columns whose cells cannot be edited in this row.
    public var locked: [String]

    public init(
      _ id: String, _ cells: JSONValue, value: JSONValue? = nil, actions: [String] = [], locked: [String] = []
    ) {
      self.id = id
      self.cells = cells
      self.value = value
      self.actions = actions
      self.locked = locked
    }

    public init(_ json: JSONValue) {
      self.init(
        json["id"]?.string ?? "", json["cells"] ?? .emptyObject, value: json["value"],
        actions: (json["actions"]?.array ?? []).compactMap(\.string),
        locked: (json["locked"]?.array ?? []).compactMap(\.string))
    }

    public var json: JSONValue {
      var members: [(String, JSONValue)] = [("id", JSONValue(id)), ("cells", cells)]
      if let value { members.append(("value", value)) }
      if !actions.isEmpty { members.append(("actions", JSONValue(actions.map { JSONValue($0) }))) }
      if !locked.isEmpty { members.append(("locked", JSONValue(locked.map { JSONValue($0) }))) }
      return JSONValue(members: members)
    }
  }

  public init(
    _ id: String, source: String, title: Text? = nil, tab: String? = nil, arguments: JSONValue = .emptyObject,
    selection: Selection = .none
  ) {
    self.id = id
    self.title = title
    self.tab = tab
    self.selection = selection
    content = .source(source, arguments: arguments)
  }

  /// A table of rows that the window keeps. In a button's arguments `=id` is the array of their values.
  public init(
    _ id: String, columns: [TableSource.Column], rows: [Row], title: Text? = nil, tab: String? = nil,
    selection: Selection = .none
  ) {
    self.id = id
    self.title = title
    self.tab = tab
    self.selection = selection
    content = .rows(columns, rows)
  }

  public var json: JSONValue {
    var members: [(String, JSONValue)] = [("id", JSONValue(id)), ("selection", JSONValue(selection.rawValue))]
    switch content {
    case .source(let source, let arguments): members += [("source", JSONValue(source)), ("arguments", arguments)]
    case .rows(let columns, let rows):
      members += [("columns", JSONValue(columns.map(\.json))), ("rows", JSONValue(rows.map(\.json)))]
    }
    if let title { members.append(("title", title.json)) }
    if let tab { members.append(("tab", JSONValue(tab))) }
    return JSONValue(members: members)
  }
}
