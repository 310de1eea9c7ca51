import Synchronization

/// What of a query decides the SQL of its pages.
struct PagePlanKey: Hashable {
  enum Search: Hashable {
    case none
    /// Rows come from the search index and are sorted.
    case matched(words: Int)
    /// Rows come in order and each is tested; at most some thousands are looked at.
    case walked(words: Int)
    /// As `walked` without a bound, for sources with no search index.
    case tested(words: Int)
  }

  let source: Int
  let policy: StatementPolicy?
  let order: [PageQuery.Order]
  let filters: [PageQuery.Filter]
  let search: Search
  /// For each value of the cursor, whether it is NULL; nil on the first page.
  let afterNulls: [Bool]?
  let presentation: Presentation
}

/// The SQL of a page, in parts that are run one after the other until the page is full.
///
/// Behind a cursor (a, b, key) the rest of a sorted table is: rows equal in a and b with a later key, then
/// rows equal in a with a later b, then rows with a later a. Each part is one range of an index, whatever the
/// directions, ties and NULLs; one comparison of row values would be none when a collation is named.
struct PagePlan: Sendable {
  let parts: [NumberedSQL]
  /// Tables that decide whether a kept total still holds.
  let reads: [String]
}

/// Plans by what they were made for. A lock, since every reader asks.
final class PagePlans: Sendable {
  private struct State {
    var plans: [PagePlanKey: PagePlan] = [:]
    var counts: [CountPlanKey: PagePlan] = [:]
    var lastNumber = 0
  }

  private let state = Mutex(State())
  private static let mostPlans = 1024

  func plan(_ key: PagePlanKey) -> PagePlan? { state.withLock { $0.plans[key] } }
  func plan(_ key: CountPlanKey) -> PagePlan? { state.withLock { $0.counts[key] } }

  func keep(_ sql: [String], reads: Set<String>, for key: PagePlanKey) -> PagePlan {
    state.withLock { state in
      if state.plans.count >= PagePlans.mostPlans { state.plans = [:] }
      let plan = PagePlans.numbered(sql, reads, &state)
      state.plans[key] = plan
      return plan
    }
  }

  func keep(_ sql: [String], reads: Set<String>, for key: CountPlanKey) -> PagePlan {
    state.withLock { state in
      if state.counts.count >= PagePlans.mostPlans { state.counts = [:] }
      let plan = PagePlans.numbered(sql, reads, &state)
      state.counts[key] = plan
      return plan
    }
  }

  /// After a change of the schema.
  func removeAll() {
    state.withLock { state in
      state.plans = [:]
      state.counts = [:]
    }
  }

  private static func numbered(_ sql: [String], _ reads: Set<String>, _ state: inout State) -> PagePlan {
    let parts = sql.map { text in
      state.lastNumber += 1
      return NumberedSQL(sql: text, number: state.lastNumber)
    }
    return PagePlan(parts: parts, reads: reads.sorted())
  }
}

/// What decides the SQL that counts rows.
struct CountPlanKey: Hashable {
  enum Counted: Hashable {
    case rows(filters: [PageQuery.Filter], words: Int)
    /// Matches of the search index alone, up to `PageSQL.fewMatches` + 1.
    case matches
  }

  let source: Int
  let policy: StatementPolicy?
  let counted: Counted
}
