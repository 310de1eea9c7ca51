import GRDB

/// A request about one call, inside its transaction.
struct ConferenceExchange {
  let conference: Conference
  let exchange: Exchange

  var db: Database { exchange.db }
  var call: Call { exchange.call }
  var now: Int64 { exchange.now }
}

extension RouteTable {
  /// An operation on the call that the piece `callId` of the path names.
  ///
  /// Whatever comes of it, the log tells which call it was about.
  ///
  /// - Parameter deleted: whether the operation takes a deleted call, too.
  mutating func onCall(
    _ method: String, _ pattern: String, deleted: Bool = false,
    _ operation: @escaping @Sendable (ConferenceExchange) throws -> Answer
  ) {
    on(method, pattern) { exchange in
      let callId = exchange.pieces["callId"] ?? ""
      return try exchange.about("call:\(callId)") {
        guard let conference = try Conference.find(exchange.db, id: callId), deleted || conference.deletedAt == nil
        else { throw Refusal.noCall(callId) }
        return try operation(ConferenceExchange(conference: conference, exchange: exchange))
      }
    }
  }
}
