import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Notes in the journals which plugin a fatal signal came from, then lets the signal do what it would have
/// done.
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
private func noteCrash(
  signal: Int32, info: UnsafeMutablePointer<siginfo_t>?, context: UnsafeMutableRawPointer?
) {
  if let slot = unsafe slotOfThread(UInt(pthread_self())) ?? slotOfCode(context) {
    unsafe Slot.mark(slot, signal: signal)
  }
  unsafe sigaction(signal, previous + Int(signal), nil)
  // A fault happens again when its instruction does; what was sent, or stands after a trap, must be sent
  // again.
  let sent = unsafe info.map { unsafe $0.pointee.si_code <= 0 } ?? true
  if sent || signal == SIGTRAP || signal == SIGABRT { raise(signal) }
}

/// The innermost entry of a thread: the code that ran.
private func slotOfThread(_ thread: UInt) -> UnsafeMutableRawPointer? {
  var newest: UInt64 = 0
  var found: UnsafeMutableRawPointer?
  var journal = 0
  while journal < CrashSignals.maxJournals {
    if let map = unsafe journals[journal] {
      var index = 1
      while index <= CrashJournal.slots {
        let slot = unsafe map + CrashJournal.slotSize * index
        if let sequence = unsafe Slot.sequence(slot, ofThread: thread), sequence >= newest {
          newest = sequence
          unsafe found = unsafe slot
        }
        index += 1
      }
    }
    journal += 1
  }
  return unsafe found
}

/// The library that the interrupted code, or one of its nearest callers, lies in: a failed check in a plugin
/// ends in the Swift runtime, a bad free in libc.
private func slotOfCode(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context = unsafe context else { return nil }
  // Offsets of the kernel's struct ucontext, which cannot change.
  #if arch(x86_64)
    var address = unsafe context.load(fromByteOffset: 168, as: UInt.self)
    var frame = unsafe context.load(fromByteOffset: 120, as: UInt.self)
    var floor = unsafe context.load(fromByteOffset: 160, as: UInt.self)
  #elseif arch(arm64)
    var address = unsafe context.load(fromByteOffset: 440, as: UInt.self)
    var frame = unsafe context.load(fromByteOffset: 416, as: UInt.self)
    var floor = unsafe context.load(fromByteOffset: 432, as: UInt.self)
  #else
    return nil
  #endif
  var depth = 0
  while true {
    if let slot = unsafe slotOfLibrary(address) { return unsafe slot }
    // The top bits of a saved frame pointer may mark an asynchronous function.
    frame &= 0x0fff_ffff_ffff_ffff
    // Only upwards and not far: what is no chain of frames must not be followed.
    guard depth < 32, frame % 8 == 0, frame >= floor, frame - floor < 1 << 16,
      let link = unsafe UnsafeRawPointer(bitPattern: frame)
    else { return nil }
    address = unsafe link.load(fromByteOffset: 8, as: UInt.self)
    floor = frame + 16
    frame = unsafe link.load(as: UInt.self)
    depth += 1
  }
}

private func slotOfLibrary(_ address: UInt) -> UnsafeMutableRawPointer? {
  var journal = 0
  while journal < CrashSignals.maxJournals {
    if let map = unsafe journals[journal] {
      var index = 1
      while index <= CrashJournal.slots {
        let slot = unsafe map + CrashJournal.slotSize * index
        if unsafe Slot.isLibrary(slot, holding: address) { return unsafe slot }
        index += 1
      }
    }
    journal += 1
  }
  return nil
}
