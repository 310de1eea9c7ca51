import PluginKit

/// How the host or the plugin refused: the error as clients get it.
public struct BenchRefusal: Error, Equatable, CustomStringConvertible {
  /// The whole error object.
  public let json: JSONValue

  init(_ json: JSONValue) { self.json = json }

  /// A JSON-RPC code: -32602 bad arguments, -32003 forbidden, -32004 not found, -32009 refused by a rule, …
  public var code: Int { json["code"]?.int ?? 0 }
  /// The stable word, such as `notes.tooLong`.
  public var kind: String { json["data"]?["kind"]?.string ?? "" }
  /// What a person reads, in the user's language.
  public var message: String { json["message"]?.string ?? "" }
  /// What is wrong with which argument: JSON Pointers with their messages.
  public var issues: [(path: String, message: String)] {
    (json["data"]?["issues"]?.array ?? []).map { ($0["path"]?.string ?? "", $0["message"]?.string ?? "") }
  }

  public var description: String { json.text() }
}
