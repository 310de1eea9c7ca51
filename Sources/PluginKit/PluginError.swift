import Jansson

/// The one error that a plugin answers with, and that the host answers to a plugin.
public struct PluginError: Error, Sendable {
  /// A stable dotted word that clients may test, e.g. `notes.tooLong`.
  public var kind: String
  /// What went wrong and what to do next, for a person.
  public var message: Text
  /// A JSON-RPC code; -32009 (refused by a rule) when nil.
  public var code: Int?
  /// What is wrong with which argument; a form marks the fields of those names.
  public var issues: [Issue]
  /// How a window shows the message; error when nil.
  public var level: Level?
  /// Milliseconds after which a repetition may succeed.
  public var retryAfterMs: Int64?
  /// Further facts for clients, an object.
  public var data: JSONValue?

  public struct Issue: Sendable {
    /// A JSON Pointer into the arguments, e.g. `/phone`.
    public var path: String
    public var message: Text
    public init(path: String, _ message: Text) {
      self.path = path
      self.message = message
    }
  }

  public init(
    _ kind: String, _ message: Text, code: Int? = nil, issues: [Issue] = [], level: Level? = nil,
    retryAfterMs: Int64? = nil, data: JSONValue? = nil
  ) {
    self.kind = kind
    self.message = message
    self.code = code
    self.issues = issues
    self.level = level
    self.retryAfterMs = retryAfterMs
    self.data = data
  }

  /// One argument that is wrong (code -32602).
  public static func invalid(_ argument: String, _ message: Text, kind: String = "params.invalid") -> PluginError {
    PluginError(kind, message, code: -32602, issues: [Issue(path: "/\(argument)", message)])
  }

  /// Nothing of that kind has that id (code -32004).
  public static func notFound(_ what: String, _ id: String) -> PluginError {
    PluginError(
      "\(what).notFound", Text("Не найдено (\(what)): «\(id)»", en: "No such \(what): '\(id)'"), code: -32004,
      data: ["what": JSONValue(what), "id": JSONValue(id)])
  }

  public var json: JSONValue {
    var members: [(String, JSONValue)] = [("kind", JSONValue(kind)), ("message", message.json)]
    if let code { members.append(("code", JSONValue(code))) }
    if !issues.isEmpty {
      let list = issues.map { issue -> JSONValue in
        ["path": JSONValue(issue.path), "message": issue.message.json]
      }
      members.append(("issues", JSONValue(list)))
    }
    if let level { members.append(("level", JSONValue(level.rawValue))) }
    if let retryAfterMs { members.append(("retryAfterMs", JSONValue(retryAfterMs))) }
    if let data { members.append(("data", data)) }
    return JSONValue(members: members)
  }

  /// Reads an error that the host gave.
  public init(_ json: JSONValue) {
    let words = json["message"]
    let ru = words?.string ?? words?["ru"]?.string ?? "Ошибка"
    self.init(
      json["kind"]?.string ?? "error", Text(ru, en: words?["en"]?.string ?? ru), code: json["code"]?.int,
      retryAfterMs: json["retryAfterMs"]?.int64, data: json["data"])
  }
}

/// How loudly a message speaks.
public enum Level: String, Sendable { case info, warning, error, system }
