import ShellTime
import Synchronization

/// When a plugin is to look again at what it described: rows that the description was made from have changed. One
/// question at a time, and a pause between two. Desk only.
final class Upkeep: @unchecked Sendable {
  // Safe to carry to the desk's timer: touched on the desk only.
  /// Tables that the description was made from.
  var reads: Set<String> = []
  /// Tables that changed while the plugin was making a description.
  private var changedMeanwhile: Set<String> = []
  private var isAsking = false
  private var asksAgain = false
  private var isWaiting = false
  private var lastAskedMs: Int64 = 0

  /// Milliseconds between two questions.
  static let pauseMs: Int64 = 250

  /// Rows of these tables changed. True when that is reason to ask; while a question is under way it is remembered.
  func changed(_ tables: Set<String>) -> Bool {
    if isAsking { changedMeanwhile.formUnion(tables) }
    return !isAsking && !reads.isDisjoint(with: tables)
  }

  /// The question under way will have to be put once more.
  func askAgain() { asksAgain = true }

  /// A question starts.
  func begin() { (isAsking, asksAgain, changedMeanwhile, lastAskedMs) = (true, false, [], monotonicMs()) }

  /// A question has been answered. True when it is to be asked again.
  func end() -> Bool {
    isAsking = false
    return asksAgain || !reads.isDisjoint(with: changedMeanwhile)
  }

  /// Asks now, or when the question under way or the pause is over, if it is still wanted then.
  func soon(_ desk: any Desk, while isWanted: @escaping @Sendable () -> Bool, ask: @escaping @Sendable () -> Void) {
    guard !isAsking else { return askAgain() }
    guard !isWaiting else { return }
    let wait = lastAskedMs + Self.pauseMs - monotonicMs()
    if wait <= 0 { return ask() }
    isWaiting = true
    _ = desk.schedule(afterMs: wait) { [self] in
      isWaiting = false
      if isWanted(), !isAsking { ask() }
    }
  }
}

/// Tables that transactions of a call have read; they tell from any thread.
final class NotedReads: Sendable {
  private let tables = Mutex<Set<String>>([])

  var all: Set<String> { tables.withLock { $0 } }

  @Sendable func add(_ more: Set<String>) { tables.withLock { $0.formUnion(more) } }
}
