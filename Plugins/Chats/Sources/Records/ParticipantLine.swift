import PluginKit
import ZoneRules

/// A participant of a chat as people see them: who, why and since when, and how it stands on the platform.
struct ParticipantLine: Sendable {
  let record: String
  let personID: String
  let name: String
  let side: Side
  /// A pupil's class, a parent's children; empty for employees.
  let detail: String
  let isAdministrator: Bool
  let isBlocked: Bool
  let reason: Text
  let platform: Text
  /// `inChat`, `unbound`, `noAccount`, `blocked`, `queued`, `left`, `refused`, `held`.
  let platformWord: String

  /// Those of one side, by the alphabet.
  static func of(_ chat: String, _ side: Side, _ transaction: Transaction) throws -> [ParticipantLine] {
    let zone = try LocalTime.ofOrganization(transaction)
    let reasons = try Reasons(chat, side, zone, transaction)
    return try transaction.rows(
      """
      SELECT r.id AS record, m.person_id, r.full_name AS name, \(detail(side)) AS detail, m.administrator, m.since,
        a.id AS account, coalesce(a.blocked, 0) AS blocked, v.desired, v.actual, v.reason AS platform_reason,
        v.since AS platform_since
      FROM chats_members m JOIN \(side.view) r ON r.person_id = m.person_id
      LEFT JOIN school_v1_accounts a ON a.person_id = m.person_id
      LEFT JOIN max_platform_v1_chat_members v ON v.chat_id = m.chat_id AND v.user_id = a.id
      WHERE m.chat_id = ? AND m.side = ? ORDER BY r.full_name COLLATE russian, r.id
      """, [JSONValue(chat), JSONValue(side.rawValue)]
    ).map { ParticipantLine($0, side, reasons, zone) }
  }

  static func detail(_ side: Side) -> String {
    switch side {
    case .employee: "''"
    case .pupil: "r.class_title"
    case .parent: "r.children"
    }
  }

  private init(_ row: JSONValue, _ side: Side, _ reasons: Reasons, _ zone: LocalTime) {
    self.side = side
    record = row["record"]?.string ?? ""
    personID = row["person_id"]?.string ?? ""
    name = row["name"]?.string ?? ""
    detail = row["detail"]?.string ?? ""
    isAdministrator = row["administrator"]?.int == 1
    isBlocked = row["blocked"]?.int == 1
    reason = reasons.text(personID)
    let standing = Standing(row, zone)
    platform = standing.text
    platformWord = standing.word
  }
}

/// Where a participant stands on the platform, and since when.
private struct Standing {
  let word: String
  let text: Text

  init(_ row: JSONValue, _ zone: LocalTime) {
    let day = (row["platform_since"]?.int64 ?? row["since"]?.int64).map { zone.day($0) } ?? ""
    let told = row["platform_reason"]?.string ?? ""
    if row["account"].isAbsent {
      word = "noAccount"
      text = Text("нет учётной записи", en: "no account")
    } else if row["blocked"]?.int == 1 {
      word = "blocked"
      text = Text("заблокирован", en: "blocked")
    } else if told.isEmpty, row["actual"]?.int == 1 {
      word = "inChat"
      text = Text("в чате", en: "in the chat")
    } else if told.hasPrefix("refused:") {
      let words = PlatformWords.refusal(String(told.dropFirst("refused:".count)))
      word = "refused"
      text = Text("отказ платформы: \(words.ru)", en: "refused: \(words.en)")
    } else {
      switch told {
      case "unbound":
        word = told
        text = Text("ждёт привязки с \(day)", en: "waits to be bound since \(day)")
      case "left":
        word = told
        text = Text("вышел сам \(day)", en: "left by themselves on \(day)")
      case "held":
        word = told
        text = Text("исключение ждёт подтверждения", en: "the removal waits for confirmation")
      case "noPermission":
        word = "refused"
        text = Text("у бота нет прав в чате", en: "the bot has no rights in the chat")
      default:
        word = "queued"
        text = Text("в очереди", en: "queued")
      }
    }
  }
}
