import PluginKit

/// What became of a press on «Привязать учебный аккаунт Сферум».
package enum Word: String, Sendable {
  /// The person has been asked on the platform just now, or before.
  case sent, pending
  /// The same, but the community may not write to the person.
  case suspended
  case bound, notFound, taken, declined, expired, failed
  /// No word from the platform yet: the request is on disk and goes out by itself.
  case queued

  /// For scripts: the member `status` of the command's result.
  var result: JSONValue { ["status": JSONValue(rawValue)] }

  var text: Text {
    switch self {
    case .sent: Messages.sent
    case .pending: Messages.pending
    case .suspended: Messages.suspended
    case .bound: Messages.bound
    case .notFound: Messages.notFound
    case .taken: Messages.taken
    case .declined: Messages.declined
    case .expired: Messages.expired
    case .failed: Messages.failed
    case .queued: Messages.queued
    }
  }

  var level: Level {
    switch self {
    case .sent, .pending, .bound, .declined, .expired: .info
    case .suspended, .notFound, .taken: .warning
    case .failed, .queued: .error
    }
  }

  var dialog: Effect { .dialog(level, text) }

  /// Whether another number may be typed: the window then stays.
  private var staysOpen: Bool {
    switch self {
    case .notFound, .taken, .failed: true
    case .sent, .pending, .suspended, .bound, .declined, .expired, .queued: false
    }
  }

  /// The answer to the press. A window that stays shows the number in the one form.
  func outcome(_ phone: Phone) -> Outcome {
    // The window goes before the dialog comes: closing a window closes what stands before it.
    let first: Effect =
      staysOpen
      ? .updateWindow(
        Patch().field(
          "phone", ["value": JSONValue(phone.value), "display": JSONValue(phone.display), "error": .null]))
      : .closeWindow
    return Outcome(result: result, effects: [first, dialog])
  }
}
