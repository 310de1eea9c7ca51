import Jansson

/// What would follow in one plugin from a change of another that is not made yet. Whoever answers a preview point
/// returns `json`; whoever asked shows it without knowing what it is about.
public struct Preview: Sendable {
  /// One of the things that would change, and how.
  public struct Row: Sendable {
    public var title: Text
    public var text: Text

    public init(_ title: Text, _ text: Text) {
      self.title = title
      self.text = text
    }
  }

  /// Who says it; empty in one that is only being made.
  public private(set) var plugin = ""
  public private(set) var title: Text = ""
  public var summary: Text
  /// A warning asks for a look before the change is made; so does an error, of a plugin that could not tell.
  public var level: Level
  public var rows: [Row]
  /// The same for scripts, an object.
  public var data: JSONValue

  public init(_ summary: Text, level: Level = .info, rows: [Row] = [], data: JSONValue = .emptyObject) {
    self.summary = summary
    self.level = level
    self.rows = rows
    self.data = data
  }

  /// What the service of a preview returns.
  public var json: JSONValue {
    [
      "summary": summary.json, "level": JSONValue(level.rawValue),
      "rows": JSONValue(rows.map { ["title": $0.title.json, "text": $0.text.json] as JSONValue }), "data": data,
    ]
  }

  /// For the result of a command: `{plugin, title, summary, level, rows: [{title, text}], data}` in one language.
  public func json(in language: Language) -> JSONValue {
    [
      "plugin": JSONValue(plugin), "title": JSONValue(title.text(language)),
      "summary": JSONValue(summary.text(language)), "level": JSONValue(level.rawValue),
      "rows": JSONValue(
        rows.map { row -> JSONValue in
          ["title": JSONValue(row.title.text(language)), "text": JSONValue(row.text.text(language))]
        }), "data": data,
    ]
  }

  /// One element of what the host answers.
  init(answer: JSONValue) {
    let result = answer["result"] ?? .emptyObject
    self.init(
      Text(result["summary"]), level: result["level"]?.string.flatMap(Level.init) ?? .info,
      rows: (result["rows"]?.array ?? []).map { Row(Text($0["title"]), Text($0["text"])) },
      data: result["data"] ?? .emptyObject)
    if let error = answer["error"] {
      summary = PluginError(error).message
      level = .error
      data = error
    }
    plugin = answer["plugin"]?.string ?? ""
    title = Text(answer["title"])
  }
}

extension Text {
  /// The ABI's text: `{"ru", "en"}` or one string; empty when there is none.
  init(_ json: JSONValue?) {
    let ru = json?.string ?? json?["ru"]?.string ?? ""
    self.init(ru, en: json?["en"]?.string ?? ru)
  }
}
