/// One HTTP request of a plugin.
package struct HTTPRequest: Sendable {
  package var method: String
  package var url: String
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]?
  /// Milliseconds for the whole exchange.
  package var timeoutMs: Int64
  /// Bytes of an answer's body past which the exchange fails.
  package var maxBodyBytes: Int

  package init(
    method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
    timeoutMs: Int64 = 30_000, maxBodyBytes: Int = 16 << 20
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeoutMs = timeoutMs
    self.maxBodyBytes = maxBodyBytes
  }
}

/// The server's answer, of whatever status.
package struct HTTPResponse: Sendable {
  package var status: Int
  /// In the server's order; names may repeat.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why there was no answer.
package struct HTTPFailure: Error, Sendable {
  package enum Cause: String, Sendable {
    case unreachable = "http.unreachable"
    case timeout = "http.timeout"
    case tls = "http.tls"
    case tooLarge = "http.tooLarge"
    case invalidRequest = "http.invalidRequest"
  }

  package var cause: Cause
  /// In words, with a hint where one helps.
  package var message: String

  package init(_ cause: Cause, _ message: String) {
    self.cause = cause
    self.message = message
  }
}

/// The way out to the network. The host brings one; PluginHost itself opens no connection.
package protocol HTTPFetching: Sendable {
  /// Sends a request and calls `completion` exactly once, on any thread.
  func fetch(
    _ request: HTTPRequest, completion: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void)
}
