/// An error answer: HTTP status, the platform's code and its text.
struct Refusal: Error, Sendable, Equatable {
  var status: Int
  var code: String
  var message: String
  var retryAfterSeconds: Int?
  /// What the refused request was about, where that is known.
  var target: String?

  static func payload(_ message: String) -> Refusal {
    Refusal(status: 400, code: "proto.payload", message: message)
  }

  static func token(_ message: String) -> Refusal {
    Refusal(status: 401, code: "verify.token", message: message)
  }

  static func suspended(chat: Int64) -> Refusal {
    Refusal(
      status: 403,
      code: "chat.denied",
      message: "Key: error.dialog.suspended, args: [\(chat),]."
    )
  }

  static func noChat(_ id: Int64) -> Refusal {
    Refusal(status: 404, code: "chat.not.found", message: "Chat \(id) not found")
  }

  static func noPermission(_ permission: Permission, in chat: Int64) -> Refusal {
    Refusal(
      status: 403,
      code: "access.denied",
      message: "Bot has no permission '\(permission.rawValue)' in chat \(chat)"
    )
  }

  static func notMember(of chat: Int64) -> Refusal {
    Refusal(status: 403, code: "access.denied", message: "Bot is not a member of chat \(chat)")
  }

  static func notAdministrator(of chat: Int64) -> Refusal {
    Refusal(status: 403, code: "access.denied", message: "Bot is not an administrator of chat \(chat)")
  }

  static let noDialog = Refusal(status: 404, code: "dialog.not.found", message: "error.dialog.notfound")

  static func noMessage(_ mid: String) -> Refusal {
    Refusal(status: 404, code: "message.not.found", message: "Message \(mid) not found")
  }

  static func noCall(_ id: String) -> Refusal {
    Refusal(status: 404, code: "call.not.found", message: "Call \(id) not found")
  }

  static let noBinding = Refusal(status: 404, code: "binding.not.found", message: "Binding not found")

  static let nothingThere = Refusal(status: 404, code: "not.found", message: "Not found")

  static let wrongMethod = Refusal(status: 405, code: "method.not.allowed", message: "Method not allowed")

  static let tooLarge = Refusal(status: 413, code: "proto.payload", message: "Request body is too large")

  static func tooMany(seconds: Int) -> Refusal {
    Refusal(
      status: 429,
      code: "too.many.requests",
      message: "Too many requests",
      retryAfterSeconds: max(1, seconds)
    )
  }

  static let internalError = Refusal(status: 500, code: "internal.error", message: "Internal error")

  /// The answer of a `status` fault.
  ///
  /// 429 and 503 name a wait, as they do in nature.
  static func injected(_ status: Int) -> Refusal {
    switch status {
    case 401: .token("Invalid access_token")
    case 429: .tooMany(seconds: 1)
    case 503:
      Refusal(
        status: 503,
        code: "service.unavailable",
        message: "Service unavailable",
        retryAfterSeconds: 1
      )
    case 500...599: Refusal(status: status, code: "internal.error", message: "Internal error")
    // As if the chat were not there.
    case 404: Refusal(status: status, code: "chat.not.found", message: "Chat not found")
    default: Refusal(status: status, code: "fault.injected", message: "Injected fault")
    }
  }
}
