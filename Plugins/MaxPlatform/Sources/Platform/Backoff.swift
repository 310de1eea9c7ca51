/// How long to wait after a failure: a second, doubled each time, five minutes at most. The platform's own hint
/// wins when it is longer.
package enum Backoff {
  package static let firstMs: Int64 = 1_000
  package static let longestMs: Int64 = 300_000

  /// `attempt` counts from 1. `jitter` 0…1 takes up to a fifth off, so that what failed together does not come
  /// back together.
  package static func delayMs(
    attempt: Int, retryAfterMs: Int64? = nil, jitter: Double = .random(in: 0...1)
  ) -> Int64 {
    let doublings = min(max(attempt - 1, 0), 10)
    let full = min(longestMs, firstMs << Int64(doublings))
    let delay = Int64(Double(full) * (1 - 0.2 * jitter))
    return max(delay, retryAfterMs ?? 0)
  }
}
