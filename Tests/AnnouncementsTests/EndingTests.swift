import PluginKit
import ShellTesting
import Testing

/// What happens by itself: the last day passes, the school changes.
@Suite struct EndingTests {
  /// 2026-11-24 00:00 in Moscow.
  private let midnight: Int64 = 1_795_467_600_000

  @Test func `an announcement ends with its last day in the school's time zone, for the list and the badge`()
    async throws
  {
    let desk = try await AnnouncementsDesk()
    let pupil = try await desk.signedIn(try desk.login(of: "pupil"))
    let id = try await desk.publish("Сегодня", ["until": "2026-11-23"])
    try await desk.publish("Завтра", ["until": "2026-11-24"])
    await desk.settle(at: midnight - 1)
    #expect(try await desk.badge(pupil) == 2)
    await desk.settle(at: midnight)
    #expect(try await desk.badge(pupil) == 1)
    #expect(try await desk.titles("mine", pupil) == ["! Завтра"])
    let state = "SELECT state FROM announcements_announcements WHERE id = '\(id.string ?? "")'"
    #expect(try desk.row(state)["state"] == "ended")
    #expect(try desk.query("SELECT 1 FROM shell_audit WHERE action = 'announcements.ended'").count == 1)
    #expect(try desk.query("SELECT 1 FROM shell_jobs WHERE name = 'announcements.end'").count == 1)
    try await desk.stop()
  }

  @Test func `a later day that is given in time keeps it, and a host that was down ends it when it is back`()
    async throws
  {
    let desk = try await AnnouncementsDesk()
    let id = try await desk.publish("Сегодня", ["until": "2026-11-23"])
    try await desk.run("announcements.change", ["announcement": id, "until": "2026-11-25"])
    await desk.settle(at: midnight)
    #expect(try desk.row("SELECT state FROM announcements_announcements")["state"] == "current")
    // Days later, as after a holiday with the host switched off.
    await desk.settle(at: midnight + 10 * 86_400_000)
    #expect(try desk.row("SELECT state FROM announcements_announcements")["state"] == "ended")
    try await desk.stop()
  }

  @Test func `who comes to a class gets its announcements, who leaves it loses them, and its new name is shown`()
    async throws
  {
    let desk = try await AnnouncementsDesk()
    let classes = try desk.query(
      "SELECT id, title, grade FROM school_v1_classes WHERE archived = 0 AND pupils > 0 ORDER BY grade, title LIMIT 2")
    let (from, to) = (classes[0], classes[1])
    let pupil = try desk.row(
      """
      SELECT p.id, a.login FROM school_v1_pupils p JOIN school_v1_accounts a ON a.person_id = p.person_id
      WHERE p.class_id = '\(from["id"]?.string ?? "")' AND a.roles = 'pupil' LIMIT 1
      """)
    let client = try await desk.signedIn(pupil["login"]?.string)
    try await desk.publish("Старому", ["audience": "class", "class": from["id"] ?? ""])
    try await desk.publish("Новому", ["audience": "class", "class": to["id"] ?? ""])
    #expect(try await desk.titles("mine", client) == ["! Старому"])
    try await desk.run("school.transfer", ["pupils": [pupil["id"] ?? ""], "class": to["id"] ?? ""])
    await desk.settle()
    #expect(try await desk.titles("mine", client) == ["! Новому"])
    #expect(try await desk.badge(client) == 1)
    try await desk.stop()
  }
}
