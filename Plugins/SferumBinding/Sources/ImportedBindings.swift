import PluginKit

/// People of whom an import says that they were bound elsewhere: each becomes a request, so that the platform tells how
/// they stand, and the person confirms what it does not know.
///
/// Only accounts can be bound, and people get theirs later than the import: a person waits here for one. What was once
/// taken up is not taken up again, whatever became of it, unless the import brings another phone.
enum ImportedBindings {
  /// Takes imported bindings up, those of one person (the payload's `person`) or all that wait.
  static let job = "sferum.takeImported"
  /// So many in one transaction: others write, too.
  private static let batch = 100

  static let sql = [
    // outcome: requested, or why nothing was asked: bound, badPhone, doubled, taken, unfit.
    """
    CREATE TABLE sferum_binding_imports (
      person_id TEXT PRIMARY KEY, phone TEXT NOT NULL, outcome TEXT NOT NULL, request_id TEXT, at INTEGER NOT NULL)
      WITHOUT ROWID
    """
  ]

  static func register(in plugin: inout PluginDefinition) {
    plugin.event("school.v1.bindingsImported") { call throws in
      try call.write { try $0.schedule(job, key: "all", dueAtMs: call.host.nowMs) }
    }
    plugin.event("school.v1.accountChanged") { call throws in try accountChanged(call) }
    plugin.job(job) { call throws in try run(call) }
  }

  private static func accountChanged(_ call: Call) throws {
    let payload = call.params["payload"]
    let person = payload?["change"] == "added" ? payload?["personId"]?.string : nil
    try call.write { transaction in
      try SchoolNews.follow(payload?["personId"], transaction)
      guard let person,
        try transaction.first(
          "SELECT 1 AS found FROM school_v1_imported_bindings WHERE person_id = ?", [JSONValue(person)]) != nil
      else { return }
      try transaction.schedule(
        job, key: "person:\(person)", dueAtMs: call.host.nowMs, payload: ["person": JSONValue(person)])
    }
  }

  private static func run(_ call: Call) throws {
    let person = call.params["payload"]?["person"]?.string
    while try takeBatch(call, person) == batch {}
  }

  /// How many it took up.
  private static func takeBatch(_ call: Call, _ person: String?) throws -> Int {
    try call.write { transaction in
      let waiting = try transaction.rows(
        """
        SELECT i.person_id, i.phone, a.id AS user, a.login, a.full_name FROM school_v1_imported_bindings i
        JOIN school_v1_accounts a ON a.person_id = i.person_id
        WHERE (:person IS NULL OR i.person_id = :person) AND NOT EXISTS (
          SELECT 1 FROM sferum_binding_imports t WHERE t.person_id = i.person_id AND t.phone = i.phone)
        ORDER BY i.person_id LIMIT :batch
        """, ["person": JSONValue(person), "batch": JSONValue(batch)])
      for row in waiting { try take(row, call, transaction) }
      if waiting.count < batch { transaction.finishJob() }
      return waiting.count
    }
  }

  private enum Refusal: String {
    case badPhone, doubled, taken, unfit
  }

  private static func take(_ row: JSONValue, _ call: Call, _ transaction: Transaction) throws {
    guard let person = row["person_id"]?.string, let user = row["user"]?.string, let given = row["phone"]?.string
    else { return }
    let now = call.host.nowMs
    func note(_ outcome: String, request: String? = nil) throws {
      try transaction.query(
        """
        INSERT OR REPLACE INTO sferum_binding_imports (person_id, phone, outcome, request_id, at) VALUES (?, ?, ?, ?, ?)
        """,
        [JSONValue(person), JSONValue(given), JSONValue(outcome), JSONValue(request), JSONValue(now)])
    }
    // Who has a binding or asks for one knows better than the import.
    guard try Requests.active(transaction, user: user) == nil else { return try note("bound") }
    let account: Person
    let phone: Phone
    switch try judged(row, given, user, transaction) {
    case .failure(let refusal):
      try BindingAudit.refused(transaction, user: user, refusal.why.rawValue, phone: Phone(given))
      return try note(refusal.why.rawValue)
    case .success(let fit): (account, phone) = fit
    }
    let id = RequestID.fresh()
    try Requests.add(transaction, id: id, person: account, phone: phone, nowMs: now)
    try note("requested", request: id)
  }

  private struct Refused: Error { let why: Refusal }

  /// Whether the phone and the account will do. Nothing of whoever else has the phone is told.
  private static func judged(
    _ row: JSONValue, _ given: String, _ user: String, _ transaction: Transaction
  ) throws -> Result<(Person, Phone), Refused> {
    guard let phone = Phone(given) else { return .failure(Refused(why: .badPhone)) }
    let same = try transaction.first(
      "SELECT count(*) AS people FROM school_v1_imported_bindings WHERE phone = ?", [JSONValue(given)])
    guard same?["people"]?.int == 1 else { return .failure(Refused(why: .doubled)) }
    guard try Requests.active(transaction, phone: phone.value) == nil else { return .failure(Refused(why: .taken)) }
    do {
      let person = try Person.read(
        transaction, userID: user, displayName: row["full_name"]?.string ?? "", login: row["login"]?.string ?? "")
      return .success((person, phone))
    } catch let error as PluginError where error.kind.hasPrefix("sferum.") {
      return .failure(Refused(why: .unfit))
    }
  }
}
