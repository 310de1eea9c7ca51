import PluginKit

/// What is offered to a lesson of who was in its conference, in the shape of `journal.proposeAttendance`.
struct AttendanceOffer {
  /// The journal takes no more of either.
  private static let mostPeople = 1000
  private static let unbound = Text("неизвестно: не привязан к Сферуму", en: "unknown: not bound to Sferum")

  let conference: Conference
  /// The lesson's group.
  private let group: String
  private let byPerson: [String: Presence]
  private let names: [String: String]
  /// Those whom nobody knows.
  let strangers: [Presence]

  /// `participants`: as the platform's plugin tells them. nil: the lesson is not in the timetable any more.
  init?(
    _ conference: Conference, _ participants: [JSONValue], nowMs: Int64, _ transaction: Transaction
  ) throws {
    let lesson = try transaction.first(
      "SELECT group_id FROM school_v1_lessons WHERE id = ?", [JSONValue(conference.lessonID)])
    guard let lesson else { return nil }
    self.conference = conference
    group = lesson["group_id"]?.string ?? ""
    let byUser = Presence.byUser(participants, end: conference.finishedMs ?? nowMs)
    let accounts = try transaction.rows(
      "SELECT id, person_id, full_name FROM school_v1_accounts WHERE id IN (SELECT value FROM json_each(?))",
      [JSONValue(JSONValue(byUser.keys.sorted().map { JSONValue($0) }).text())])
    var (byPerson, names, known) = ([String: Presence](), [String: String](), Set<String>())
    for account in accounts {
      guard let id = account["id"]?.string, let person = account["person_id"]?.string else { continue }
      known.insert(id)
      byPerson[person] = byUser[id]
      names[person] = account["full_name"]?.string ?? ""
    }
    (self.byPerson, self.names) = (byPerson, names)
    strangers = byUser.filter { !known.contains($0.key) }.values.sorted {
      ($0.cameAt, $0.leftAt) < ($1.cameAt, $1.leftAt)
    }
  }

  /// `key`: by which the journal knows that it has this one already; nil: somebody asks anew.
  func params(key: String?, _ transaction: Transaction) throws -> JSONValue {
    let pupils = try pupils(transaction)
    let ofGroup = Set(pupils.compactMap { $0["person_id"]?.string })
    var members: [(String, JSONValue)] = [
      ("lesson", JSONValue(conference.lessonID)),
      (
        "source",
        Text("видеоконференция «\(conference.name)»", en: "the conference '\(conference.name)'").json
      ),
      ("pupils", JSONValue(pupils.prefix(Self.mostPeople).map(line))),
      ("others", JSONValue(others(besides: ofGroup).prefix(Self.mostPeople))),
    ]
    if let key { members.append(("key", JSONValue(key))) }
    return JSONValue(members: members)
  }

  private func pupils(_ transaction: Transaction) throws -> [JSONValue] {
    try transaction.rows(
      """
      SELECT m.pupil_id, m.person_id, EXISTS (SELECT 1 FROM sferum_binding_v1_bindings b
        WHERE b.person_id = m.person_id AND b.state = 'bound') AS bound
      FROM school_v1_group_members m WHERE m.group_id = ? ORDER BY m.pupil_id
      """, [JSONValue(group)])
  }

  /// Who was in it was there; of whoever is not bound the platform knows nothing.
  private func line(_ pupil: JSONValue) -> JSONValue {
    let id = pupil["pupil_id"] ?? .null
    if let presence = byPerson[pupil["person_id"]?.string ?? ""] {
      return JSONValue(members: [("pupil", id), ("present", true)] + presence.members)
    }
    guard pupil["bound"]?.int == 1 else { return ["pupil": id, "present": .null, "note": Self.unbound.json] }
    return ["pupil": id, "present": false]
  }

  /// Not told: whoever gives the lesson, and its author.
  private func others(besides pupils: Set<String>) -> [JSONValue] {
    let hosts = Set([conference.leader, conference.author].compactMap(\.self))
    let known = byPerson.filter { !pupils.contains($0.key) && !hosts.contains($0.key) }
      .sorted { (names[$0.key] ?? "", $0.key) < (names[$1.key] ?? "", $1.key) }
    return known.map { JSONValue(members: [("name", JSONValue(names[$0.key]))] + $0.value.members) }
      + strangers.map { JSONValue(members: $0.members) }
  }
}
