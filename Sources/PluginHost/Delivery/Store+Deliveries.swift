import Jansson
import ShellStore

extension Store {
  /// Due jobs that can be started, by due time: not those of the given owners, nor those with the given ids.
  func startableJobs(
    nowMs: Int64, except owners: Set<String>, running: some Sequence<Int64>, limit: Int
  ) throws -> [StoredJob] {
    guard !owners.isEmpty || running.contains(where: { _ in true }) else {
      return try dueJobs(nowMs: nowMs, limit: limit)
    }
    // In growing steps: what cannot be started may stand in front of what can.
    let running = Set(running)
    var asked = limit + running.count
    while true {
      let due = try dueJobs(nowMs: nowMs, limit: asked)
      let startable = due.filter { !owners.contains($0.owner) && !running.contains($0.id) }
      if startable.count >= limit || due.count < asked { return Array(startable.prefix(limit)) }
      asked *= 4
    }
  }

  /// When the first job after `ms` falls due; nil when there is none.
  func nextDueMs(after ms: Int64) throws -> Int64? {
    let rows = try transact(.read) { transaction in
      try transaction.query(
        "SELECT min(due_at) AS due FROM shell_jobs WHERE failed = 0 AND due_at > ?", [JSONValue(ms)],
        policy: nil)
    }
    return rows[0]?["due"]?.int64
  }
}
