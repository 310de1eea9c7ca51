import ShellStore
import ShellTesting
import Testing

/// How SQLite reads the pages of a table.
enum Plans {
  /// A plan for each order that the table offers, up and down.
  static func ofEverySort(_ table: String, _ desk: AnnouncementsDesk) async throws -> [String] {
    let found = await withCheckedContinuation { continuation in
      desk.host.plugins.tableSource(table) { continuation.resume(returning: $0) }
    }
    let table = try #require(try found.get())
    var plans: [String] = []
    for column in table.source.columns where column.sortable {
      for descending in [false, true] {
        let request = PageRequest(
          sort: [(column.id, descending)], parameters: ["user_id": "a1", "roles": "[]", "person_id": "p1"])
        plans.append(try desk.host.store.explain(table.source, request, policy: table.policy).joined(separator: "; "))
      }
    }
    return plans
  }
}
