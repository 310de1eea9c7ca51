import PluginKit
import ZoneRules

/// Why people belong to a chat on one side, in words; also those who were taken out by hand.
struct Reasons {
  private var texts: [String: [(ru: String, en: String)]] = [:]

  init(_ chat: String, _ side: Side, _ zone: LocalTime, _ transaction: Transaction) throws {
    let rows = try transaction.rows(
      """
      SELECT r.person_id, r.reason, min(r.since) AS since,
        (SELECT group_concat(u.full_name, ', ') FROM chats_reasons k JOIN school_v1_pupils u ON u.id = k.source
          WHERE k.chat_id = r.chat_id AND k.person_id = r.person_id AND k.side = r.side
            AND k.reason = r.reason AND r.reason = 'parenthood') AS children
      FROM chats_reasons r WHERE r.chat_id = ? AND r.side = ? GROUP BY r.person_id, r.reason ORDER BY r.reason
      """, [JSONValue(chat), JSONValue(side.rawValue)])
    for row in rows {
      let words = Self.words(row["reason"]?.string ?? "", row["children"]?.string ?? "")
      let day = zone.day(row["since"]?.int64 ?? 0)
      texts[row["person_id"]?.string ?? "", default: []]
        .append(("\(words.ru) с \(day)", "\(words.en) since \(day)"))
    }
  }

  func text(_ person: String) -> Text {
    let parts = texts[person] ?? []
    return Text(parts.map(\.ru).joined(separator: "; "), en: parts.map(\.en).joined(separator: "; "))
  }

  private static func words(_ reason: String, _ children: String) -> Text {
    switch reason {
    case "position": Text("должность", en: "position")
    case "administration": Text("администратор чатов Сферума", en: "Sferum chat administrator")
    case "homeroom": Text("классный руководитель", en: "homeroom teacher")
    case "enrolment": Text("ученик класса", en: "pupil of the class")
    case "parenthood": Text("родитель: \(children)", en: "parent of \(children)")
    case "group": Text("ученик группы", en: "pupil of the group")
    case "teaching": Text("учитель группы", en: "teacher of the group")
    case "substitution": Text("замена на уроке", en: "substitute for a lesson")
    default: Text("добавлен вручную", en: "put in by hand")
    }
  }
}
