import PluginKit

/// Follows the school: who comes to a class sees its announcements, who leaves it sees them no more.
enum SchoolNews {
  /// Each is among the manifest's `permissions.events`.
  private static let events = [
    "accountChanged", "employeeChanged", "enrolmentChanged", "parentChanged", "classChanged", "settingsChanged",
    "rosterChanged",
  ]

  static func register(in plugin: inout PluginDefinition) {
    for event in events { plugin.event("school.v1.\(event)", follow) }
  }

  /// Everything that is current is brought in line: events say that something has changed, views say how things are now.
  /// Doing it twice changes nothing, and the event counts as received with the commit.
  @Sendable private static func follow(_ call: Call) throws {
    let now = call.host.nowMs
    try call.write { transaction in
      try transaction.query(
        """
        UPDATE announcements_announcements
        SET class_title = (SELECT title FROM school_v1_classes WHERE id = class_id)
        WHERE state = 'current' AND audience = 'class'
          AND class_title <> (SELECT title FROM school_v1_classes WHERE id = class_id)
        """)
      let calendar = try SchoolDay(transaction)
      var concerned: Set<String> = []
      for row in try transaction.rows("SELECT id FROM announcements_announcements WHERE state = 'current'") {
        let one = try Announcement(row["id"]?.string ?? "", transaction)
        concerned.formUnion(
          try Readers.follow(one.id, one.content.audience, author: one.authorID, nowMs: now, transaction))
        // The school may have moved to another time zone.
        try Ending.schedule(one.id, after: one.content.until, calendar, transaction)
      }
      try Unread.tell(concerned, transaction)
    }
  }
}
