import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Notes in the journals which plugin a fatal signal came from, then lets the signal do what it would have done.
///
/// Installed when the first journal is made, so a host that loads no plugin keeps its handlers untouched. The
/// handler that was there before, such as the one of Swift's own backtracer, runs afterwards.
enum CrashSignals {
  static let fatal = [SIGSEGV, SIGBUS, SIGILL, SIGABRT, SIGFPE, SIGTRAP]
  /// Journals of one process: one in a host, a few in tests. Later ones are not marked.
  fileprivate static let maxJournals = 64

  private static let installed = Mutex(0)

  /// Adds a journal's map, which must stay mapped to the end of the process.
  static func watch(_ map: UnsafeMutableRawPointer) {
    installed.withLock { count in
      if count == 0 { install() }
      guard count < maxJournals else { return }
      unsafe journals[count] = unsafe map
      count += 1
    }
  }

  private static func install() {
    // Touched here so that the handler finds them made: their first use may allocate.
    unsafe journals.initialize(repeating: nil, count: maxJournals)
    unsafe previous.initialize(repeating: sigaction(), count: 65)
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_sigaction = unsafe noteCrash
    action.sa_flags = SA_SIGINFO | SA_ONSTACK
    unsafe sigemptyset(&action.sa_mask)
    for signal in fatal { unsafe sigaction(signal, &action, previous + Int(signal)) }
  }
}

// Written under `installed`'s lock before the handler can run with them, only read by the handler.
nonisolated(unsafe) private let journals = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(
  capacity: CrashSignals.maxJournals)
nonisolated(unsafe) private let previous = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)

/// Async-signal-safe: loads, stores, `pthread_self`, `sigaction` and `raise`.
private func noteCrash(signal: Int32, info: UnsafeMutablePointer<siginfo_t>?, context: UnsafeMutableRawPointer?) {
  let thread = UInt(pthread_self())
  var newest: UInt64 = 0
  var found: UnsafeMutableRawPointer?
  var journal = 0
  while journal < 64 {
    if let map = unsafe journals[journal] {
      var index = 1
      while index <= 64 {
        let slot = unsafe map + 256 * index
        // The innermost of this thread's entries is the code that ran.
        if let sequence = unsafe Slot.sequence(slot, ofThread: thread), sequence >= newest {
          newest = sequence
          unsafe found = unsafe slot
        }
        index += 1
      }
    }
    journal += 1
  }
  if let found = unsafe found { unsafe Slot.mark(found, signal: signal) }
  unsafe sigaction(signal, previous + Int(signal), nil)
  // A fault happens again when its instruction does; what was sent, or stands after a trap, must be sent again.
  let sent = unsafe info.map { unsafe $0.pointee.si_code <= 0 } ?? true
  if sent || signal == SIGTRAP || signal == SIGABRT { raise(signal) }
}
