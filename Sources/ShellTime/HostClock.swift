import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The one source of "now" in a host: milliseconds since 1970-01-01T00:00:00Z.
package protocol HostClock: Sendable {
  var nowMs: Int64 { get }
}

/// The machine's own clock.
package struct SystemClock: HostClock {
  package init() {}

  package var nowMs: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}

/// A clock that stands still until someone moves it; never back.
package final class ManualClock: HostClock {
  private let instant: Mutex<Int64>
  private let onChange: @Sendable (Int64) -> Void

  /// `onChange`: told each new instant before anybody sees it.
  package init(_ startMs: Int64, onChange: @escaping @Sendable (Int64) -> Void = { _ in }) {
    instant = Mutex(startMs)
    self.onChange = onChange
  }

  package var nowMs: Int64 { instant.withLock { $0 } }

  /// Moves the clock to `ms`; an earlier instant leaves it where it is. Returns the instant it shows now.
  @discardableResult
  package func advance(toMs ms: Int64) -> Int64 {
    instant.withLock { now in
      guard ms > now else { return now }
      onChange(ms)
      now = ms
      return now
    }
  }
}

/// Milliseconds on a clock that only runs forward, for time limits and latencies; its zero means nothing.
package func monotonicMs() -> Int64 { elapsedMs(of: CLOCK_MONOTONIC) }

/// Milliseconds of processor time that the calling thread has taken: a busy machine does not lengthen them.
package func threadMs() -> Int64 { elapsedMs(of: CLOCK_THREAD_CPUTIME_ID) }

private func elapsedMs(of clock: clockid_t) -> Int64 {
  var time = timespec()
  unsafe clock_gettime(clock, &time)
  return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
