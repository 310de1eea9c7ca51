/// When a plugin's runner ended by itself, and what follows from it.
struct RunnerCrashes: Sendable {
  /// Ends within `windowMs` after which nobody starts it any more by himself.
  static let most = 3
  static let windowMs: Int64 = 300_000
  /// Milliseconds before the next start: doubled with each end, up to the last.
  static let rests: (first: Int64, last: Int64) = (500, 30_000)

  private(set) var total = 0
  private(set) var last: String?
  /// Of the last few minutes, on the clock of `monotonicMs`.
  private var recent: [Int64] = []
  private var restsUntil: Int64 = 0

  /// Takes in one end. True: it was one too many.
  mutating func note(_ reason: String, at now: Int64) -> Bool {
    total += 1
    last = reason
    recent = recent.filter { now - $0 < Self.windowMs } + [now]
    let doublings = min(recent.count - 1, 10)
    restsUntil = now + min(Self.rests.first << Int64(doublings), Self.rests.last)
    return recent.count >= Self.most
  }

  /// Milliseconds until it may be started again; nil: now.
  func restMs(at now: Int64) -> Int64? { restsUntil > now ? restsUntil - now : nil }

  /// Somebody wants it tried again.
  mutating func forgive() {
    recent = []
    restsUntil = 0
  }
}
