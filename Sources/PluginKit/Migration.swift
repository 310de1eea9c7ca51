import Jansson

/// One named step of a plugin's schema. Steps are only ever appended: a step that ran somewhere never changes.
public struct Migration: Sendable {
  public var name: String
  public var sql: [String]

  public init(_ name: String, _ sql: [String]) {
    self.name = name
    self.sql = sql
  }

  var json: JSONValue { ["name": JSONValue(name), "sql": JSONValue(sql.map { JSONValue($0) })] }
}
