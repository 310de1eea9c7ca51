import PluginKit

/// A binding as the platform tells it.
package struct PlatformBinding: Equatable, Sendable {
  package enum Status: String, Sendable {
    case pending, linked, declined, expired
    case notFound = "not_found"
  }

  package var id: String
  package var status: Status
  /// Digits only, `79123456789`.
  package var phone: String?
  /// The person on the platform, and their dialog with the community.
  package var memberID: Int64?
  package var chatID: Int64?
  /// On the platform's clock.
  package var createdAtMs: Int64?
  /// Why it was declined, e.g. `phone.taken`.
  package var reason: String?

  /// An answer without an id or with a status that nobody here knows is no answer: it is asked for again.
  package init(_ json: JSONValue) throws(PlatformFailure) {
    guard let id = json["binding_id"]?.string, let status = json["status"]?.string.flatMap(Status.init) else {
      throw .broken(status: 200, retryAfterMs: nil)
    }
    self.id = id
    self.status = status
    phone = json["phone"]?.string.map { String($0.drop { $0 == "+" }) }
    memberID = json["user_id"]?.int64
    chatID = json["chat_id"]?.int64
    createdAtMs = json["created_at"]?.int64
    reason = json["reason"]?.string
  }
}
