import Jansson
import Synchronization

/// Counts that are still right, since no table that they count has changed.
///
/// Each table has a generation that a commit raises. A count is kept with the sum of its tables' generations
/// from before it was made; the sum only grows, so it is equal exactly when none has changed.
final class TotalsCache: Sendable {
  struct Key: Hashable {
    /// Number of the counting statement.
    let statement: Int
    /// What is bound to it.
    let values: [String]
  }

  private struct Entry {
    let total: Int
    let generation: UInt64
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var generations: [String: UInt64] = [:]

    func generation(_ tables: [String]) -> UInt64 {
      tables.reduce(0) { $0 &+ (generations[$1] ?? 0) }
    }
  }

  private let state = Mutex(State())
  private static let mostEntries = 2048

  /// The kept total; nil and the generation to keep the next one with when there is none.
  func total(_ key: Key, _ tables: [String]) -> (total: Int?, generation: UInt64) {
    state.withLock { state in
      let generation = state.generation(tables)
      let entry = state.entries[key]
      return (entry?.generation == generation ? entry?.total : nil, generation)
    }
  }

  func keep(_ total: Int, _ key: Key, generation: UInt64) {
    state.withLock { state in
      if state.entries.count >= TotalsCache.mostEntries { state.entries = [:] }
      state.entries[key] = Entry(total: total, generation: generation)
    }
  }

  func invalidate(_ tables: Set<String>) {
    state.withLock { state in
      for table in tables { state.generations[table, default: 0] += 1 }
    }
  }
}
