import PluginKit

/// `chats.listParticipants {chat}` → `{chat, title, kind, participants: [{id, name, side, administrator, blocked, reason,
/// state, stateText}], excluded?: [{id, name, side, reason, since}]}`: for every participant how it should be, how it is,
/// and why the two differ; and for whoever may change the chat, who was taken out by hand. Source: SPEC X1, C11.
enum ListParticipants {
  static func register(in plugin: inout PluginDefinition) {
    plugin.command("chats.listParticipants") { call throws -> Outcome in
      let user = try call.user()
      let isEnglish = call.session?.locale == "en"
      return try call.read { transaction in
        let chat = try ChatRecord.require(try call.string("chat"), transaction)
        try ChatRights.require(ChatRights.sees, chat, user, transaction)
        let lines = try Side.allCases.flatMap { try ParticipantLine.of(chat.id, $0, transaction) }
        let result: JSONValue = [
          "chat": JSONValue(chat.id), "title": JSONValue(chat.title), "kind": JSONValue(chat.kind.rawValue),
          "participants": JSONValue(lines.map { $0.json(isEnglish) }),
        ]
        guard try ChatRights.holds(ChatRights.manages, chat, user, transaction) else { return Outcome(result: result) }
        let excluded = try ExclusionLine.of(chat, transaction).map { $0.json(isEnglish) }
        return Outcome(result: result.setting("excluded", JSONValue(excluded)))
      }
    }
  }
}

extension ParticipantLine {
  fileprivate func json(_ isEnglish: Bool) -> JSONValue {
    [
      "id": JSONValue(record), "name": JSONValue(name), "side": JSONValue(side.rawValue),
      "administrator": JSONValue(isAdministrator), "blocked": JSONValue(isBlocked),
      "reason": JSONValue(isEnglish ? reason.en : reason.ru), "state": JSONValue(platformWord),
      "stateText": JSONValue(isEnglish ? platform.en : platform.ru),
    ]
  }
}

extension ExclusionLine {
  fileprivate func json(_ isEnglish: Bool) -> JSONValue {
    [
      "id": JSONValue(record), "name": JSONValue(name), "side": JSONValue(side.rawValue),
      "reason": JSONValue(isEnglish ? reason.en : reason.ru), "since": JSONValue(since),
    ]
  }
}
