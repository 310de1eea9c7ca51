import PluginKit

/// What a put would lead to. It is put, planned and counted in a rehearsal: the same code on the same tables, and
/// nothing of it stays.
enum ChatPreview {
  /// `platform.chat.preview {chats, removalThresholdPercent?}`; revisions are not looked at.
  static func answer(_ call: Call) throws -> JSONValue {
    let chats = try ChatRequest.chats(call.params)
    let threshold = try ChatRequest.threshold(call.params)
    let now = call.host.nowMs
    return try call.host.rehearse { transaction in
      if let threshold { try RemovalGuard.setPercent(transaction, threshold) }
      let taken = try DesiredChats.take(transaction, chats, force: true, nowMs: now)
      try ChatBook.close(transaction, taken, nowMs: now)
      return try ChatPlan.of(transaction, chats.map(\.id), nowMs: now)
    }
  }
}
