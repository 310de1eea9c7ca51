/// Pauses between attempts: the first, then twice as long each time, up to a bound.
struct Backoff: Sendable {
  /// A subscriber whose handler refuses an event.
  static let events = Backoff(firstMs: 1000, maxMs: 60_000)
  /// A job whose manifest says nothing of its own.
  static let jobs = Backoff(firstMs: 1000, maxMs: 600_000)

  let firstMs: Int64
  let maxMs: Int64

  /// Milliseconds before the attempt after `failures` failed ones (1 or more). `jitter` (0..<1) takes up to a
  /// quarter more, so that what failed together is not tried again together.
  func pauseMs(failures: Int, jitter: Double = 0) -> Int64 {
    var pause = min(firstMs, maxMs)
    for _ in 0..<min(max(0, failures - 1), 62) where pause < maxMs {
      pause = pause > maxMs / 2 ? maxMs : pause * 2
    }
    return pause + Int64(Double(pause) * 0.25 * min(max(0, jitter), 1))
  }
}
