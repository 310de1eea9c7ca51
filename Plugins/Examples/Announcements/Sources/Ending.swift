import PluginKit

/// Ends an announcement when its last day is over. The job is scheduled in the transaction that sets the day, one for
/// each announcement, so nothing looks around at intervals.
enum Ending {
  /// Key: the announcement.
  static let job = "announcements.end"

  static func register(in plugin: inout PluginDefinition) { plugin.job(job, run) }

  /// A job of the same key that was scheduled before is replaced.
  static func schedule(_ id: String, after day: String, _ calendar: SchoolDay, _ transaction: Transaction) throws {
    try transaction.schedule(job, key: id, dueAtMs: try calendar.end(of: day))
  }

  @Sendable private static func run(_ call: Call) throws {
    guard let id = call.params["key"]?.string else { return }
    try call.write { transaction in
      // Whatever happened between, the job ends with this transaction, or not at all.
      defer { transaction.finishJob() }
      let announcement = try Announcement(id, transaction)
      guard announcement.state == .current else { return }
      let calendar = try SchoolDay(transaction)
      guard announcement.content.until < (try calendar.day(call.host.nowMs)) else {
        // The school's time zone has changed since: it has until the new end of that day.
        return try schedule(id, after: announcement.content.until, calendar, transaction)
      }
      try Announcement.end(id, as: .ended, transaction)
      let title = announcement.content.title
      try transaction.audit(
        "announcements.ended", object: id,
        words: AuditWords(
          title: Text("Срок объявления прошёл", en: "The announcement has ended"),
          object: Text("Объявление: \(title)", en: "Announcement: \(title)")))
    }
  }
}
