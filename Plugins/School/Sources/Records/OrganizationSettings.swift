import PluginKit

/// «Настройки организации», as the form shows them and commands change them.
struct OrganizationSettings: Equatable, Sendable {
  var name: String
  var shortName: String
  var timeZone: String
  var platformAddress: String
  /// The employee who administers the chats of Sferum.
  var chatAdministrator: String?
  var requestExpiryHours: Int
  var removalThresholdPercent: Int
  var lessonKinds: [String]

  static func read(_ transaction: Transaction) throws -> OrganizationSettings {
    let row = try transaction.first("SELECT * FROM school_organization") ?? .emptyObject
    let kinds = try transaction.rows("SELECT title FROM school_lesson_kinds ORDER BY position")
    return OrganizationSettings(
      name: row["name"]?.string ?? "", shortName: row["short_name"]?.string ?? "",
      timeZone: row["time_zone"]?.string ?? "", platformAddress: row["platform_address"]?.string ?? "",
      chatAdministrator: row["chat_administrator_id"]?.string,
      requestExpiryHours: row["request_expiry_hours"]?.int ?? 0,
      removalThresholdPercent: row["removal_threshold_percent"]?.int ?? 0,
      lessonKinds: kinds.compactMap { $0["title"]?.string })
  }

  func write(_ transaction: Transaction) throws {
    try transaction.query(
      """
      UPDATE school_organization SET name = ?, short_name = ?, time_zone = ?, platform_address = ?,
        chat_administrator_id = ?, request_expiry_hours = ?, removal_threshold_percent = ?
      """,
      [
        JSONValue(name), JSONValue(shortName), JSONValue(timeZone), JSONValue(platformAddress),
        JSONValue(chatAdministrator), JSONValue(requestExpiryHours), JSONValue(removalThresholdPercent),
      ])
    try transaction.query("DELETE FROM school_lesson_kinds")
    for (position, kind) in lessonKinds.enumerated() {
      try transaction.query(
        "INSERT INTO school_lesson_kinds(position, title) VALUES (?, ?)", [JSONValue(position + 1), JSONValue(kind)])
    }
  }

  /// The settings by the names of `school.saveSettings`.
  var members: [(String, JSONValue)] {
    [
      ("name", JSONValue(name)), ("shortName", JSONValue(shortName)), ("timeZone", JSONValue(timeZone)),
      ("platformAddress", JSONValue(platformAddress)), ("chatAdministrator", JSONValue(chatAdministrator)),
      ("requestExpiryHours", JSONValue(requestExpiryHours)),
      ("removalThresholdPercent", JSONValue(removalThresholdPercent)),
      ("lessonKinds", JSONValue(lessonKinds.map { JSONValue($0) })),
    ]
  }

  /// Names of settings that differ.
  func differences(from other: OrganizationSettings) -> [String] {
    zip(members, other.members).filter { $0.1 != $1.1 }.map { $0.0.0 }
  }
}
