import PluginKit

/// The job that hands chats over to the platform's plugin: each whole, with its revision, so that a repetition or an
/// overtaken call changes nothing. What is handed over is read at that moment; what changes later has a later revision.
enum PushChats {
  static let job = "chats.push"
  static let key = "chats"
  /// Chats a call: a hundred classes are some thousands of members.
  private static let batch = 100

  static func run(_ call: Call) async throws {
    while let batch = try call.read({ try next($0) }) {
      for (service, params) in batch.requests { _ = try await call.host.callService(service, params) }
      try call.write { try note($0, batch) }
    }
  }

  /// The same inside a rehearsal, so that the platform's plugin can say what would follow.
  static func rehearse(_ transaction: Transaction) throws {
    while let batch = try next(transaction) {
      for (service, params) in batch.requests { _ = try transaction.rehearse(service, params) }
      try note(transaction, batch)
    }
  }

  private struct Batch: Sendable {
    var put: [JSONValue] = []
    var removed: [JSONValue] = []
    var revisions: [(id: String, revision: Int64)] = []
    var thresholdPercent = 20

    /// The services to call, in their order.
    var requests: [(service: String, params: JSONValue)] {
      var requests: [(service: String, params: JSONValue)] = []
      if !put.isEmpty {
        requests.append(
          (
            "platform.chat.put",
            ["chats": JSONValue(put), "removalThresholdPercent": JSONValue(thresholdPercent)]
          ))
      }
      if !removed.isEmpty { requests.append(("platform.chat.remove", ["chats": JSONValue(removed)])) }
      return requests
    }
  }

  private static func next(_ transaction: Transaction) throws -> Batch? {
    let rows = try transaction.rows(
      """
      SELECT id, revision, title, kind, removed_at FROM chats_chats WHERE revision > pushed ORDER BY n LIMIT \(batch)
      """)
    guard !rows.isEmpty else { return nil }
    let organization = try transaction.first("SELECT removal_threshold_percent FROM school_v1_organization")
    var batch = Batch()
    batch.thresholdPercent = organization?["removal_threshold_percent"]?.int ?? 20
    for row in rows {
      let id = row["id"]?.string ?? ""
      batch.revisions.append((id, row["revision"]?.int64 ?? 0))
      let named: JSONValue = ["chatId": JSONValue(id), "revision": row["revision"] ?? 0]
      if let removedAt = row["removed_at"], !removedAt.isNull {
        batch.removed.append(named)
      } else {
        batch.put.append(
          named.merging([
            "title": row["title"] ?? "", "kind": row["kind"] ?? "", "members": try members(transaction, id),
          ]))
      }
    }
    return batch
  }

  /// `[{userId, administrator}]`: who has an account that is not blocked.
  static func members(_ transaction: Transaction, _ chat: String) throws -> JSONValue {
    let rows = try transaction.rows(
      """
      SELECT a.id AS user, max(m.administrator) AS administrator
      FROM chats_members m JOIN school_v1_accounts a ON a.person_id = m.person_id AND a.blocked = 0
      WHERE m.chat_id = ? GROUP BY a.id
      """, [JSONValue(chat)])
    return JSONValue(
      rows.map { row in
        [
          "userId": row["user"] ?? "", "administrator": JSONValue(row["administrator"]?.int == 1),
        ]
      })
  }

  /// SQL: how many people of a chat the platform can't be asked for.
  static func unreachable(_ chat: String) -> String {
    """
    SELECT count(DISTINCT m.person_id) FROM chats_members m WHERE m.chat_id = \(chat) AND NOT EXISTS (
      SELECT 1 FROM school_v1_accounts a WHERE a.person_id = m.person_id AND a.blocked = 0)
    """
  }

  private static func note(_ transaction: Transaction, _ batch: Batch) throws {
    for (id, revision) in batch.revisions {
      try transaction.query(
        """
        UPDATE chats_chats SET pushed = max(pushed, :revision), unreachable = (\(unreachable("chats_chats.id")))
        WHERE id = :id
        """, ["revision": JSONValue(revision), "id": JSONValue(id)])
    }
    try ChatStates.show(transaction, batch.revisions.map(\.id))
  }
}
