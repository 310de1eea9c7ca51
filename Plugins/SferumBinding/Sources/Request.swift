import PluginKit

/// One request of a person to bind a phone, from the press to its end.
package struct Request: Sendable {
  package enum State: String, Sendable, CaseIterable {
    case requested, bound, declined, expired, notFound, taken, failed, unbound

    /// Whether the request holds its account and its phone.
    package var isActive: Bool { self == .requested || self == .bound }

    /// What the account is, for shortcuts and fields: `unbound`, `requested` or `bound`.
    package var ofAccount: String { isActive ? rawValue : State.unbound.rawValue }

    /// Whether a request may go from here to there. A confirmation outlives the end of its term: the person
    /// gave it on the platform before, and only its news came late.
    package func mayBecome(_ next: State) -> Bool {
      switch (self, next) {
      case (.requested, .requested), (.requested, .unbound): false
      case (.requested, _), (.bound, .unbound), (.expired, .bound): true
      case (.bound, _), (.declined, _), (.expired, _), (.notFound, _), (.taken, _), (.failed, _), (.unbound, _): false
      }
    }
  }

  package let id: String
  package let userID: String
  package let phone: String
  package let state: State
  /// Whether the platform said that it asks the person.
  package let isSent: Bool
  /// What `platform.bind` is told of the person.
  package let profile: JSONValue
  package let expiresAtMs: Int64

  init?(_ row: JSONValue?) {
    guard let row, let id = row["id"]?.string, let userID = row["user_id"]?.string,
      let phone = row["phone"]?.string, let state = row["state"]?.string.flatMap(State.init)
    else { return nil }
    self.id = id
    self.userID = userID
    self.phone = phone
    self.state = state
    isSent = row["sent_at"].map { !$0.isNull } ?? false
    profile = (row["profile"]?.string).flatMap { try? JSONValue(parsing: $0) } ?? .emptyObject  // written by us alone
    expiresAtMs = row["expires_at"]?.int64 ?? 0
  }
}

/// The table of requests, and what goes with each change of it.
enum Requests {
  static func find(_ transaction: Transaction, _ id: String) throws -> Request? {
    Request(try transaction.first("SELECT * FROM sferum_binding_requests WHERE id = ?", [JSONValue(id)]))
  }

  /// The request that holds an account: requested or bound.
  static func active(_ transaction: Transaction, user: String) throws -> Request? {
    Request(
      try transaction.first(
        "SELECT * FROM sferum_binding_requests WHERE user_id = ? AND state IN ('requested', 'bound')",
        [JSONValue(user)]))
  }

  static func active(_ transaction: Transaction, phone: String) throws -> Request? {
    Request(
      try transaction.first(
        "SELECT * FROM sferum_binding_requests WHERE phone = ? AND state IN ('requested', 'bound')",
        [JSONValue(phone)]))
  }

  /// Everything of a new request in one transaction: the row, the account's state, the audit, and the jobs that
  /// carry it on.
  static func add(
    _ transaction: Transaction, id: String, person: Person, phone: Phone, nowMs: Int64
  ) throws {
    let expiresAtMs = nowMs + person.requestExpiryMs
    let profile = person.profile.setting("expiresAt", JSONValue(expiresAtMs))
    try transaction.query(
      """
      INSERT INTO sferum_binding_requests
        (id, user_id, person_id, phone, profile, state, created_at, changed_at, expires_at)
      VALUES (:id, :user, :person, :phone, :profile, 'requested', :now, :now, :expires)
      """,
      [
        "id": JSONValue(id), "user": JSONValue(person.userID), "person": JSONValue(person.personID),
        "phone": JSONValue(phone.value), "profile": JSONValue(profile.text()), "now": JSONValue(nowMs),
        "expires": JSONValue(expiresAtMs),
      ])
    try show(transaction, user: person.userID, .requested, phone: phone.value)
    try BindingAudit.write(
      transaction, "sferum.requestBinding", user: person.userID, old: ["state": "unbound"],
      new: ["state": "requested", "phone": JSONValue(phone.masked)])
    try transaction.schedule(Jobs.send, key: id, dueAtMs: nowMs)
    try transaction.schedule(Jobs.expire, key: id, dueAtMs: expiresAtMs)
  }

