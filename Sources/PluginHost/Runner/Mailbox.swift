import Dispatch
import Synchronization

/// Frames on their way from the one thread that reads to a thread that waits for them.
final class Mailbox: Sendable {
  private struct State {
    var frames: [Frame] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let news = DispatchSemaphore(value: 0)

  /// How many wait in it now.
  @discardableResult
  func put(_ frame: Frame) -> Int {
    let count = state.withLock { state in
      state.frames.append(frame)
      return state.frames.count
    }
    news.signal()
    return count
  }

  /// Whoever waits gets nothing from here on.
  func close() {
    state.withLock { $0.isClosed = true }
    news.signal()
  }

  enum Next {
    case frame(Frame)
    case closed
    case late
  }

  /// Waits for one frame, no longer than `limitMs`.
  func next(limitMs: Int64?) -> Next {
    let limit = limitMs.map { DispatchTime.now() + .milliseconds(Int($0)) } ?? .distantFuture
    while true {
      let found = state.withLock { state -> Next? in
        if !state.frames.isEmpty { return .frame(state.frames.removeFirst()) }
        return state.isClosed ? .closed : nil
      }
      if let found { return found }
      if news.wait(timeout: limit) == .timedOut { return .late }
    }
  }
}

/// Mailboxes by id: of requests that wait for an answer, of transactions, of calls that a thread waits in.
final class Mailboxes: Sendable {
  private struct State {
    var boxes: [UInt64: Mailbox] = [:]
    var isClosed = false
  }

  private let state = Mutex(State())

  /// A new one; closed at once when the other end is gone.
  func open(_ id: UInt64) -> Mailbox {
    let box = Mailbox()
    let isClosed = state.withLock { state in
      state.boxes[id] = box
      return state.isClosed
    }
    if isClosed { box.close() }
    return box
  }

  func forget(_ id: UInt64) { state.withLock { _ = $0.boxes.removeValue(forKey: id) } }

  /// How many wait there now; nil when nobody waits under that id.
  @discardableResult
  func put(_ frame: Frame, for id: UInt64) -> Int? {
    guard let box = state.withLock({ $0.boxes[id] }) else { return nil }
    return box.put(frame)
  }

  var count: Int { state.withLock { $0.boxes.count } }

  func close() {
    let boxes = state.withLock { state in
      state.isClosed = true
      return Array(state.boxes.values)
    }
    for box in boxes { box.close() }
  }
}
