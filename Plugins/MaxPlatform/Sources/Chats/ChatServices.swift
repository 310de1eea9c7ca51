import PluginKit

/// The services of chats. Each is one transaction, and repeating one changes nothing.
enum ChatServices {
  /// `platform.chat.put {chats, removalThresholdPercent?}` → `{accepted, outdated}`.
  static func put(_ call: Call, _ traffic: Traffic) throws -> JSONValue {
    let chats = try ChatRequest.chats(call.params)
    let threshold = try ChatRequest.threshold(call.params)
    let now = call.host.nowMs
    let taken = try call.write { transaction in
      if let threshold { try RemovalGuard.setPercent(transaction, threshold) }
      let taken = try DesiredChats.take(transaction, chats, nowMs: now)
      try ChatBook.close(transaction, taken, nowMs: now)
      return taken.count
    }
    traffic.chats.ring()
    return ["accepted": JSONValue(taken), "outdated": JSONValue(chats.count - taken)]
  }

  /// `platform.chat.remove {chats: [{chatId, revision}]}` → `{accepted, outdated}`.
  static func remove(_ call: Call, _ traffic: Traffic) throws -> JSONValue {
    let chats = try ChatRequest.removals(call.params)
    let now = call.host.nowMs
    let taken = try call.write { transaction in
      let taken = try DesiredChats.remove(transaction, chats, nowMs: now)
      try ChatSweep.forgetRemoved(transaction, nowMs: now)
      try ChatBook.close(transaction, taken, nowMs: now)
      return taken.count
    }
    traffic.chats.ring()
    return ["accepted": JSONValue(taken), "outdated": JSONValue(chats.count - taken)]
  }

  /// `platform.chat.check {chatIds?}` → `{chats}`: they are read in whole and repaired, old refusals tried again.
  static func check(_ call: Call, _ traffic: Traffic) throws -> JSONValue {
    let ids = try ChatRequest.ids(call.params)
    let now = call.host.nowMs
    let checked = try call.write { transaction in
      let checked = try ChatSweep.doubt(transaction, ids, nowMs: now)
      try ChatBook.close(transaction, checked, nowMs: now)
      return checked.count
    }
    traffic.chats.ring()
    return ["chats": JSONValue(checked)]
  }

  /// `platform.chat.confirm {chatIds?}` → `{people}`: removals that were held go.
  static func confirm(_ call: Call, _ traffic: Traffic) throws -> JSONValue {
    let ids = try ChatRequest.ids(call.params)
    let now = call.host.nowMs
    let people = try call.write { transaction in
      let (chats, people) = try RemovalGuard.confirm(transaction, ids, nowMs: now)
      try ChatBook.close(transaction, chats, nowMs: now)
      return people
    }
    traffic.chats.ring()
    return ["people": JSONValue(people)]
  }
}
