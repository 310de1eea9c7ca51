import MaxPlatformPlugin
import PluginKit
import Testing

@Suite struct RawAnswerTests {
  private func failure(_ status: Int, _ body: JSONValue?, headers: [String: String] = [:]) -> PlatformFailure? {
    do throws(PlatformFailure) {
      _ = try RawAnswer(status: status, headers: headers, body: body).decoded()
      return nil
    } catch {
      return error
    }
  }

  @Test func `a failure hides behind status 200`() {
    let answer: JSONValue = ["success": false, "message": "Insufficient access rights to perform this action"]
    #expect(
      failure(200, answer)
        == .refused(
          status: 200, code: "success.false", message: "Insufficient access rights to perform this action"))
    #expect(failure(200, ["success": true]) == nil)
    #expect(failure(200, ["message": ["body": ["mid": "mid.1"]]]) == nil)
  }

  @Test func `a wrong token is nobody's fault that a retry mends`() {
    let answer: JSONValue = ["code": "verify.token", "message": "Invalid access_token"]
    #expect(failure(401, answer) == .unauthorized("Invalid access_token"))
  }

  @Test(arguments: [("1", 1000), ("0.5", 500), ("120", 120_000), ("86400", 3_600_000)])
  func `Retry-After is taken in seconds, an hour at most`(_ header: String, _ ms: Int64) {
    let answer: JSONValue = ["code": "too.many.requests", "message": ""]
    #expect(failure(429, answer, headers: ["retry-after": header]) == .limited(retryAfterMs: ms))
  }

  @Test(arguments: ["", "soon", "-1", "nan", "Wed, 21 Oct 2026 07:28:00 GMT"])
  func `a Retry-After that is no number of seconds counts as absent`(_ header: String) {
    #expect(failure(429, nil, headers: ["retry-after": header]) == .limited(retryAfterMs: nil))
  }

  @Test(arguments: [500, 502, 503, 504, 408, 302])
  func `a failure on the other side passes`(_ status: Int) {
    #expect(failure(status, ["code": "internal.error", "message": ""])?.isPassing == true)
  }

  @Test func `a refusal is for good`() {
    let denied: JSONValue = ["code": "chat.denied", "message": "Key: error.dialog.suspended, args: [10,]."]
    #expect(
      failure(403, denied)
        == .refused(status: 403, code: "chat.denied", message: "Key: error.dialog.suspended, args: [10,]."))
    #expect(failure(404, nil) == .refused(status: 404, code: "status.404", message: ""))
    #expect(failure(409, ["code": "binding.phone.taken", "message": ""])?.isPassing == false)
  }

  @Test func `an attachment that is not ready yet passes`() {
    #expect(failure(400, ["code": "attachment.not.ready", "message": ""])?.isPassing == true)
  }

  @Test(arguments: [nil, .null, [1, 2], "text"] as [JSONValue?])
  func `an answer that can't be read is no answer`(_ body: JSONValue?) {
    #expect(failure(200, body) == .broken(status: 200, retryAfterMs: nil))
  }
}
