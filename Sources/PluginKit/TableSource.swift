import Jansson

/// Where a table's rows come from: the host turns it into SQL, pages it by keyset and writes the rows' text
/// without asking the plugin.
public struct TableSource: Sendable {
  /// A table or view of the plugin (or a published view that the manifest names).
  public var from: String
  /// A column of unique text: the row's id.
  public var key: String
  public var columns: [Column]
  /// The order when the client asks for none.
  public var sort: [Sort]
  public var search: Search?
  /// A predicate over `from`'s columns; may use `:user_id`, `:person_id`, `:roles` (a JSON array's
  /// text), `:now`, `:today`, `:arg_<name>`.
  public var `where`: String?
  /// Names of arguments that windows and queries give.
  public var arguments: [String]
  /// Row buttons, each with the SQL condition under which a row has it.
  public var rowActions: [RowAction]
  /// What must hold for every selected row so that a button of the tab's toolbar can be pressed.
  public var rowConditions: [RowCondition]
  /// SQL: `'bold'` for a row that is emphasized, else NULL.
  public var emphasis: String?

  public init(
    from: String, key: String = "id", columns: [Column], sort: [Sort], search: Search? = nil,
    where predicate: String? = nil, arguments: [String] = [], rowActions: [RowAction] = [],
    rowConditions: [RowCondition] = [], emphasis: String? = nil
  ) {
    self.from = from
    self.key = key
    self.columns = columns
    self.sort = sort
    self.search = search
    self.where = predicate
    self.arguments = arguments
    self.rowActions = rowActions
    self.rowConditions = rowConditions
    self.emphasis = emphasis
  }

  public struct Column: Sendable {
    public enum Kind: String, Sendable {
      case text, number, boolean, date, time, link
      /// Milliseconds since 1970, or RFC 3339: shown in the organization's zone, to scripts with its offset.
      case instant
    }
    public enum Collation: String, Sendable { case binary, russian }

    public var id: String
    public var title: Text
    public var type: Kind
    /// The SQL column; the id when nil.
    public var sql: String?
    /// The SQL column that rows are sorted by in its place, e.g. one that puts «10А» after «2А».
    public var order: String?
    public var sortable: Bool
    public var searchable: Bool
    /// Whether a person may change the cell: WINDOW_CHANGED with the edit.
    public var editable: Bool
    public var collation: Collation
    /// The button that a press on the heading presses.
    public var button: String?
    /// Whether the heading is bold.
    public var isBold: Bool
    /// The SQL column that is shown in its place to whoever reads English.
    public var english: String?
    /// Titles of the values that it may have, in both languages; others are shown as they are.
    public var options: [Field.Option] = []
    /// What stands between several of them in one cell, e.g. `, `.
    public var separator: String?
    /// Only scripts get it (`registry/query`), not windows.
    public var forScripts = false

    public init(
      _ id: String, _ title: Text, _ type: Kind = .text, sql: String? = nil, order: String? = nil,
      sortable: Bool = false, searchable: Bool = false, editable: Bool = false, collation: Collation = .binary,
      button: String? = nil, isBold: Bool = false, english: String? = nil, options: [Field.Option] = [],
      separator: String? = nil
    ) {
      self.id = id
      self.title = title
      self.type = type
      self.sql = sql
      self.order = order
      self.sortable = sortable
      self.searchable = searchable
      self.editable = editable
      self.collation = collation
      self.button = button
      self.isBold = isBold
      self.english = english
      self.options = options
      self.separator = separator
    }

    var json: JSONValue {
      var members: [(String, JSONValue)] = [
        ("id", JSONValue(id)), ("title", title.json), ("type", JSONValue(type.rawValue)),
        ("sortable", JSONValue(sortable)), ("searchable", JSONValue(searchable)),
        ("collation", JSONValue(collation.rawValue)),
      ]
      if let sql { members.append(("sql", JSONValue(sql))) }
      if let order { members.append(("order", JSONValue(order))) }
      if editable { members.append(("editable", true)) }
      if let button { members.append(("button", JSONValue(button))) }
      if isBold { members.append(("emphasis", "bold")) }
      if let english { members.append(("english", JSONValue(english))) }
      if !options.isEmpty { members.append(("options", JSONValue(options.map(\.json)))) }
      if let separator { members.append(("separator", JSONValue(separator))) }
      if forScripts { members.append(("scripts", true)) }
      return JSONValue(members: members)
    }
  }

  public struct Sort: Sendable {
    public var column: String
    public var descending: Bool
    public init(_ column: String, descending: Bool = false) {
      self.column = column
      self.descending = descending
    }
  }

  /// A full-text index over the source's searchable words; its migration is made by `SearchIndex`.
  public struct Search: Sendable {
    /// The index's name, the column of `from` that is its row number, and the column of folded words.
    public var index: String
    public var rowid: String
    public var text: String
    public init(index: String, rowid: String, text: String) {
      self.index = index
      self.rowid = rowid
      self.text = text
    }
  }

  public struct RowAction: Sendable {
    public var button: String
    public var when: String
    public init(_ button: String, when: String) {
      self.button = button
      self.when = when
    }
  }

  /// A button that has nothing to do with a row is disabled while such a row is selected.
  public struct RowCondition: Sendable {
    /// A button of the tab's toolbar.
    public var button: String
    /// SQL over `from`'s columns; may use what `where` may.
    public var when: String
    /// Why the button is disabled where it does not hold.
    public var why: Text
    public init(_ button: String, when: String, why: Text) {
      self.button = button
      self.when = when
      self.why = why
    }
  }

  public var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("from", JSONValue(from)), ("key", JSONValue(key)), ("columns", JSONValue(columns.map(\.json))),
      (
        "sort",
        JSONValue(
          sort.map { ["column": JSONValue($0.column), "descending": JSONValue($0.descending)] as JSONValue })
      ),
    ]
    if let search {
      members.append(
        (
          "search",
          [
            "index": JSONValue(search.index), "rowid": JSONValue(search.rowid), "text": JSONValue(search.text),
          ]
        ))
    }
    if let predicate = self.where { members.append(("where", JSONValue(predicate))) }
    if !arguments.isEmpty { members.append(("arguments", JSONValue(arguments.map { JSONValue($0) }))) }
    if !rowActions.isEmpty {
      let list = rowActions.map { ["button": JSONValue($0.button), "when": JSONValue($0.when)] as JSONValue }
      members.append(("rowActions", JSONValue(list)))
    }
    if !rowConditions.isEmpty {
      let list = rowConditions.map {
        ["button": JSONValue($0.button), "when": JSONValue($0.when), "why": $0.why.json] as JSONValue
      }
      members.append(("rowConditions", JSONValue(list)))
    }
    if let emphasis { members.append(("emphasis", JSONValue(emphasis))) }
    return JSONValue(members: members)
  }
}
