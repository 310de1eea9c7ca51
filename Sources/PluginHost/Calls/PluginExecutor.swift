import Dispatch
import Synchronization

/// Where a plugin's code runs: one call at a time, or up to `width` at once when its manifest says
/// "parallel". Work starts in the order in which it came.
///
/// It has threads of its own, made when work waits for one: libdispatch's cost half as much again for each call. One idle
/// thread is kept and sleeps without a limit; the others end when nothing is left to do.
final class PluginExecutor: Sendable {
  /// Calls that a parallel plugin runs at once.
  static let parallelWidth = 16

  private let threads: Threads

  init(plugin: String, parallel: Bool) {
    threads = Threads(name: "esh.\(plugin)", width: parallel ? Self.parallelWidth : 1)
  }

  // What waits is still done, as the queues of libdispatch have it.
  deinit { threads.end() }

  func run(_ work: @escaping @Sendable () -> Void) { threads.run(work) }
}

/// The executor without its owner: what its threads hold on to.
private final class Threads: Sendable {
  private struct State {
    /// In the order in which it came; the next one is last in `next`, and `later` is read once that is empty.
    var next: [@Sendable () -> Void] = []
    var later: [@Sendable () -> Void] = []
    var threads = 0
    /// Whether one of them sleeps, or is on its way to it.
    var hasIdle = false
    var isOver = false

    mutating func take() -> (@Sendable () -> Void)? {
      if next.isEmpty { (next, later) = (later.reversed(), []) }
      return next.popLast()
    }
  }

  private enum Step {
    case work(@Sendable () -> Void)
    case sleep, end
  }

  private let name: String
  private let width: Int
  private let state = Mutex(State())
  /// Rung for the one that sleeps.
  private let bell = DispatchSemaphore(value: 0)

  init(name: String, width: Int) {
    self.name = name
    self.width = width
  }

  func run(_ work: @escaping @Sendable () -> Void) {
    let (mustRing, mustStart) = state.withLock { state -> (Bool, Bool) in
      state.later.append(work)
      if state.hasIdle {
        state.hasIdle = false
        return (true, false)
      }
      guard state.threads < width else { return (false, false) }
      state.threads += 1
      return (false, true)
    }
    if mustRing { bell.signal() }
    if mustStart { start() }
  }

  private func start() {
    guard !OwnThread.start(name, { [self] in serve() }) else { return }
    let isStranded = state.withLock { state -> Bool in
      state.threads -= 1
      return state.threads == 0
    }
    // The process has no thread left; those that there are take what waits. Where there is none, one is tried for again.
    guard isStranded else { return }
    DispatchQueue(label: name).asyncAfter(deadline: .now() + 1) { [self] in
      let isAlone = state.withLock { state -> Bool in
        guard state.threads == 0, !state.next.isEmpty || !state.later.isEmpty else { return false }
        state.threads += 1
        return true
      }
      if isAlone { start() }
    }
  }

  func end() {
    let mustRing = state.withLock { state -> Bool in
      state.isOver = true
      defer { state.hasIdle = false }
      return state.hasIdle
    }
    if mustRing { bell.signal() }
  }

  private func serve() {
    while true {
      switch next() {
      case .work(let work): work()
      case .sleep: bell.wait()
      case .end: return
      }
    }
  }

  private func next() -> Step {
    state.withLock { state in
      if let work = state.take() { return .work(work) }
      guard !state.hasIdle, !state.isOver else {
        state.threads -= 1
        return .end
      }
      state.hasIdle = true
      return .sleep
    }
  }
}
