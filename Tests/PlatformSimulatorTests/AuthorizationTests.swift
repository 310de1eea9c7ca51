import PlatformSimulator
import Testing

@Suite struct AuthorizationTests {
  @Test func `the bot's token is taken raw, and every other spelling is refused in the service's words`()
    async throws
  {
    try await withPlatform { platform, _ async throws in
      let token = platform.simulator.botToken
      let table: [(header: String?, query: String, status: Int, message: String?)] = [
        (nil, "", 401, "No access token"),
        ("   ", "", 401, "No access token"),
        ("Bearer \(token)", "", 401, "Malformed access token"),
        ("Bearer abc", "", 401, "Malformed access token"),
        ("bearer abc", "", 401, "Invalid access_token"),
        ("Bearer", "", 401, "Invalid access_token"),
        ("abc", "", 401, "Invalid access_token"),
        (token, "", 200, nil),
        ("  \(token) ", "", 200, nil),
        (token, "?access_token=junk", 200, nil),
        (
          nil, "?access_token=\(token)", 401,
          "Query parameter access_token is deprecated, use Authorization header"
        ),
      ]

      for row in table {
        let answer = try await platform.send("GET", "/me" + row.query, token: row.header)

        #expect(answer.status == row.status, "\(row)")
        #expect(answer.text("message") == row.message, "\(row)")
        #expect(answer.text("code") == (row.status == 401 ? "verify.token" : nil))
      }
    }
  }

  @Test func `the gateway asks for the same token`() async throws {
    try await withPlatform { platform, _ async throws in
      let answer = try await platform.send("GET", "/sferum/v1/bindings?phone=79120000001", token: "other")

      #expect(answer.status == 401)
    }
  }

  @Test func `the control interface has a token of its own and leaves no trace in the log`() async throws {
    try await withPlatform { platform, _ async throws in
      let answer = try await platform.send("GET", "/control/log")

      #expect(answer.status == 401)
      #expect(answer.text("code") == "control.token")
      #expect(try await platform.control.log().isEmpty)
    }
  }

  @Test func `me describes the bot`() async throws {
    try await withPlatform { platform, _ async throws in
      let me = try await platform.send("GET", "/me")

      #expect(me["is_bot"] as? Bool == true)
      #expect(me.text("first_name") == "Сферум")
      #expect(me.number("last_activity_time") == platform.clock.now)
    }
  }

  @Test func `unknown paths and methods are told apart, and both are logged as refused`() async throws {
    try await withPlatform { platform, _ async throws in
      let unknown = try await platform.send("GET", "/nowhere?a=b")
      let wrongMethod = try await platform.send("POST", "/updates", "{}")
      let webhook = try await platform.send("POST", "/subscriptions", "{}")

      #expect([unknown.status, wrongMethod.status, webhook.status] == [404, 405, 405])
      #expect(unknown.text("code") == "not.found")
      #expect(wrongMethod.text("code") == "method.not.allowed")
      let log = try await platform.control.log()
      #expect(log.map(\.effect) == ["refused", "refused", "refused"])
      #expect(log.first?.path == "/nowhere?a=b")
    }
  }
}
