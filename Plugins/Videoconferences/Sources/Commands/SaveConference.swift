import PluginKit
import ZoneRules

/// `videoconferences.addConference {name?, kind: lesson|call, chat, lesson?, date?, starts?, ends?, employees?, pupils?,
/// parents?}` and `videoconferences.changeConference {conference, …}` → `{conference, name}`.
///
/// What a lesson gives (name, day, times) may be left out. The lists are ids of the school's registries; one that is
/// absent is filled from the chat. A conference in «Ошибка» is tried again by saving it. Source: SPEC D2, D3.
struct SaveConference {
  static let add = "videoconferences.addConference"
  static let change = "videoconferences.changeConference"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(add) { call throws -> Outcome in try SaveConference(call, call.params).run() }
    plugin.command(change) { call throws -> Outcome in
      guard call.params["conference"]?.string?.isEmpty == false else {
        throw PluginError.invalid("conference", Text("Обязательное поле", en: "Required"))
      }
      return try SaveConference(call, call.params).run()
    }
  }

  let call: Call
  let arguments: JSONValue
  let user: User

  init(_ call: Call, _ arguments: JSONValue) throws {
    self.call = call
    self.arguments = arguments
    user = try call.user()
  }

  func run() throws -> Outcome {
    try call.write { transaction in
      let old = try arguments["conference"]?.string.map { try Conference.require($0, transaction) }
      if let old { try ConferenceRights.require(ConferenceRights.manages, old, user, transaction) }
      let plan = try ConferencePlan(arguments, old, user, nowMs: call.host.nowMs, transaction)
      let id = try old.map { try update($0, plan, transaction) } ?? insert(plan, transaction)
      try fill(id, old == nil, plan, transaction)
      try tell(id, old, plan, transaction)
      try Bell.wind(transaction)
      try Push.schedule(transaction, nowMs: call.host.nowMs)
      try transaction.audit(
        old == nil ? Self.add : Self.change, object: "conference:\(id)", new: plan.json)
      return Outcome(
        result: ["conference": JSONValue(id), "name": JSONValue(plan.name)],
        effects: [.refresh(registry: "sferum", tab: "conferences")])
    }
  }

  private func insert(_ plan: ConferencePlan, _ transaction: Transaction) throws -> String {
    let row = try transaction.first(
      """
      INSERT INTO videoconferences_conferences (kind, name, chat_id, lesson_id, date, starts, ends, starts_ms, ends_ms,
        author_user, author_person, leader_person, subject, class, follows, created_at)
      VALUES (:kind, :name, :chat, :lesson, :date, :starts, :ends, :starts_ms, :ends_ms, :user, :person, :leader,
        :subject, :class, :follows, :now) RETURNING id
      """,
      plan.bindings.merging([
        "user": JSONValue(user.id), "person": user.json["personId"] ?? .null, "now": JSONValue(call.host.nowMs),
      ]))
    return row?["id"]?.string ?? ""
  }

  private func update(_ old: Conference, _ plan: ConferencePlan, _ transaction: Transaction) throws -> String {
    try transaction.query(
      """
      UPDATE videoconferences_conferences SET kind = :kind, name = :name, chat_id = :chat, lesson_id = :lesson,
        date = :date, starts = :starts, ends = :ends, starts_ms = :starts_ms, ends_ms = :ends_ms,
        leader_person = :leader, subject = :subject, class = :class, follows = :follows, revision = revision + 1,
        moves = moves + (starts_ms <> :starts_ms OR ends_ms <> :ends_ms),
        warned = CASE ends_ms WHEN :ends_ms THEN warned ELSE 0 END,
        phase = CASE status WHEN 'error' THEN 'planned' ELSE phase END,
        attempts = NULL, next_attempt_ms = NULL, failure = '', failure_english = '',
        reason = CASE status WHEN 'error' THEN '' ELSE reason END,
        status = CASE status WHEN 'error' THEN 'new' ELSE status END
      WHERE id = :id
      """, plan.bindings.setting("id", JSONValue(old.id)))
    return old.id
  }

  /// Participants: the lists that were given, and of a new conference the chat's people on the other sides.
  private func fill(_ id: String, _ isNew: Bool, _ plan: ConferencePlan, _ transaction: Transaction) throws {
    for side in ConferenceSide.allCases {
      if let people = plan.people[side] {
        try transaction.query(
          """
          DELETE FROM videoconferences_participants WHERE conference_id = ? AND side = ?
            AND person_id NOT IN (SELECT value FROM json_each(?))
          """,
          [
            JSONValue(id), JSONValue(side.rawValue),
            JSONValue(JSONValue(people.map { JSONValue($0) }).text()),
          ])
        for person in people { try add(id, person, side, transaction) }
      } else if isNew {
        for person in try side.ofChat(plan.chatID, plan.isLesson, transaction) {
          try add(id, person, side, transaction)
        }
      }
    }
    for person in [plan.keeper, plan.leader].compactMap(\.self) { try add(id, person, .employee, transaction) }
  }

  /// Participants hear of it, each once: of the plan, of new times, and with the link when it goes on already. Whoever
  /// saves knows.
  private func tell(
    _ id: String, _ old: Conference?, _ plan: ConferencePlan, _ transaction: Transaction
  ) throws {
    let now = call.host.nowMs
    let person = user.json["personId"]?.string
    try transaction.query(
      "UPDATE videoconferences_participants SET told = 1 WHERE conference_id = ? AND person_id = ?",
      [JSONValue(id), JSONValue(person)])
    try Notices.schedule(.planned, id, transaction, nowMs: now)
    guard let old else { return }
    if old.status == "active" { return try Notices.schedule(.started, id, transaction, nowMs: now) }
    if (old.startsAtMs, old.endsAtMs) != (plan.startsAtMs, plan.endsAtMs) {
      try Notices.schedule(.moved, id, by: person, transaction, nowMs: now)
    }
  }

  private func add(_ id: String, _ person: String, _ side: ConferenceSide, _ transaction: Transaction) throws {
    try transaction.query(
      """
      INSERT INTO videoconferences_participants (conference_id, person_id, side) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
      """, [JSONValue(id), JSONValue(person), JSONValue(side.rawValue)])
  }
}
