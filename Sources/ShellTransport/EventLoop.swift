import CPoll
import Glibc
import Synchronization

/// One thread that waits for descriptors, timers and work of other threads, and runs what is due.
///
/// A turn: everything that epoll reports, due timers, handed-in work, then `endOfTurn`. Nothing due, nothing wakes.
@safe final class EventLoop: @unchecked Sendable {
  // Safe to share: `inbox` has a lock, and the rest is touched on the loop's thread only, once it runs.

  private let poller: CInt
  /// An eventfd that other threads ring when the loop sleeps. Watched by edges, so it need not be read.
  private let bell: CInt
  private let inbox = Mutex(Inbox())
  private var sources: [CInt: Registration] = [:]
  private var lastGeneration: UInt32 = 0
  private var timers = TimerQueue()
  private var thread = pthread_t()
  private var isEnding = false
  /// Runs at the end of each turn in which something happened.
  var endOfTurn: () -> Void = {}
  /// Where reads put what they bring; valid until the next read of any source.
  let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

  private struct Inbox {
    var work: [@Sendable () -> Void] = []
    /// Whether the loop is in, or on its way into, a wait that only the bell ends.
    var sleeps = false
    var isClosed = false
  }

  private struct Registration {
    let source: any EventSource
    let generation: UInt32
  }

  init(name: String) {
    poller = cpoll_create()
    bell = cpoll_create_bell()
    precondition(poller >= 0 && bell >= 0, "no descriptor left for an event loop")
    let hears = control(EPOLL_CTL_ADD, bell, EPOLLIN.rawValue | EPOLLET.rawValue, generation: 0)
    precondition(hears, "an event loop cannot watch its bell: error \(errno)")
    execute { unsafe cpoll_name_thread(name) }
    start()
  }

  deinit { unsafe readBuffer.deallocate() }

  /// Whether the caller runs on the loop's thread.
  var isCurrent: Bool { pthread_equal(pthread_self(), thread) != 0 }

  /// Runs `work` in the loop's order; false when the loop has ended. From any thread.
  @discardableResult
  func execute(_ work: @escaping @Sendable () -> Void) -> Bool {
    let (taken, mustRing) = inbox.withLock { inbox -> (Bool, Bool) in
      guard !inbox.isClosed else { return (false, false) }
      inbox.work.append(work)
      defer { inbox.sleeps = false }
      return (true, inbox.sleeps)
    }
    if mustRing { ring() }
    return taken
  }

  private func ring() {
    var one: UInt64 = 1
    // Fails only when the counter is full, and then the bell has rung.
    _ = unsafe write(bell, &one, 8)
  }
}

// MARK: Descriptors (on the loop)

/// Somebody to be told what a descriptor is ready for.
protocol EventSource: AnyObject {
  /// `events` as epoll says them: EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR, EPOLLRDHUP.
  func ready(_ descriptor: CInt, _ events: UInt32)
}

extension EventLoop {
  /// Begins to watch; 0 watches for errors and the end only. False, and `errno` says why, when the system refuses.
  func watch(_ descriptor: CInt, _ events: UInt32, _ source: any EventSource) -> Bool {
    lastGeneration &+= 1
    guard control(EPOLL_CTL_ADD, descriptor, events, generation: lastGeneration) else { return false }
    sources[descriptor] = Registration(source: source, generation: lastGeneration)
    return true
  }

  func change(_ descriptor: CInt, _ events: UInt32) {
    guard let known = sources[descriptor] else { return }
    _ = control(EPOLL_CTL_MOD, descriptor, events, generation: known.generation)
  }

  /// Stops watching; before the descriptor is closed.
  func forget(_ descriptor: CInt) {
    guard sources.removeValue(forKey: descriptor) != nil else { return }
    _ = control(EPOLL_CTL_DEL, descriptor, 0, generation: 0)
  }

  private func control(_ operation: CInt, _ descriptor: CInt, _ events: UInt32, generation: UInt32) -> Bool {
    let tag = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
    return cpoll_control(poller, operation, descriptor, events, tag) == 0
  }
}

// MARK: Timers

extension EventLoop {
  /// Runs `work` in so many milliseconds. From any thread.
  func schedule(afterMs delay: Int64, _ work: @escaping @Sendable () -> Void) -> DeskTimer {
    let timer = DeskTimer(work)
    let dueNs = monotonicNs() + max(0, delay) * 1_000_000
    if isCurrent {
      timers.add(timer, dueNs)
    } else {
      execute { [self] in timers.add(timer, dueNs) }
    }
    return timer
  }
}

// MARK: The thread

extension EventLoop {
  private func start() {
    let unmanaged = unsafe Unmanaged.passRetained(self).toOpaque()
    let code = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        let loop = unsafe Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue()
        loop.run()
        return nil
      }, unmanaged)
    precondition(code == 0, "no thread left for an event loop: error \(code)")
  }

  /// Ends the thread once what runs now is done, and waits for that. Not from the loop itself, and once.
  func end() {
    execute { [self] in isEnding = true }
    pthread_join(thread, nil)
    close(poller)
    close(bell)
  }

  private func run() {
    // `pthread_create` may return later than this begins.
    thread = pthread_self()
    var events = [cpoll_event](repeating: cpoll_event(), count: 64)
    while !isEnding {
      let count = unsafe cpoll_wait(poller, &events, 64, timeoutMs())
      wokeUp()
      for index in 0..<max(0, Int(count)) { dispatch(events[index]) }
      runTimers()
      runWork()
      endOfTurn()
    }
    finishWork()
    sources = [:]
    timers = TimerQueue()
    endOfTurn = {}
  }

  /// Milliseconds that the loop may wait, −1 for as long as it takes. Says to others that it has to be rung for.
  private func timeoutMs() -> CInt {
    let hasWork = inbox.withLock { inbox -> Bool in
      inbox.sleeps = inbox.work.isEmpty
      return !inbox.work.isEmpty
    }
    if hasWork { return 0 }
    guard let due = timers.nextNs else { return -1 }
    // Upwards, lest the loop turn idly in the last fraction of a millisecond.
    return CInt(clamping: max(0, (due - monotonicNs() + 999_999) / 1_000_000))
  }

  /// Whatever is handed in from now on is found at the end of the turn, so nobody need ring.
  private func wokeUp() { inbox.withLock { $0.sleeps = false } }

  private func dispatch(_ event: cpoll_event) {
    let descriptor = CInt(bitPattern: UInt32(truncatingIfNeeded: event.tag))
    // Of a source that was forgotten in this turn, or of another with its number: not meant for who is there now.
    guard let known = sources[descriptor], known.generation == UInt32(event.tag >> 32) else { return }
    known.source.ready(descriptor, event.events)
  }

  private func runTimers() {
    guard timers.nextNs != nil else { return }
    let now = monotonicNs()
    while let timer = timers.takeDue(now) { timer.fire() }
  }

  /// Runs what was handed in before; what that hands in itself waits for the next turn.
  private func runWork() {
    for action in takeWork() { action() }
  }

  private func takeWork() -> [@Sendable () -> Void] {
    inbox.withLock { inbox in
      defer { inbox.work = [] }
      return inbox.work
    }
  }

  /// What was handed in before the end is still done; whoever comes later is told that it is over.
  private func finishWork() {
    var isOver = false
    while !isOver {
      runWork()
      isOver = inbox.withLock { inbox in
        inbox.isClosed = inbox.work.isEmpty
        return inbox.isClosed
      }
    }
  }
}

/// Nanoseconds of the monotonic clock.
func monotonicNs() -> Int64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
