import PluginKit

/// `chats.removeChat {chat}` → `{chat}`, and the question before it, `chats.askRemoval {chat}`. Chats that were made by
/// themselves stay. The row stays too, until the platform has followed. Source: SPEC C4.
enum RemoveChat {
  static let command = "chats.removeChat"
  static let ask = "chats.askRemoval"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command) { call throws -> Outcome in
      try call.write { transaction in
        let chat = try checked(call, transaction)
        try transaction.query(
          "UPDATE chats_chats SET removed_at = ? WHERE id = ?", [JSONValue(call.host.nowMs), JSONValue(chat.id)])
        try Membership(transaction, call).follow([chat.id])
        try transaction.audit(
          command, object: "chat:\(chat.id)",
          old: ["title": JSONValue(chat.title), "kind": JSONValue(chat.kind.rawValue)])
        return Outcome(
          result: ["chat": JSONValue(chat.id)], effects: [.refresh(registry: "sferum", tab: "chats")])
      }
    }
    plugin.command(ask) { call throws -> Outcome in
      let chat = try call.read { try checked(call, $0) }
      return Outcome(effects: [
        .dialog(
          .warning,
          Text(
            "Удалить чат «\(chat.title)»? На платформе МАХ он тоже будет удалён.",
            en: "Delete the chat '\(chat.title)'? It goes on the MAX platform, too."),
          buttons: [
            Button(
              "yes", Text("Да", en: "Yes"), .command(command, arguments: ["chat": JSONValue(chat.id)]), style: .danger),
            Button("no", Text("Нет", en: "No"), .close),
          ])
      ])
    }
  }

  private static func checked(_ call: Call, _ transaction: Transaction) throws -> ChatRecord {
    let chat = try ChatRecord.require(try call.string("chat"), transaction)
    try ChatRights.require(ChatRights.sees, chat, try call.user(), transaction)
    guard !chat.kind.isDefault else {
      throw PluginError(
        "chats.default_not_deletable",
        Text(
          "Чат «\(chat.title)» создан автоматически, его можно изменить, но не удалить",
          en: "The chat '\(chat.title)' was made by itself; it can be changed, not deleted"))
    }
    try ChatRights.require(ChatRights.manages, chat, try call.user(), transaction)
    return chat
  }
}
