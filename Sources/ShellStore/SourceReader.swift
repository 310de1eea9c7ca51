import Jansson

/// Reads the parts of a table source, with errors that say where.
struct SourceReader {
  let json: JSONValue
  var path = ""

  func refuseUnknown(_ known: Set<String>) throws(TableSourceError) {
    guard let members = json.members else { throw TableSourceError(path: path, message: "must be an object") }
    if let unknown = members.first(where: { !known.contains($0.key) }) {
      throw TableSourceError(path: "\(path)/\(unknown.key)", message: "is not known here")
    }
  }

  func text(_ member: String) throws(TableSourceError) -> String {
    guard let text = json[member]?.string, !text.isEmpty else {
      throw TableSourceError(path: "\(path)/\(member)", message: "must be a string that is not empty")
    }
    return text
  }

  func optionalText(_ member: String) throws(TableSourceError) -> String? {
    json[member] == nil ? nil : try text(member)
  }

  /// A table's or column's name: letters, digits and `_`.
  func name(_ member: String) throws(TableSourceError) -> String {
    let name = try text(member)
    guard SQLText.isName(name) else {
      throw TableSourceError(
        path: "\(path)/\(member)", message: "'\(name)' must be letters, digits and '_', at most 64")
    }
    return name
  }

  /// A text for people.
  func title(_ member: String) throws(TableSourceError) -> JSONValue {
    guard let title = json[member], title.kind == .string || title.isObject else {
      throw TableSourceError(path: "\(path)/\(member)", message: "must be a string or {\"ru\", \"en\"}")
    }
    return title
  }

  func flag(_ member: String) throws(TableSourceError) -> Bool {
    guard let value = json[member] else { return false }
    guard let flag = value.bool else {
      throw TableSourceError(path: "\(path)/\(member)", message: "must be true or false")
    }
    return flag
  }

  func oneOf<Choice: RawRepresentable & CaseIterable>(
    _ member: String, _ type: Choice.Type
  ) throws(TableSourceError) -> Choice where Choice.RawValue == String {
    let text = try text(member)
    guard let choice = Choice(rawValue: text) else {
      let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw TableSourceError(path: "\(path)/\(member)", message: "'\(text)' is none of \(choices)")
    }
    return choice
  }

  static func elements(_ json: JSONValue?, _ path: String) throws(TableSourceError) -> [SourceReader] {
    guard let json else { return [] }
    guard let array = json.array else { throw TableSourceError(path: path, message: "must be an array") }
    return array.enumerated().map { SourceReader(json: $1, path: "\(path)/\($0)") }
  }

  static func columns(_ json: JSONValue?) throws(TableSourceError) -> [TableSource.Column] {
    var columns: [TableSource.Column] = []
    for reader in try elements(json, "/columns") {
      try reader.refuseUnknown([
        "id", "title", "type", "sql", "order", "sortable", "searchable", "collation", "editable", "button", "emphasis",
        "english", "options", "separator", "scripts",
      ])
      let id = try reader.text("id")
      guard !columns.contains(where: { $0.id == id }) else {
        throw TableSourceError(path: "\(reader.path)/id", message: "'\(id)' is there twice")
      }
      let title = try reader.title("title")
      columns.append(
        TableSource.Column(
          id: id, title: title, type: try reader.oneOf("type", TableSource.CellType.self),
          sql: try reader.json["sql"] == nil ? reader.name("id") : reader.name("sql"),
          order: try reader.json["order"] == nil ? nil : reader.name("order"),
          sortable: try reader.flag("sortable"), searchable: try reader.flag("searchable"),
          collation: try reader.json["collation"] == nil
            ? nil : reader.oneOf("collation", TableSource.Collation.self),
          editable: try reader.flag("editable"), button: try reader.optionalText("button"),
          emphasis: try reader.optionalText("emphasis"),
          english: try reader.json["english"] == nil ? nil : reader.name("english"),
          options: try options(reader.json["options"], "\(reader.path)/options"),
          separator: try reader.optionalText("separator"), isForScripts: try reader.flag("scripts")))
    }
    guard !columns.isEmpty else { throw TableSourceError(path: "/columns", message: "must name at least one") }
    return columns
  }

  private static func options(_ json: JSONValue?, _ path: String) throws(TableSourceError) -> [TableSource.Option] {
    var options: [TableSource.Option] = []
    for reader in try elements(json, path) {
      try reader.refuseUnknown(["value", "title"])
      let title = try reader.title("title")
      let ru = title.string ?? title["ru"]?.string ?? title["en"]?.string ?? ""
      options.append(
        TableSource.Option(value: try reader.text("value"), ru: ru, en: title["en"]?.string ?? ru))
    }
    return options
  }

  static func sort(
    _ json: JSONValue?, _ columns: [TableSource.Column]
  ) throws(TableSourceError) -> [TableSource.SortKey] {
    var sort: [TableSource.SortKey] = []
    for reader in try elements(json, "/sort") {
      try reader.refuseUnknown(["column", "descending"])
      let column = try reader.text("column")
      guard columns.contains(where: { $0.id == column }) else {
        throw TableSourceError(path: "\(reader.path)/column", message: "there is no column '\(column)'")
      }
      sort.append(TableSource.SortKey(column: column, descending: try reader.flag("descending")))
    }
    return sort
  }

  static func search(_ json: JSONValue?) throws(TableSourceError) -> TableSource.Search? {
    guard let json else { return nil }
    let reader = SourceReader(json: json, path: "/search")
    try reader.refuseUnknown(["index", "rowid", "text"])
    return TableSource.Search(
      index: try reader.name("index"), rowid: try reader.name("rowid"), text: try reader.name("text"))
  }

  static func arguments(_ json: JSONValue?) throws(TableSourceError) -> [String] {
    var names: [String] = []
    for reader in try elements(json, "/arguments") {
      guard let name = reader.json.string, SQLText.isName(name) else {
        throw TableSourceError(path: reader.path, message: "must be a name of letters, digits and '_'")
      }
      names.append(name)
    }
    return names
  }

  static func rowActions(_ json: JSONValue?) throws(TableSourceError) -> [TableSource.RowAction] {
    var actions: [TableSource.RowAction] = []
    for reader in try elements(json, "/rowActions") {
      try reader.refuseUnknown(["button", "when"])
      actions.append(
        TableSource.RowAction(button: try reader.text("button"), when: try reader.optionalText("when") ?? "1"))
    }
    return actions
  }

  static func rowConditions(_ json: JSONValue?) throws(TableSourceError) -> [TableSource.RowCondition] {
    var conditions: [TableSource.RowCondition] = []
    for reader in try elements(json, "/rowConditions") {
      try reader.refuseUnknown(["button", "when", "why"])
      conditions.append(
        TableSource.RowCondition(
          button: try reader.text("button"), when: try reader.text("when"), why: try reader.title("why")))
    }
    return conditions
  }
}
