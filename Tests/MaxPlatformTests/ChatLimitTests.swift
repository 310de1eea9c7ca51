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

    var taken = 0
    for ms in 1...10_000 {
      while limiter.takeForChat(nil, hostMs: Int64(ms), real: real) == 0 { taken += 1 }
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
}
