import PluginKit

/// `announcements.change`: arguments that are not given stay as they are.
enum Change {
  static let command = "announcements.change"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let id = try call.string("announcement")
    let user = try call.user()
    let now = call.host.nowMs
    try call.write { transaction in
      let old = try Announcement(id, transaction)
      try old.requireChangeable(by: user)
      let new = Content(call.params, over: old.content)
      guard new != old.content else { return }
      let calendar = try SchoolDay(transaction)
      let classTitle = try new.audience.classTitle(transaction)
      try new.check(classTitle: classTitle, today: try calendar.day(now))
      try transaction.query(
        """
        UPDATE announcements_announcements SET title = :title, text = :text, audience = :audience,
          class_id = :class, class_title = :classTitle, until = :until WHERE id = :id
        """, new.columns(classTitle).setting("id", JSONValue(id)))
      // What says something else is to be read again.
      if (new.title, new.text) != (old.content.title, old.content.text) {
        try transaction.query(
          "UPDATE announcements_readers SET read_at = NULL WHERE announcement_id = ? AND account_id <> ?",
          [JSONValue(id), JSONValue(user.id)])
      }
      let readers = try Readers.follow(id, new.audience, author: old.authorID, nowMs: now, transaction)
      try Unread.tell(readers, transaction)
      try Ending.schedule(id, after: new.until, calendar, transaction)
      try transaction.emit(AnnouncementsPlugin.changed, ["announcement": JSONValue(id), "change": "changed"])
      try transaction.audit(
        command, object: id, old: old.content.json, new: new.json,
        words: AuditWords(
          object: Text("Объявление: \(new.title)", en: "Announcement: \(new.title)"),
          changes: new.words(old.content, classTitle)))
    }
    return .done
  }
}
