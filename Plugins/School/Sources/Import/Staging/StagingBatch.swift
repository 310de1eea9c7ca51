import PluginKit

/// Rows on their way into a staging table.
final class StagingBatch {
  private let sql: String
  private let host: Host
  private var rows: [JSONValue] = []
  // Large enough that few commits wait for the disk, small enough that other writers hardly wait and that the rows
  // stay in the processor's cache.
  private static let most = 8_000

  /// What must be there before these rows are.
  private let referred: ReferredRecords

  init(_ sql: String, _ host: Host, after referred: ReferredRecords) {
    self.sql = sql
    self.host = host
    self.referred = referred
  }

  func add(_ row: JSONValue) throws {
    rows.append(row)
    if rows.count >= Self.most { try flush() }
  }

  func flush() throws {
    guard !rows.isEmpty else { return }
    try referred.flush()
    let ready = JSONValue(rows)
    rows.removeAll(keepingCapacity: true)
    _ = try host.write { try $0.insertMany(sql, ready) }
  }
}
