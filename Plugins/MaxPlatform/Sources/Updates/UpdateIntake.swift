import PluginKit

/// Takes a batch of updates, each once, inside the transaction that moves the marker.
struct UpdateIntake {
  /// Twice as long as the platform may repeat itself.
  private static let rememberedMs: Int64 = 48 * 3_600_000
  /// Requests that are older than this may have been answered unheard.
  private static let silenceMs: Int64 = 20 * 3_600_000

  let call: Call
  let nowMs: Int64

  func take(_ transaction: Transaction, _ updates: [JSONValue]) throws {
    var inChats: [ChatEvent] = []
    for json in updates {
      switch try news(transaction, json) {
      case .pressed(let callbackID, let bindingID): try pressed(transaction, callbackID, bindingID)
      case .started(let chatID, let memberID): try started(transaction, chatID, memberID)
      case .inChat(let event): inChats.append(event)
      case .other: break
      }
    }
    try Drift.take(transaction, inChats, nowMs: nowMs)
    try transaction.query("DELETE FROM max_platform_updates WHERE at < ?", [JSONValue(nowMs - Self.rememberedMs)])
  }

  /// What an update says, when it has not been told before. One that can't be read takes nothing else with it.
  private func news(_ transaction: Transaction, _ json: JSONValue) throws -> PlatformUpdate {
    let (key, update): (String, PlatformUpdate)
    do throws(UnreadableUpdate) {
      (key, update) = try PlatformUpdate.read(json)
    } catch {
      call.host.log(.warning, "an update could not be read", ["reason": JSONValue(error.reason)])
      return .other
    }
    guard update != .other else { return .other }
    try transaction.query(
      "INSERT INTO max_platform_updates (key, at) VALUES (?, ?) ON CONFLICT (key) DO NOTHING",
      [JSONValue(key), JSONValue(nowMs)])
    return transaction.changes > 0 ? update : .other
  }

  private func pressed(_ transaction: Transaction, _ callbackID: String, _ bindingID: String) throws {
    guard let binding = try Bindings.find(transaction, bindingID: bindingID) else { return }
    // Whoever pressed has the message, whatever became of the answer to its sending.
    try Outbox.drop(transaction, [.message], of: binding.requestID, nowMs: nowMs)
    try Outbox.add(
      transaction, .check, key: "check:\(callbackID)", binding: binding,
      body: ["callbackId": JSONValue(callbackID)], nowMs: nowMs)
  }

  private func started(_ transaction: Transaction, _ chatID: Int64?, _ memberID: Int64?) throws {
    for binding in try Bindings.awaited(transaction)
    where binding.memberID == memberID && memberID != nil || binding.chatID == chatID && chatID != nil {
      try Outbox.unpark(transaction, binding, nowMs: nowMs)
    }
  }

  /// Nothing is known of what happened meanwhile: everyone who has been awaited that long is asked about, and every
  /// chat is read.
  static func afterSilence(_ transaction: Transaction, _ nowMs: Int64) throws {
    for binding in try Bindings.awaited(transaction) where binding.createdAtMs < nowMs - silenceMs {
      try Outbox.add(
        transaction, .check, key: "check:\(binding.requestID):\(nowMs)", binding: binding, nowMs: nowMs)
    }
    try ChatSweep.doubtAll(transaction, nowMs: nowMs)
  }
}
