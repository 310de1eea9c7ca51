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
    /// What one read may keep the desk, by whose table it is.
    package var deskMs: Int64 = 2_000
    package var strangerDeskMs: Int64 = 100
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
  }
  private let state = Mutex(State())
  let limits: Limits

  init(_ limits: Limits) { self.limits = limits }

  /// How a read of the table on the desk is bounded; nil: not there.
  func deskLimit(_ table: LoadedTable) -> ReadLimit? {
    let now = monotonicMs()
    let isSlow = state.withLock { $0.slow[table.id].map { now < $0 } ?? false }
    return isSlow ? nil : ReadLimit(ms: table.isStranger ? limits.strangerDeskMs : limits.deskMs)
  }

  func wasSlow(_ table: LoadedTable) {
    state.withLock { $0.slow[table.id] = monotonicMs() + limits.slowForMs }
  }

  func wasTooSlow(_ table: LoadedTable) {
    state.withLock { $0.resting[table.id] = monotonicMs() + limits.restMs }
  }

  /// Milliseconds until the table is read again; nil: it may be read.
  func rest(_ table: LoadedTable) -> Int64? {
    let now = monotonicMs()
    return state.withLock { $0.resting[table.id].flatMap { $0 > now ? $0 - now : nil } }
  }

  /// Other code may be behind the names now.
  func forget() { state.withLock { $0 = State() } }
}
