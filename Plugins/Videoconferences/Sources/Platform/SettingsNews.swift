import PluginKit
import ZoneRules

/// The organization's time zone and its Sferum chat administrator may change while a conference is still to come or goes
/// on. Source: SPEC D2, D4.
enum SettingsNews {
  static func register(in plugin: inout PluginDefinition) {
    plugin.event("school.v1.settingsChanged") { call throws in
      let changed = (call.params["payload"]?["changed"]?.array ?? []).compactMap(\.string)
      try call.write { transaction in
        if changed.contains("timeZone") { try keepLocalTimes(transaction) }
        if changed.contains("chatAdministrator") { try addKeeper(transaction, nowMs: call.host.nowMs) }
        try Bell.wind(transaction)
        try Push.schedule(transaction, nowMs: call.host.nowMs)
      }
    }
  }

  private static let isOpen = "phase IN ('planned', 'active')"

  /// A conference is at a time of day of the school: where the clocks are other ones it is at another instant.
  private static func keepLocalTimes(_ transaction: Transaction) throws {
    let zone = try LocalTime.ofOrganization(transaction)
    let rows = try transaction.rows("SELECT * FROM videoconferences_conferences WHERE \(isOpen)")
    for conference in rows.compactMap(Conference.init) {
      guard let from = zone.instant(conference.date, conference.starts),
        let until = zone.instant(conference.date, conference.ends)
      else { continue }
      try transaction.query(
        """
        UPDATE videoconferences_conferences SET starts_ms = :from, ends_ms = :until, revision = revision + 1,
          warned = CASE ends_ms WHEN :until THEN warned ELSE 0 END
        WHERE id = :id AND (starts_ms <> :from OR ends_ms <> :until)
        """,
        [
          // A minute at least, where a change of clocks leaves none.
          "from": JSONValue(from), "until": JSONValue(max(until, from + 60_000)), "id": JSONValue(conference.id),
        ])
    }
  }

  /// A new Sferum chat administrator is among the employees of every conference.
  private static func addKeeper(_ transaction: Transaction, nowMs: Int64) throws {
    let organization = try transaction.first("SELECT chat_administrator_person_id AS id FROM school_v1_organization")
    guard let keeper = organization?["id"]?.string else { return }
    let rows = try transaction.rows(
      """
      SELECT id FROM videoconferences_conferences c WHERE \(isOpen) AND NOT EXISTS (
        SELECT 1 FROM videoconferences_participants p
        WHERE p.conference_id = c.id AND p.person_id = ? AND p.side = 'employee')
      """, [JSONValue(keeper)])
    for row in rows {
      try transaction.query(
        "INSERT INTO videoconferences_participants (conference_id, person_id, side) VALUES (?, ?, 'employee')",
        [row["id"] ?? "", JSONValue(keeper)])
      try transaction.query(
        "UPDATE videoconferences_conferences SET revision = revision + 1 WHERE id = ?", [row["id"] ?? ""])
      try Notices.schedule(.planned, row["id"]?.string ?? "", transaction, nowMs: nowMs)
    }
  }
}
