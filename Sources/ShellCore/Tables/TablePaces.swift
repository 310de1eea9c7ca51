import ShellStore
import ShellTime
import Synchronization

/// Which tables are too slow for the desk, and which are not read at all for a while. From any thread.
///
/// Everybody waits for what the desk reads, and a table's SQL is its plugin's. So no read keeps the desk for long: one
/// that would is given up, and its table is read beside the desk from then on.
package final class TablePaces: Sendable {
  /// In milliseconds.
  package struct Limits: Sendable {
    /// What one read may keep the desk.
    package var deskMs: Int64 = 2_000
    /// The same for tables of strangers, and what all of a stranger's may keep it in `budgetMs`.
    package var strangerDeskMs: Int64 = 100
    package var budgetMs: Int64 = 1_000
    /// What a read beside the desk may take.
    package var asideMs: Int64 = 10_000
    /// Until a slow table is tried on the desk again.
    package var slowForMs: Int64 = 60_000
    /// Until a table that was not read in time even beside the desk is read again.
    package var restMs: Int64 = 30_000

    package init() {}
  }

  private struct State {
    /// Until when, on the clock of `monotonicMs`, by table.
    var slow: [String: Int64] = [:]
    var resting: [String: Int64] = [:]
    /// What strangers have taken of the desk, by plugin, since when.
    var spent: [String: (since: Int64, ms: Int64)] = [:]
  }
  private let state = Mutex(State())
  let limits: Limits

  init(_ limits: Limits) { self.limits = limits }

  /// Why the desk reads a table.
  enum Purpose {
    /// Somebody asked for its rows; they may come from beside the desk as well.
    case page
    /// Something is needed of it by the way, and may be left out.
    case byTheWay
  }

  /// How a read of the table on the desk is bounded; nil: not there.
  func deskLimit(_ table: LoadedTable, _ purpose: Purpose) -> ReadLimit? {
    let now = monotonicMs()
    return state.withLock { state in
      if let rests = state.resting[table.id], now < rests { return nil }
      let isSlow = state.slow[table.id].map { now < $0 } ?? false
      guard table.isStranger else {
        guard isSlow else { return ReadLimit(ms: limits.deskMs) }
        return purpose == .page ? nil : ReadLimit(ms: limits.strangerDeskMs)
      }
      let spent = state.spent[table.policy.owner].map { now - $0.since < limits.budgetMs ? $0.ms : 0 } ?? 0
      return isSlow || spent >= limits.strangerDeskMs ? nil : ReadLimit(ms: limits.strangerDeskMs - spent)
    }
  }

  /// A read on the desk took so long.
  func took(_ table: LoadedTable, ms: Int64) {
    guard table.isStranger, ms > 0 else { return }
    let now = monotonicMs()
    state.withLock { state in
      var spent = state.spent[table.policy.owner] ?? (now, 0)
      if now - spent.since >= limits.budgetMs { spent = (now, 0) }
      spent.ms += ms
      state.spent[table.policy.owner] = spent
    }
  }

  func wasSlow(_ table: LoadedTable) {
    state.withLock { $0.slow[table.id] = monotonicMs() + limits.slowForMs }
  }

  func wasTooSlow(_ table: LoadedTable) {
    let now = monotonicMs()
    state.withLock { state in
      state.resting[table.id] = now + limits.restMs
      state.slow[table.id] = now + limits.slowForMs
    }
  }

  /// Milliseconds until the table is read again; nil: it may be read.
  func rest(_ table: LoadedTable) -> Int64? {
    let now = monotonicMs()
    return state.withLock { $0.resting[table.id].flatMap { $0 > now ? $0 - now : nil } }
  }

  /// Other code may be behind the name now.
  func forget(_ table: String) {
    state.withLock { state in
      state.slow[table] = nil
      state.resting[table] = nil
    }
  }
}
