import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

/// What commands leave behind, and how they refuse.
extension SchoolBench {
  /// Payloads of the events of that name, in order.
  func events(_ name: String) throws -> [JSONValue] {
    try query("SELECT payload FROM shell_events WHERE name = '\(name)' ORDER BY seq").compactMap { row in
      try row["payload"]?.string.map { try JSONValue(parsing: $0) }
    }
  }

  /// The audit lines of a command: `{object, old, new}`.
  func audit(_ action: String) throws -> [JSONValue] {
    try query("SELECT object, old, new FROM shell_audit WHERE action = '\(action)' ORDER BY id").map { row in
      var line: JSONValue = ["object": row["object"] ?? .null]
      for name in ["old", "new"] {
        if let text = row[name]?.string { line = line.setting(name, try JSONValue(parsing: text)) }
      }
      return line
    }
  }

  func isTouched(_ record: String) throws -> Bool {
    try !query("SELECT 1 AS n FROM school_touched WHERE record = '\(record)'").isEmpty
  }

  /// The refusal of a command that must be refused, and that must change nothing.
  func refusal(of command: String, _ arguments: JSONValue) async throws -> PluginFailure {
    let before = try traces()
    let failure = await #expect(throws: PluginFailure.self) { try await self.run(command, arguments) }
    #expect(try traces() == before, "\(command) left something behind")
    return try #require(failure)
  }

  private func traces() throws -> [JSONValue] {
    try query(
      """
      SELECT (SELECT count(*) FROM shell_audit) AS audit, (SELECT count(*) FROM shell_events) AS events,
        (SELECT count(*) FROM school_touched) AS touched, (SELECT count(*) FROM school_people) AS people
      """)
  }

  func row(_ sql: String) throws -> JSONValue { try #require(try query(sql).first) }
}
