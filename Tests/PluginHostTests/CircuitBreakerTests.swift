import Testing

@testable import PluginHost

/// When calls are kept away from a plugin, and when they are let through again.
@Suite struct CircuitBreakerTests {
  @Test func `I2: five calls in a row that run out of time open it, and one in time closes it`() {
    let breaker = CircuitBreaker(width: 1)
    for _ in 1..<CircuitBreaker.patience { #expect(!breaker.timedOut("a", at: 0)) }
    breaker.answered()
    for _ in 1..<CircuitBreaker.patience { #expect(!breaker.timedOut("a", at: 0)) }
    #expect(breaker.refusal(at: 0) == nil)
    #expect(breaker.timedOut("b", at: 0))
    let refusal = breaker.refusal(at: 1000)
    #expect(refusal?.reason == "5 calls in a row ran out of time, the last of them 'b'")
    #expect(refusal?.retryAfterMs == CircuitBreaker.rests.first - 1000)
    breaker.answered()
    #expect(breaker.refusal(at: 1000) == nil)
  }

  @Test func `I2: after its rest one call is tried; while it is out, others wait; its failure doubles the rest`() {
    let breaker = CircuitBreaker(width: 1)
    for _ in 0..<CircuitBreaker.patience { _ = breaker.timedOut("a", at: 0) }
    let first = CircuitBreaker.rests.first
    #expect(breaker.refusal(at: first - 1) != nil)
    #expect(breaker.refusal(at: first) == nil, "one is let through")
    #expect(breaker.refusal(at: first) != nil, "and no second one beside it")
    #expect(!breaker.timedOut("a", at: first + 10), "it was open already")
    #expect(breaker.refusal(at: first + 10)?.retryAfterMs == 2 * first)
    #expect(breaker.refusal(at: 3 * first + 10) == nil)
    breaker.answered()
    #expect(breaker.refusal(at: 3 * first + 11) == nil && breaker.refusal(at: 3 * first + 11) == nil)
  }

  @Test func `I2: a trial of which nobody hears again is followed by another after a rest`() {
    let breaker = CircuitBreaker(width: 1)
    for _ in 0..<CircuitBreaker.patience { _ = breaker.timedOut("a", at: 0) }
    let rest = CircuitBreaker.rests.first
    #expect(breaker.refusal(at: rest) == nil)
    #expect(breaker.refusal(at: 2 * rest - 1) != nil)
    #expect(breaker.refusal(at: 2 * rest) == nil)
  }

  @Test func `I2: as many stuck calls as it is wide open it, until one comes back`() {
    let breaker = CircuitBreaker(width: 2)
    #expect(!breaker.stuck(1, "a"))
    #expect(breaker.refusal() == nil)
    #expect(breaker.stuck(2, "b"))
    #expect(breaker.refusal()?.reason == "it does not come back from 'a'")
    breaker.cameBack(1)
    #expect(breaker.refusal() == nil)
  }

  @Test func `I2: three ends in five minutes are too many, and each rest is twice the last`() {
    var crashes = RunnerCrashes()
    var isOneTooMany = crashes.note("one", at: 0)
    #expect(!isOneTooMany && crashes.restMs(at: 0) == RunnerCrashes.rests.first)
    #expect(crashes.restMs(at: RunnerCrashes.rests.first) == nil)
    isOneTooMany = crashes.note("two", at: 1000)
    #expect(!isOneTooMany && crashes.restMs(at: 1000) == 2 * RunnerCrashes.rests.first)
    isOneTooMany = crashes.note("much later", at: RunnerCrashes.windowMs)
    #expect(!isOneTooMany, "the first is forgotten by then")
    isOneTooMany = crashes.note("at once", at: RunnerCrashes.windowMs + 1)
    #expect(isOneTooMany && crashes.total == 4 && crashes.last == "at once")
    crashes.forgive()
    #expect(crashes.restMs(at: RunnerCrashes.windowMs + 1) == nil)
    isOneTooMany = crashes.note("anew", at: RunnerCrashes.windowMs + 2)
    #expect(!isOneTooMany)
  }

  @Test func `I2: a minute's budget is told once when it is used up, and is there again in the next minute`() {
    var budget = MinuteBudget(2)
    let answers = [100_000, 100_001, 100_002, 100_003, 160_000].map { budget.take(at: $0) }
    #expect(answers == [.yes, .yes, .last, .no, .yes])
  }
}
