import Glibc

/// A moment by which something must have happened.
struct Deadline {
  private let endMs: Int64

  init(within seconds: Double) { endMs = Self.nowMs + Int64(seconds * 1000) }

  /// Milliseconds left, for poll(2); never below zero.
  var leftMs: Int32 { Int32(max(0, min(endMs - Self.nowMs, 60_000))) }
  var hasPassed: Bool { leftMs == 0 }

  static var nowMs: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}

/// Waits until `descriptor` can be read (or written), or has ended. False: the deadline came first.
func ready(_ descriptor: CInt, for events: Int32 = POLLIN, until deadline: Deadline) -> Bool {
  var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
  while true {
    let count = unsafe poll(&entry, 1, deadline.leftMs)
    if count > 0 { return true }
    if count == 0 || errno != EINTR { return false }
  }
}

/// Asks again and again until there is an answer; nil when there was none in time.
///
/// For states that nobody announces, such as a file or the platform's inbox. Between two questions it waits a
/// hundredth of a second for nothing at all.
func awaited<Value>(within seconds: Double, _ ask: () throws -> Value?) rethrows -> Value? {
  let deadline = Deadline(within: seconds)
  while true {
    if let value = try ask() { return value }
    if deadline.hasPassed { return nil }
    _ = poll(nil, 0, 10)
  }
}
