import Synchronization

/// Something that the desk will do later, unless it is cancelled.
package final class DeskTimer: Sendable {
  // A structure: a mutex of a bare function wraps it anew at every look.
  private struct Work {
    var run: (@Sendable () -> Void)?
  }

  private let work: Mutex<Work>

  init(_ work: @escaping @Sendable () -> Void) { self.work = Mutex(Work(run: work)) }

  /// From any thread; nothing happens when it has run or was cancelled before.
  package func cancel() { work.withLock { $0.run = nil } }

  var isCancelled: Bool { work.withLock { $0.run == nil } }

  func fire() {
    let due = work.withLock { work in
      defer { work.run = nil }
      return work.run
    }
    due?()
  }
}

/// Timers by the instant at which they are due: a binary heap.
struct TimerQueue {
  private struct Entry {
    let dueNs: Int64
    /// Of two at one instant the one that was asked for first runs first.
    let number: UInt64
    let timer: DeskTimer

    func isBefore(_ other: Entry) -> Bool {
      dueNs != other.dueNs ? dueNs < other.dueNs : number < other.number
    }
  }

  private var heap: [Entry] = []
  private var lastNumber: UInt64 = 0
  /// Past so many entries those that were cancelled are thrown out: most deadlines are, long before they are due.
  private var sweepAt = 1024

  mutating func add(_ timer: DeskTimer, _ dueNs: Int64) {
    if heap.count >= sweepAt { sweep() }
    lastNumber += 1
    insert(Entry(dueNs: dueNs, number: lastNumber, timer: timer))
  }

  private mutating func sweep() {
    let live = heap.filter { !$0.timer.isCancelled }
    heap = []
    for entry in live { insert(entry) }
    sweepAt = max(1024, 2 * live.count)
  }

  private mutating func insert(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// When the next one is due that was not cancelled; forgets cancelled ones before it.
  var nextNs: Int64? {
    mutating get {
      while let first = heap.first, first.timer.isCancelled { removeFirst() }
      return heap.first?.dueNs
    }
  }

  /// The next one that is due at `nowNs`.
  mutating func takeDue(_ nowNs: Int64) -> DeskTimer? {
    guard let due = nextNs, due <= nowNs else { return nil }
    return removeFirst()
  }

  @discardableResult
  private mutating func removeFirst() -> DeskTimer {
    heap.swapAt(0, heap.count - 1)
    let removed = heap.removeLast()
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < heap.count else { break }
      let right = left + 1
      let least = right < heap.count && heap[right].isBefore(heap[left]) ? right : left
      guard heap[least].isBefore(heap[parent]) else { break }
      heap.swapAt(parent, least)
      parent = least
    }
    return removed.timer
  }
}
