import PluginKit

/// Where the proposed attendance of a lesson comes from, and who was there besides its pupils.
struct Proposal: Sendable {
  /// By which whoever proposed it knows it.
  let key: String?
  let source: Text?
  let others: [Visitor]
  let proposedAtMs: Int64

  /// Somebody who is no pupil of the group; nil: nobody knows who.
  struct Visitor: Sendable {
    let name: String?
    let stay: Stay
  }

  static func of(_ lesson: String, _ transaction: Transaction) throws -> Proposal? {
    let row = try transaction.first(
      "SELECT key, source, others, proposed_at FROM class_journal_proposals WHERE lesson_id = ?", [JSONValue(lesson)])
    guard let row else { return nil }
    // try?: written by us alone; what another version wrote and cannot be read says nothing.
    let others = row["others"]?.string.flatMap { try? JSONValue(parsing: $0) }?.array ?? []
    return Proposal(
      key: row["key"]?.string, source: Text(written: row["source"]?.string),
      others: others.map { Visitor(name: $0["name"]?.string, stay: Stay($0, "cameAt", "leftAt")) },
      proposedAtMs: row["proposed_at"]?.int64 ?? 0)
  }

  /// Takes over the service's parameters.
  static func note(_ lesson: String, _ params: JSONValue, nowMs: Int64, _ transaction: Transaction) throws {
    try transaction.query(
      """
      INSERT INTO class_journal_proposals(lesson_id, key, source, others, proposed_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET key = excluded.key, source = excluded.source, others = excluded.others,
        proposed_at = excluded.proposed_at
      """,
      [
        JSONValue(lesson), params["key"] ?? .null, JSONValue(params["source"]?.text()),
        JSONValue((params["others"] ?? .emptyArray).text()), JSONValue(nowMs),
      ])
  }

  /// Those whom nobody knows, and then the others by name: `Не опознаны: 2 (08:02–08:40, …). Семёнова А. П. (08:00–08:45)`.
  func visitors(_ clock: SchoolClock) -> Text? {
    let strangers = others.filter { $0.name == nil }.map { $0.stay.words(clock) }
    let known = others.compactMap { visitor in visitor.name.map { (name: $0, stay: visitor.stay.words(clock)) } }
    var parts = known.map { Text("\($0.name) (\($0.stay.ru))", en: "\($0.name) (\($0.stay.en))") }
    if !strangers.isEmpty {
      let (ru, en) = (strangers.map(\.ru), strangers.map(\.en))
      parts.append(
        Text(
          "не опознаны: \(strangers.count) (\(ru.joined(separator: "; ")))",
          en: "not identified: \(strangers.count) (\(en.joined(separator: "; ")))"))
    }
    guard !parts.isEmpty else { return nil }
    return Text(parts.map(\.ru).joined(separator: ", "), en: parts.map(\.en).joined(separator: ", "))
  }
}

/// From when to when somebody was there, as far as it is known.
struct Stay: Sendable {
  let cameAt: Int64?
  let leftAt: Int64?
  /// In all; somebody may have gone and come back.
  let minutes: Int64?

  init(_ row: JSONValue, _ came: String, _ left: String) {
    cameAt = row[came]?.int64
    leftAt = row[left]?.int64
    minutes = row["minutes"]?.int64
  }

  /// «08:02–08:44, 40 мин»; empty when nothing is known.
  func words(_ clock: SchoolClock) -> Text {
    let times = [cameAt, leftAt].compactMap { $0 }.map(clock.time).joined(separator: "–")
    guard let minutes else { return Text(stringLiteral: times) }
    let comma = times.isEmpty ? "" : ", "
    return Text("\(times)\(comma)\(minutes) мин", en: "\(times)\(comma)\(minutes) min")
  }
}

extension Text {
  /// Words in both languages as they stand in a row; nil for none.
  init?(written: String?) {
    // try?: as above.
    guard let json = written.flatMap({ try? JSONValue(parsing: $0) }), let ru = json["ru"]?.string ?? json.string else {
      return nil
    }
    self.init(ru, en: json["en"]?.string ?? ru)
  }
}
