import PlatformSimulator
import Testing

@Suite struct RateLimitTests {
  @Test func `more than thirty requests in a second are refused with a wait, by the clock`() async throws {
    try await withPlatform(limits: .real) { platform, _ async throws in
      for _ in 1...30 { #expect(try await platform.send("GET", "/me").status == 200) }
      let refused = try await platform.send("GET", "/me")
      #expect(refused.status == 429)
      #expect(refused.text("code") == "too.many.requests")
      #expect(refused.headers["retry-after"] == "1")

      platform.clock.advance(ms: 1000)
      #expect(try await platform.send("GET", "/me").status == 200)
    }
  }

  @Test func `two changes a second in a dialog, each dialog for itself`() async throws {
    try await withPlatform(limits: .real) { platform, person async throws in
      let other = try await platform.control.addUser(phone: "79120000002", name: "Pupil 08")
      let target = "/messages?user_id=\(person.userId)"
      var statuses: [Int] = []
      for _ in 1...3 { statuses.append(try await platform.send("POST", target, #"{"text":"a"}"#).status) }
      #expect(statuses == [200, 200, 429])
      #expect(
        try await platform.send("POST", "/messages?user_id=\(other.userId)", #"{"text":"a"}"#).status == 200
      )

      platform.clock.advance(ms: 500)
      #expect(try await platform.send("POST", target, #"{"text":"a"}"#).status == 200)
      #expect(try await platform.send("POST", target, #"{"text":"a"}"#).status == 429)
      #expect(try await platform.control.inbox(phone: person.phone).count == 3)
    }
  }

  @Test func `real time counts while the clock stands still`() async throws {
    let elapsed = TestClock(0)
    try await withPlatform(limits: .real, elapsed: { elapsed.now }) { platform, person async throws in
      let target = "/messages?user_id=\(person.userId)"
      for _ in 1...2 { _ = try await platform.send("POST", target, #"{"text":"a"}"#) }
      #expect(try await platform.send("POST", target, #"{"text":"a"}"#).status == 429)

      elapsed.advance(ms: 500)

      #expect(try await platform.send("POST", target, #"{"text":"a"}"#).status == 200)
    }
  }

  @Test func `a request without the token does not use up the bot's share`() async throws {
    try await withPlatform(limits: .real) { platform, _ async throws in
      for _ in 1...31 { #expect(try await platform.send("GET", "/me", token: "other").status == 401) }
      #expect(try await platform.send("GET", "/me").status == 200)
    }
  }
}
