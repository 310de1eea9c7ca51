import PluginKit
import ZoneRules

/// Somebody who was taken out of a chat by hand and stays out, whatever the school does, until somebody puts them in
/// again. Source: SPEC C11.
struct ExclusionLine: Sendable {
  let record: String
  let name: String
  let side: Side
  /// A pupil's class, a parent's children; empty for employees.
  let detail: String
  /// What would give them the chat now.
  let reason: Text
  /// dd.MM.yyyy
  let since: String

  /// Those of a chat who belong to the school now: side by side, by the alphabet.
  static func of(_ chat: ChatRecord, _ transaction: Transaction) throws -> [ExclusionLine] {
    let zone = try LocalTime.ofOrganization(transaction)
    return try chat.kind.sides.flatMap { side in
      let reasons = try Reasons(chat.id, side, zone, transaction)
      return try transaction.rows(
        """
        SELECT r.id AS record, x.person_id, r.full_name AS name, \(ParticipantLine.detail(side)) AS detail, x.since
        FROM chats_exclusions x JOIN \(side.view) r ON r.person_id = x.person_id
        WHERE x.chat_id = ? AND x.side = ? AND (\(side.isPresent)) AND NOT EXISTS (SELECT 1 FROM chats_members m
          WHERE m.chat_id = x.chat_id AND m.person_id = x.person_id AND m.side = x.side)
        ORDER BY r.full_name COLLATE russian, r.id
        """, [JSONValue(chat.id), JSONValue(side.rawValue)]
      ).map { ExclusionLine($0, side, reasons, zone) }
    }
  }

  private init(_ row: JSONValue, _ side: Side, _ reasons: Reasons, _ zone: LocalTime) {
    self.side = side
    record = row["record"]?.string ?? ""
    name = row["name"]?.string ?? ""
    detail = row["detail"]?.string ?? ""
    let given = reasons.text(row["person_id"]?.string ?? "")
    reason = given.ru.isEmpty ? Text("сейчас основания нет", en: "no reason now") : given
    since = zone.day(row["since"]?.int64 ?? 0)
  }
}
