import PluginKit

/// The platform's side of chats, as its plugin tells it: kept beside each chat, so that lists can show and sort it.
enum ChatStates {
  static let event = "platform.v1.chatsChanged"
  /// The context key by which «Подтвердить исключения» shows.
  private static let heldKey = "chats.held"

  /// `{chatIds}` or `{all: true}`.
  static func take(_ call: Call) throws {
    let payload = call.params["payload"] ?? .emptyObject
    try call.write { transaction in
      if payload["all"]?.bool == true {
        let rows = try transaction.rows("SELECT id FROM chats_chats")
        try show(transaction, rows.compactMap { $0["id"]?.string })
      } else {
        try show(transaction, (payload["chatIds"]?.array ?? []).compactMap(\.string))
      }
    }
  }

  /// Reads how some chats stand, and says it in words. A row that shows it already is not touched.
  static func show(_ transaction: Transaction, _ chats: [String]) throws {
    var heldChanged = false
    for id in chats {
      let row = try transaction.first(
        """
        SELECT c.unreachable, c.revision > c.pushed AS behind, c.held AS known_held, v.state, v.reason, v.waiting, v.held
        FROM chats_chats c LEFT JOIN max_platform_v1_chats v ON v.chat_id = c.id WHERE c.id = ?
        """, [JSONValue(id)])
      guard let row else { continue }
      let state = State(row)
      try transaction.query(
        """
        UPDATE chats_chats SET state = :state, state_reason = :reason, waiting = :waiting, held = :held,
          state_title = :title, state_english = :english
        WHERE id = :id AND (state <> :state OR state_reason IS NOT :reason OR waiting <> :waiting OR held <> :held
          OR state_title <> :title)
        """,
        [
          "id": JSONValue(id), "state": JSONValue(state.word), "reason": JSONValue(state.reason),
          "waiting": JSONValue(state.waiting), "held": JSONValue(state.held), "title": JSONValue(state.title.ru),
          "english": JSONValue(state.title.en),
        ])
      if row["known_held"]?.int != state.held { heldChanged = true }
    }
    guard heldChanged else { return }
    let held = try transaction.first("SELECT 1 AS found FROM chats_chats WHERE held > 0 LIMIT 1") != nil
    // `.none`: a bare nil here would be JSON's null, which is a value.
    try transaction.setContext(heldKey, held ? JSONValue(true) : .none, user: nil)
  }

  /// What «Состояние» says.
  private struct State {
    let word: String
    let reason: String?
    /// People who are in the chat here and can't be there yet: not bound, or without an account.
    let waiting: Int
    let held: Int

    init(_ row: JSONValue) {
      let told = row["state"]?.string ?? "pending"
      reason = row["reason"]?.string
      waiting = (row["waiting"]?.int ?? 0) + (row["unreachable"]?.int ?? 0)
      held = row["held"]?.int ?? 0
      if row["behind"]?.int == 1 {
        word = "pending"
      } else {
        word = told == "inStep" && waiting > 0 ? "waiting" : told
      }
    }

    var title: Text {
      switch word {
      case "inStep": return Text("Синхронизирован", en: "In step")
      case "waiting": return Text("Ожидает привязки: \(waiting)", en: "Waiting to be bound: \(waiting)")
      case "held": return Text("Исключения ждут подтверждения: \(held)", en: "Removals to be confirmed: \(held)")
      case "error":
        let why = PlatformWords.refusal(reason ?? "")
        return Text("Ошибка: \(why.ru)", en: "Error: \(why.en)")
      case "removing":
        guard let reason else { return Text("Удаляется", en: "Being deleted") }
        let why = PlatformWords.refusal(reason)
        return Text("Не удаляется: \(why.ru)", en: "Not deleted: \(why.en)")
      default: return Text("Синхронизируется", en: "Being synchronized")
      }
    }
  }
}

/// The platform's codes in words.
enum PlatformWords {
  static func refusal(_ code: String) -> Text {
    switch code {
    case "noPermission", "access.denied":
      Text("у бота нет прав в чате", en: "the bot has no rights in the chat")
    case "unauthorized": Text("платформа не принимает ключ доступа", en: "the platform does not accept the token")
    case "chat.not.found": Text("чат не найден на платформе", en: "the chat is not on the platform")
    case "too.many.requests": Text("слишком много запросов", en: "too many requests")
    case "add.participant.privacy":
      Text("настройки приватности не дают добавить человека", en: "privacy settings keep the person out")
    case "add.participant.not.found": Text("человек не найден на платформе", en: "the person is not on the platform")
    case "": Text("причина неизвестна", en: "for an unknown reason")
    default: Text("отказ платформы (\(code))", en: "refused by the platform (\(code))")
    }
  }
}
