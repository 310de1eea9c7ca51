import PluginKit

/// `chats.listParticipants {chat}` → `{chat, title, kind, participants: [{id, name, side, administrator, blocked, reason,
/// state, stateText}]}`: for every participant how it should be, how it is, and why the two differ. Source: SPEC X1.
enum ListParticipants {
  static func register(in plugin: inout PluginDefinition) {
    plugin.command("chats.listParticipants") { call throws -> Outcome in
      let user = try call.user()
      let isEnglish = call.session?.locale == "en"
      return try call.read { transaction in
        let chat = try ChatRecord.require(try call.string("chat"), transaction)
        try ChatRights.require(ChatRights.sees, chat, user, transaction)
        let lines = try Side.allCases.flatMap { try ParticipantLine.of(chat.id, $0, transaction) }
        return Outcome(result: [
          "chat": JSONValue(chat.id), "title": JSONValue(chat.title), "kind": JSONValue(chat.kind.rawValue),
          "participants": JSONValue(lines.map { $0.json(isEnglish) }),
        ])
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