  /// A request that ended before it began, since the phone is another account's: the history of an account has what
  /// the report tells of it. Presses with one phone are one row.
  static func addTaken(
    _ transaction: Transaction, id: String, person: Person, phone: Phone, nowMs: Int64
  ) throws {
    let values: JSONValue = [
      "id": JSONValue(id), "user": JSONValue(person.userID), "person": JSONValue(person.personID),
      "phone": JSONValue(phone.value), "now": JSONValue(nowMs),
    ]
    try transaction.query(
      """
      UPDATE sferum_binding_requests SET changed_at = :now WHERE user_id = :user AND phone = :phone AND state = 'taken'
      """, ["user": JSONValue(person.userID), "phone": JSONValue(phone.value), "now": JSONValue(nowMs)])
    guard transaction.changes == 0 else { return }
    try transaction.query(
      """
      INSERT INTO sferum_binding_requests
        (id, user_id, person_id, phone, profile, state, created_at, changed_at, expires_at)
      VALUES (:id, :user, :person, :phone, '{}', 'taken', :now, :now, :now)
      """, values)
  }

  /// Moves a request to its next state, with the account's state, the audit and the news for other plugins.
  static func move(
    _ transaction: Transaction, _ request: Request, to state: Request.State, reason: String? = nil, nowMs: Int64
  ) throws {
    try transaction.query(
      "UPDATE sferum_binding_requests SET state = ?, reason = ?, changed_at = ? WHERE id = ?",
      [JSONValue(state.rawValue), JSONValue(reason), JSONValue(nowMs), JSONValue(request.id)])
    try show(transaction, user: request.userID, state, phone: request.phone)
    let masked = Phone(request.phone)?.masked ?? ""
    try BindingAudit.write(
      transaction, action(state), user: request.userID,
      old: ["state": JSONValue(request.state.rawValue), "phone": JSONValue(masked)],
      new: ["state": JSONValue(state.rawValue)])
    try transaction.unschedule(Jobs.send, key: request.id)
    if state != .expired { try transaction.unschedule(Jobs.expire, key: request.id) }
    guard state == .bound || state == .unbound else { return }
    try transaction.emit(
      "sferum.v1.bindingChanged",
      ["userId": JSONValue(request.userID), "bound": JSONValue(state == .bound), "at": JSONValue(nowMs)])
  }

  static func markSent(_ transaction: Transaction, _ request: Request, nowMs: Int64) throws {
    try transaction.query(
      "UPDATE sferum_binding_requests SET sent_at = ? WHERE id = ? AND sent_at IS NULL",
      [JSONValue(nowMs), JSONValue(request.id)])
  }

  /// The context keys by which shortcuts, buttons and the field «Телефон, привязанный к Сферум» follow.
  private static func show(
    _ transaction: Transaction, user: String, _ state: Request.State, phone: String
  ) throws {
    let isBound = state == .bound
    // `.none`: a bare nil here would be JSON's null, which is a value.
    try transaction.setContext("sferum.state", state.isActive ? JSONValue(state.rawValue) : .none, user: user)
    try transaction.setContext("sferum.bound", isBound ? JSONValue(true) : .none, user: user)
    try transaction.setContext("sferum.phone", isBound ? JSONValue(phone) : .none, user: user)
  }

  private static func action(_ state: Request.State) -> String {
    switch state {
    case .requested: "sferum.requestBinding"
    case .bound: "sferum.bind"
    case .unbound: "sferum.unbind"
    case .declined, .expired, .notFound, .taken, .failed: "sferum.endRequest"
    }
  }
}
