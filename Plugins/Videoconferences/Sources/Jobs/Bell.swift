import PluginKit

/// The clock of all conferences: starts and finishes what is due, warns before the end, and sleeps until the next
/// instant. A host that was down catches up: what is still within its time starts, the rest is over. Source: SPEC D4, X5.
enum Bell {
  static let job = "videoconferences.bell"
  static let key = "bell"
  /// How long before the end the author is told.
  static let warningMs: Int64 = 5 * 60_000

  static func ring(_ call: Call) throws {
    let now = call.host.nowMs
    let ending = try call.write { transaction -> [JSONValue] in
      try move(transaction, now)
      let ending = try warn(transaction, now)
      try wind(transaction)
      try Push.schedule(transaction, nowMs: now)
      transaction.finishJob()
      return ending
    }
    for conference in ending { Warning(conference, now).present(call) }
  }

  /// Sets the job to the next instant at which something is to be done.
  static func wind(_ transaction: Transaction) throws {
    let next = try transaction.first(
      """
      SELECT min(at) AS at FROM (
        SELECT min(starts_ms) AS at FROM videoconferences_conferences WHERE phase = 'planned'
        UNION ALL SELECT min(ends_ms) FROM videoconferences_conferences WHERE phase IN ('planned', 'active')
        UNION ALL SELECT min(ends_ms) - \(warningMs) FROM videoconferences_conferences
          WHERE phase = 'active' AND status = 'active' AND warned = 0)
      """)
    if let at = next?["at"]?.int64 { try transaction.schedule(job, key: key, dueAtMs: at) }
  }

  private static func move(_ transaction: Transaction, _ now: Int64) throws {
    let bindings: JSONValue = ["now": JSONValue(now)]
    // The whole time passed with nobody there: it is over, and was never held.
    try transaction.query(
      """
      UPDATE videoconferences_conferences SET phase = 'finished', revision = revision + 1,
        status = CASE status WHEN 'error' THEN 'error' ELSE 'finished' END, finished_ms = :now
      WHERE phase = 'planned' AND ends_ms <= :now
      """, bindings)
    try transaction.query(
      """
      UPDATE videoconferences_conferences SET phase = 'active', revision = revision + 1
      WHERE phase = 'planned' AND starts_ms <= :now
      """, bindings)
    try transaction.query(
      """
      UPDATE videoconferences_conferences SET phase = 'finished', revision = revision + 1, link = NULL,
        status = CASE status WHEN 'new' THEN 'error' ELSE status END,
        reason = CASE status WHEN 'new' THEN 'не состоялась' ELSE reason END
      WHERE phase = 'active' AND ends_ms <= :now
      """, bindings)
  }

  private static func warn(_ transaction: Transaction, _ now: Int64) throws -> [JSONValue] {
    try transaction.rows(
      """
      UPDATE videoconferences_conferences SET warned = 1
      WHERE phase = 'active' AND status = 'active' AND warned = 0 AND ends_ms - \(warningMs) <= :now
      RETURNING id, name, author_user, leader_person, ends_ms
      """, ["now": JSONValue(now)]
    ).map { row in
      let leaders = try transaction.rows(
        "SELECT id FROM school_v1_accounts WHERE person_id = ? AND blocked = 0", [row["leader_person"] ?? .null])
      return row.setting("leaders", JSONValue(leaders.compactMap { $0["id"] }))
    }
  }

  /// The question to the author, and to whoever gives the lesson.
  private struct Warning {
    let id: String
    let name: String
    let accounts: Set<String>
    /// Minutes that are left, begun ones counted whole: fewer than five for a host that was down meanwhile.
    let minutes: Int64

    init(_ row: JSONValue, _ now: Int64) {
      id = row["id"]?.string ?? ""
      name = row["name"]?.string ?? ""
      accounts = Set((row["leaders"]?.array ?? []).compactMap(\.string) + [row["author_user"]?.string ?? ""])
      minutes = max(1, ((row["ends_ms"]?.int64 ?? now) - now + 59_999) / 60_000)
    }

    private var left: Text {
      switch minutes {
      case 1: Text("1 минуту", en: "1 minute")
      case 2...4: Text("\(minutes) минуты", en: "\(minutes) minutes")
      default: Text("\(minutes) минут", en: "\(minutes) minutes")
      }
    }

    func present(_ call: Call) {
      let extend = Button(
        "extend", Text("Продлить на 15 минут", en: "15 minutes more"),
        .command("videoconferences.extend", arguments: ["conference": JSONValue(id)]), style: .primary)
      let close = Button("close", Text("Закрыть", en: "Close"), .close)
      let question = Effect.dialog(
        .info,
        Text(
          "Видеоконференция «\(name)» завершится через \(left.ru).",
          en: "The conference '\(name)' ends in \(left.en)."), buttons: [extend, close])
      for account in accounts.sorted() { call.host.present(to: .user(account), [question]) }
    }
  }
}
