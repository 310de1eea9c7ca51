/// What the control interface tells.
///
/// These are the shapes of `esh max … --json`; instants are RFC 3339.

/// A message in somebody's dialog with the community, or in a group chat.
package struct InboxMessage: Codable, Sendable, Equatable {
  package var id: String
  package var from: String
  package var text: String
  /// Titles of the buttons; none once the bot has taken the keyboard away.
  package var buttons: [String]
  package var at: String
}

/// A request that the simulator received.
package struct LoggedRequest: Codable, Sendable, Equatable {
  package var at: String
  package var method: String
  /// With the query.
  package var path: String
  /// HTTP status; 0 when the connection was dropped before any effect.
  package var status: Int
  /// `applied`, `repeated`, `refused` or `none`.
  package var effect: String
  package var idempotencyKey: String?
  /// What it was about, such as `chat:10` or `binding:…`.
  package var target: String?
  /// The kind of the fault by which it failed: `status`, `drop-before` or `drop-after`.
  package var fault: String?
}

/// Somebody registered on the messenger.
package struct RegisteredUser: Codable, Sendable, Equatable {
  package var userId: Int64
  package var chatId: Int64
  /// Eleven digits, 79123456789.
  package var phone: String
  package var name: String
  /// Stopped the bot.
  package var stopped: Bool
  /// Lets nobody add them to chats.
  package var refusesChats: Bool
}

/// The outcome of registering one person.
package struct UserRegistration: Codable, Sendable, Equatable {
  package var userId: Int64
  package var chatId: Int64
  package var phone: String
  package var name: String
  /// False: was registered before.
  package var created: Bool
}

/// The outcome of registering many.
package struct BulkRegistration: Codable, Sendable, Equatable {
  package var created: Int
  package var known: Int
}

/// A press that was made.
package struct PressedButton: Codable, Sendable, Equatable {
  package var callbackId: String
  package var messageId: String
  package var payload: String
}

package struct BindingSummary: Codable, Sendable, Equatable {
  package var id: String
  package var externalUserId: String
  package var phone: String
  /// `pending`, `linked`, `declined`, `expired` or `not_found`.
  package var status: String
  package var updatedAt: String
}

/// A fault to add.
///
/// `kind`: status, drop-before, drop-after, delay, duplicate or reorder.
package struct FaultRequest: Codable, Sendable, Equatable {
  /// A glob over `METHOD path` or `path`, without the query.
  package var operation: String
  package var kind: String
  /// 400…599, for `status`; 503 when absent.
  package var status: Int?
  /// How many requests it hits before it ends; until cleared when absent.
  package var times: Int?
  /// Share of the matching requests that are hit, above 0 up to 1 (when absent).
  package var rate: Double?
  /// Milliseconds, for `delay` (required) and `reorder`.
  package var ms: Int64?

  package init(
    operation: String,
    kind: String,
    status: Int? = nil,
    times: Int? = nil,
    rate: Double? = nil,
    ms: Int64? = nil
  ) {
    self.operation = operation
    self.kind = kind
    self.status = status
    self.times = times
    self.rate = rate
    self.ms = ms
  }
}

/// A fault that acts.
package struct FaultSummary: Codable, Sendable, Equatable {
  package var id: Int64
  package var operation: String
  package var kind: String
  package var status: Int?
  package var timesLeft: Int?
  package var rate: Double
  package var ms: Int64?
  package var matched: Int64
  package var hit: Int64
}
