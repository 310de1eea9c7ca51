import MaxPlatformPlugin
import Testing

/// What chats may take of the platform's limits.
@Suite struct ChatLimitTests {
  @Test func `chats leave five tokens to people who wait, and run at thirty a second all the same`() {
    let limiter = RateLimiter()
    let real = ContinuousClock.now
    for _ in 0..<25 { #expect(limiter.takeForChat(nil, hostMs: 0, real: real) == 0) }
    #expect(limiter.takeForChat(nil, hostMs: 0, real: real) > 0)
    for _ in 0..<5 { #expect(limiter.take(dialog: nil, hostMs: 0, real: real) == 0) }
    #expect(limiter.take(dialog: nil, hostMs: 0, real: real) > 0)
    for _ in 0..<30 { limiter.answered(forChat: nil, hostMs: 0, real: real) }

    var taken = 0
    for ms in 1...10_000 {
      while limiter.takeForChat(nil, hostMs: Int64(ms), real: real) == 0 {
        taken += 1
        limiter.answered(forChat: nil, hostMs: Int64(ms), real: real)
      }
    }
    #expect((294...300).contains(taken))
  }

  @Test func `a chat is changed twice a second, and its limit is waited for apart`() {
    let limiter = RateLimiter()
    let real = ContinuousClock.now
    #expect(limiter.wait(forChat: "a", hostMs: 0, real: real) == 0)
    #expect(limiter.takeForChat("a", hostMs: 0, real: real) == 0)
    #expect(limiter.takeForChat("a", hostMs: 0, real: real) == 0)
    #expect(limiter.wait(forChat: "a", hostMs: 0, real: real) == 500)
    #expect(limiter.takeForChat("b", hostMs: 0, real: real) == 0)
    for _ in 0..<2 { limiter.answered(forChat: "a", hostMs: 0, real: real) }
    #expect(limiter.wait(forChat: "a", hostMs: 500, real: real) == 0)
  }

  @Test func `a request is counted as late as its answer: the platform may have seen it only then`() {
    let limiter = RateLimiter()
    let real = ContinuousClock.now
    #expect(limiter.takeForChat("a", hostMs: 0, real: real) == 0)
    limiter.answered(forChat: "a", hostMs: 400, real: real)
    #expect(limiter.takeForChat("a", hostMs: 400, real: real) == 0)
    limiter.answered(forChat: "a", hostMs: 410, real: real)
    // The platform's bucket was full until 400, not refilled since 0.
    #expect(limiter.wait(forChat: "a", hostMs: 410, real: real) == 490)
  }

  @Test(arguments: [0, 900, 1_200, 1_500, 3_000])
  func `a platform that stands still with requests under way refuses none of them afterwards`(stall: Int64) {
    let limiter = RateLimiter()
    let real = ContinuousClock.now
    // The platform's own bucket, and when requests come there: from half a second on it takes nothing in for a while.
    var bucket = TokenBucket(perSecond: RateLimiter.perSecond, nowMs: 0)
    var underWay: [Int64] = []
    var (asked, refused) = (0, 0)
    for now in Int64(0)..<8_000 {
      if now < 500 || now >= 500 + stall {
        for sent in underWay where now >= sent + 20 {
          if bucket.wait(nowMs: now) > 0 { refused += 1 } else { bucket.spend(nowMs: now) }
          limiter.answered(forChat: nil, hostMs: now, real: real)
        }
        underWay.removeAll { now >= $0 + 20 }
      }
      while underWay.count < 24, limiter.takeForChat(nil, hostMs: now, real: real) == 0 {
        underWay.append(now)
        asked += 1
      }
    }
    #expect(refused == 0)
    #expect(asked >= 25 + 30 * (8_000 - Int(stall)) / 1_000 - 30)
  }

  @Test func `a request that nobody says was answered holds no place for ever`() {
    let limiter = RateLimiter()
    let real = ContinuousClock.now
    for _ in 0..<25 { #expect(limiter.takeForChat(nil, hostMs: 0, real: real) == 0) }
    #expect(limiter.takeForChat(nil, hostMs: 30_000, real: real) > 0)
    for _ in 0..<25 { #expect(limiter.takeForChat(nil, hostMs: 41_000, real: real) == 0) }
  }
}
