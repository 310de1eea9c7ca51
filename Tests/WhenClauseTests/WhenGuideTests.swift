import Foundation
import Testing

@testable import WhenClause

/// The guide to when-clauses (Sources/PluginKit/Documentation.docc/WhenClauses.md) and the grammar say what is so.
struct WhenGuideTests {
  private static let keys: [String: WhenType] = WhenClause.builtInKeys.merging(WhenClause.toolbarKeys) { first, _ in
    first
  }
  .merging(["notes.count": .number, "notes.state": .string, "notes.tags": .list]) { first, _ in first }

  @Test func `I3: every clause in the guide is read`() throws {
    let clauses = try Self.lines("when", of: "PluginKit/Documentation.docc/WhenClauses.md")
    #expect(clauses.count >= 10)
    for clause in clauses {
      #expect(throws: Never.self, "\(clause)") { try WhenClause(clause, keys: Self.keys) }
    }
  }

  @Test func `I3: every mistake in the guide is refused, with its column`() throws {
    let clauses = try Self.lines("refused", of: "PluginKit/Documentation.docc/WhenClauses.md")
    #expect(clauses.count >= 6)
    for clause in clauses {
      #expect(throws: WhenError.self, "\(clause)") { try WhenClause(clause, keys: Self.keys) }
    }
    // Of a toolbar's key outside of a toolbar.
    #expect(throws: WhenError.self) { try WhenClause("selection.count == 1", keys: WhenClause.builtInKeys) }
  }

  /// The lines of the fenced blocks of a language.
  private static func lines(_ language: String, of file: String) throws -> [String] {
    let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources")
    var (found, isInside): ([String], Bool) = ([], false)
    for line in try String(contentsOf: sources.appending(path: file), encoding: .utf8).split(separator: "\n") {
      if line == "```" {
        isInside = false
      } else if line == "```\(language)" {
        isInside = true
      } else if isInside {
        found.append(String(line))
      }
    }
    return found
  }
}
