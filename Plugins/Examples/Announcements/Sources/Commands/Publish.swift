import PluginKit

/// `announcements.publish`: what the form's «Опубликовать» runs, and what a script runs.
enum Publish {
  static let command = "announcements.publish"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  /// One transaction: the announcement, its readers, their badges, the job that ends it, the event and the line of the
  /// audit log. A crash leaves all of it or nothing.
  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let user = try call.user()
    let content = Content(call.params, over: nil)
    let now = call.host.nowMs
    let id = try call.write { transaction in
      let calendar = try SchoolDay(transaction)
      let classTitle = try content.audience.classTitle(transaction)
      try content.check(classTitle: classTitle, today: try calendar.day(now))
      let row = try transaction.first(
        """
        INSERT INTO announcements_announcements
          (title, text, audience, class_id, class_title, until, author_id, author, published_at)
        VALUES (:title, :text, :audience, :class, :classTitle, :until, :author, :name, :now) RETURNING id
        """,
        content.columns(classTitle).merging([
          "author": JSONValue(user.id), "name": JSONValue(user.displayName), "now": JSONValue(now),
        ]))
      let id = row?["id"]?.string ?? ""
      let readers = try Readers.follow(id, content.audience, author: user.id, nowMs: now, transaction)
      try Unread.tell(readers, transaction)
      try Ending.schedule(id, after: content.until, calendar, transaction)
      try transaction.emit(
        AnnouncementsPlugin.changed, ["announcement": JSONValue(id), "change": "published"])
      try transaction.audit(
        command, object: id, new: content.json,
        words: AuditWords(
          object: Text("Объявление: \(content.title)", en: "Announcement: \(content.title)"),
          changes: content.words(nil, classTitle)))
      return id
    }
    return Outcome(result: ["announcement": JSONValue(id)])
  }
}
