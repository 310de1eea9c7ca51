import Foundation

/// What goes back for a request, and what the request did.
struct Answer: Sendable {
  /// What the log says of a request.
  enum Effect: String, Sendable {
    /// Something changed.
    case applied
    /// It had been done before and was not done again.
    case repeated
    /// An error answer, or one that tells of a failure; nothing changed.
    case refused
    /// A read.
    case none
  }

  var status = 200
  var body: Data
  var effect = Effect.none
  /// What it was about, such as `chat:10`.
  var target: String?
  var retryAfterSeconds: Int?

  /// An answer in the notation of the platform: snake_case.
  init(_ value: some Encodable, effect: Effect = .none, target: String? = nil) throws {
    self.init(body: try WireJSON.encode(value), effect: effect, target: target)
  }

  init(body: Data, effect: Effect, target: String? = nil) {
    self.body = body
    self.effect = effect
    self.target = target
  }

  init(_ refusal: Refusal) {
    struct ErrorBody: Encodable {
      var code: String
      var message: String
    }
    status = refusal.status
    effect = .refused
    target = refusal.target
    retryAfterSeconds = refusal.retryAfterSeconds
    // Two strings always encode; an empty object would still be JSON.
    body = (try? WireJSON.encode(ErrorBody(code: refusal.code, message: refusal.message))) ?? Data("{}".utf8)
  }

  /// An answer in the notation of the control interface: camelCase.
  static func control(_ value: some Encodable) throws -> Answer {
    Answer(body: try ControlJSON.encode(value), effect: .none)
  }

  /// The answer of operations that have nothing to tell.
  static func success(_ effect: Effect, target: String? = nil) throws -> Answer {
    struct Success: Encodable { var success = true }
    return try Answer(Success(), effect: effect, target: target)
  }

  /// A logical failure: the platform tells of it with status 200.
  static func failure(_ message: String) throws -> Answer {
    struct Failure: Encodable {
      var success = false
      var message: String
    }
    return try Answer(Failure(message: message), effect: .refused)
  }
}
