import MaxPlatformPlugin
import PluginKit
import Testing

@Suite struct TrafficTests {
  @Test func `a bucket gives a second's worth at once, then one by one`() {
    var bucket = TokenBucket(perSecond: 2, nowMs: 1000)
    for _ in 0..<2 {
      #expect(bucket.wait(nowMs: 1000) == 0)
      bucket.spend(nowMs: 1000)
    }
    #expect(bucket.wait(nowMs: 1000) == 500)
    #expect(bucket.wait(nowMs: 1400) == 100)
    #expect(bucket.wait(nowMs: 1500) == 0)
  }

  @Test func `a bucket never holds more than a second's worth, and a clock that goes back gives nothing`() {
    var bucket = TokenBucket(perSecond: 2, nowMs: 0)
    for _ in 0..<3 { bucket.spend(nowMs: 3_600_000) }
    #expect(bucket.wait(nowMs: 3_600_000) == 1000)
    #expect(bucket.wait(nowMs: 0) == 1000)
  }

  @Test func `one dialog's limit leaves the others alone`() {
    let limiter = RateLimiter(perSecond: 30, perDialog: 2)
    let real = ContinuousClock.now
    #expect(limiter.take(dialog: "1", hostMs: 0, real: real) == 0)
    #expect(limiter.take(dialog: "1", hostMs: 0, real: real) == 0)
    #expect(limiter.take(dialog: "1", hostMs: 0, real: real) == 500)
    #expect(limiter.take(dialog: "2", hostMs: 0, real: real) == 0)
    #expect(limiter.take(dialog: nil, hostMs: 0, real: real) == 0)
    for _ in 0..<2 { limiter.answered(forChat: "1", hostMs: 0, real: real) }
    #expect(limiter.take(dialog: "1", hostMs: 500, real: real) == 0)
  }

  @Test func `thirty requests a second in all`() {
    let limiter = RateLimiter()
    let real = ContinuousClock.now
    for _ in 0..<30 { #expect(limiter.take(dialog: nil, hostMs: 7, real: real) == 0) }
    #expect(limiter.take(dialog: nil, hostMs: 7, real: real) == 34)
    #expect(limiter.take(dialog: "1", hostMs: 7, real: real) == 34)
  }

  @Test func `while a manual clock stands still real time counts`() {
    let limiter = RateLimiter(perSecond: 1, perDialog: 1)
    let real = ContinuousClock.now
    #expect(limiter.take(dialog: nil, hostMs: 0, real: real) == 0)
    limiter.answered(forChat: nil, hostMs: 0, real: real)
    #expect(limiter.take(dialog: nil, hostMs: 0, real: real + .milliseconds(400)) == 600)
    #expect(limiter.take(dialog: nil, hostMs: 0, real: real + .milliseconds(1000)) == 0)
  }

  @Test func `pauses double from a second to five minutes`() {
    let pauses = (1...12).map { Backoff.delayMs(attempt: $0, jitter: 0) / 1000 }
    #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
    #expect(Backoff.delayMs(attempt: 1, jitter: 1) == 800)
    #expect(Backoff.delayMs(attempt: .max, jitter: 0) == 300_000)
  }

  @Test func `the platform's own hint wins when it is longer`() {
    #expect(Backoff.delayMs(attempt: 1, retryAfterMs: 7000, jitter: 0.5) == 7000)
    #expect(Backoff.delayMs(attempt: 10, retryAfterMs: 7000, jitter: 0) == 300_000)
  }

  @Test func `addresses keep no byte that means something else there`() {
    #expect(URLText.joined("http://h:1/", "/a", []) == "http://h:1/a")
    #expect(
      URLText.joined("http://h:1", "/a", [("id", "a&b=c d/é"), ("n", "-1")])
        == "http://h:1/a?id=a%26b%3Dc%20d%2F%C3%A9&n=-1")
  }

  @Test func `the message with the buttons is known again by their payload`() throws {
    let keyboard: JSONValue = [
      "type": "inline_keyboard", "callback_id": "x",
      "payload": [
        "buttons": [[["type": "callback", "text": "Подключить", "payload": "bind:b-1:yes", "intent": "default"]]]
      ],
    ]
    let message: JSONValue = ["body": ["mid": "mid.1", "attachments": [["type": "image"], keyboard]]]
    #expect(CommunityMessage.asks(message, about: "b-1"))
    #expect(!CommunityMessage.asks(message, about: "b-2"))
    #expect(!CommunityMessage.asks(["body": ["text": "bind:b-1:yes"]], about: "b-1"))
  }
}
