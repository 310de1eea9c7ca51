import PluginKit

/// Why the platform did not do what it was asked.
package enum PlatformFailure: Error, Equatable, Sendable {
  /// No answer came: the request may or may not have had its effect.
  case unreachable(String)
  /// The token is not accepted; nothing works until someone changes it.
  case unauthorized(String)
  /// Too many requests; nothing was done. `retryAfterMs`: the platform's own hint.
  case limited(retryAfterMs: Int64?)
  /// A failure on its side, or an answer that can't be read: the effect is unknown.
  case broken(status: Int, retryAfterMs: Int64?)
  /// Refused for good.
  case refused(status: Int, code: String, message: String)

  /// Whether asking again later may help.
  package var isPassing: Bool {
    if case .refused = self { false } else { true }
  }

  package var retryAfterMs: Int64? {
    switch self {
    case .limited(let wait), .broken(_, let wait): wait
    case .unreachable, .unauthorized, .refused: nil
    }
  }

  /// A short word for the queue and the log; nothing personal in it.
  package var code: String {
    switch self {
    case .unreachable(let reason): reason
    case .unauthorized: "unauthorized"
    case .limited: "too.many.requests"
    case .broken(let status, _): "status.\(status)"
    case .refused(_, let code, _): code
    }
  }
}

/// An answer as it came, before anyone believed it.
package struct RawAnswer: Sendable {
  var status: Int
  /// Names in lower case.
  var headers: [String: String]
  var body: JSONValue?

  package init(status: Int, headers: [String: String] = [:], body: JSONValue?) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The answer's object. A failure may hide behind status 200, as `{"success": false}`.
  package func decoded() throws(PlatformFailure) -> JSONValue {
    switch status {
    case 200..<300:
      guard let body, body.isObject else { throw .broken(status: status, retryAfterMs: nil) }
      if body["success"]?.bool == false {
        throw .refused(status: status, code: "success.false", message: body["message"]?.string ?? "")
      }
      return body
    case 401: throw .unauthorized(body?["message"]?.string ?? "")
    case 429: throw .limited(retryAfterMs: retryAfterMs)
    case 400..<500 where status != 408 && code != "attachment.not.ready":
      throw .refused(status: status, code: code, message: body?["message"]?.string ?? "")
    default: throw .broken(status: status, retryAfterMs: retryAfterMs)
    }
  }

  private var code: String { body?["code"]?.string ?? "status.\(status)" }

  /// Seconds, whole or not, up to an hour; a date is not understood and counts as absent.
  private var retryAfterMs: Int64? {
    guard let seconds = headers["retry-after"].flatMap(Double.init), seconds >= 0, seconds.isFinite else { return nil }
    return Int64(min(seconds, 3600) * 1000)
  }
}
