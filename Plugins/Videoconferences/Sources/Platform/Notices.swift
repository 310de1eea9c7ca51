import PluginKit

/// What participants are told in their dialogs on the platform: that a conference is planned, was moved, is called off,
/// and, with the link, that it has begun. Source: SPEC D6.
///
/// A job is scheduled with the change that it tells of, so neither gets lost without the other; the platform's plugin
/// sends each key once, so a job that runs again tells nobody twice.
enum Notices {
  static let job = "videoconferences.notify"
  /// What the service takes in a call.
  private static let mostAtOnce = 500

  enum Kind: String, Sendable {
    /// To those who do not know of it yet.
    case planned
    case moved
    case cancelled
    case started
  }

  /// `by`: who did it and need not be told.
  static func schedule(
    _ kind: Kind, _ conference: String, by person: String? = nil, _ transaction: Transaction, nowMs: Int64
  ) throws {
    try transaction.schedule(
      job, key: "\(kind.rawValue):\(conference)", dueAtMs: nowMs,
      payload: ["kind": JSONValue(kind.rawValue), "conference": JSONValue(conference), "by": JSONValue(person)])
  }

  static func run(_ call: Call) async throws {
    let payload = call.params["payload"] ?? .emptyObject
    // Without a payload: scheduled by a version that only told of the start.
    let kind = payload["kind"]?.string.flatMap(Kind.init) ?? .started
    guard let id = payload["conference"]?.string ?? call.params["key"]?.string else { return }
    let row = try call.read { transaction in
      try transaction.first("SELECT * FROM videoconferences_conferences WHERE id = ?", [JSONValue(id)])
    }
    guard let conference = Conference(row), let text = words(kind, conference) else { return }
    let people = try call.read { try recipients(kind, conference, besides: payload["by"]?.string, $0) }
    let notices = people.map { user -> JSONValue in
      ["key": JSONValue(key(kind, conference, user.id)), "userId": JSONValue(user.id), "text": JSONValue(text)]
    }
    for start in stride(from: 0, to: notices.count, by: mostAtOnce) {
      let part = notices[start..<min(start + mostAtOnce, notices.count)]
      _ = try await call.host.callService("platform.notify", ["notices": JSONValue(part)])
    }
    try call.write { transaction in
      try transaction.query(
        """
        UPDATE videoconferences_participants SET told = 1
        WHERE conference_id = ? AND told = 0 AND person_id IN (SELECT value FROM json_each(?))
        """, [JSONValue(id), JSONValue(JSONValue(people.map { JSONValue($0.person) }).text())])
      transaction.finishJob()
    }
  }

  /// nil: there is nothing to say any more.
  private static func words(_ kind: Kind, _ conference: Conference) -> String? {
    let when = "\(ConferencePlan.shown(conference.date)), \(conference.starts)–\(conference.ends)"
    let name = "Видеоконференция «\(conference.name)»"
    switch kind {
    case .planned where conference.phase == "planned": return "\(name) назначена: \(when)."
    case .moved where conference.phase == "planned": return "\(name) перенесена: \(when)."
    case .cancelled where conference.phase == "removed": return "\(name), \(when), отменена."
    case .started: return conference.link.map { "\(name) началась: \($0)" }
    default: return nil
    }
  }

  /// Accounts of participants. A move or the end of something that somebody never heard of is no news to them.
  private static func recipients(
    _ kind: Kind, _ conference: Conference, besides person: String?, _ transaction: Transaction
  ) throws -> [(id: String, person: String)] {
    let condition =
      switch kind {
      case .planned: "p.told = 0"
      case .moved, .cancelled: "p.told = 1 AND p.person_id IS NOT :by"
      case .started: "1"
      }
    return try transaction.rows(
      """
      SELECT DISTINCT a.id, a.person_id FROM videoconferences_participants p
      JOIN school_v1_accounts a ON a.person_id = p.person_id AND a.blocked = 0
      WHERE p.conference_id = :id AND \(condition) ORDER BY a.id
      """,
      kind == .moved || kind == .cancelled
        ? ["id": JSONValue(conference.id), "by": JSONValue(person)] : ["id": JSONValue(conference.id)]
    ).map { ($0["id"]?.string ?? "", $0["person_id"]?.string ?? "") }
  }

  private static func key(_ kind: Kind, _ conference: Conference, _ user: String) -> String {
    switch kind {
    case .started: "conference:\(conference.id):\(user)"
    case .moved: "conference:\(conference.id):moved:\(conference.moves):\(user)"
    case .planned, .cancelled: "conference:\(conference.id):\(kind.rawValue):\(user)"
    }
  }
}
