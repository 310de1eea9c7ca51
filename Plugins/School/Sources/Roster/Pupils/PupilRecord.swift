import PluginKit

/// A row of «Ученики» or of «Выпускники и отчисленные», with the enrolment that is open or was the last.
struct PupilRecord {
  let id: String
  let personId: String
  let fullName: String
  /// `studying`, `expelled` or `graduated`.
  let state: String
  /// The open one, or the last; nil for a pupil who was never put into a class, as imports may bring some.
  let enrolment: Enrolment?

  struct Enrolment {
    let id: String
    let classId: String
    let since: CivilDate
    /// Nil while it is open.
    let until: CivilDate?
    let reason: String
  }

  var isStudying: Bool { state == "studying" }
  /// The enrolment by which the pupil is in a class now.
  var open: Enrolment? { enrolment.flatMap { $0.until == nil ? $0 : nil } }

  static func require(_ id: String, _ transaction: Transaction) throws -> PupilRecord {
    try find("u.id", id, transaction) ?? { throw PluginError.notFound("pupil", id) }()
  }

  static func find(person: String, _ transaction: Transaction) throws -> PupilRecord? {
    try find("u.person_id", person, transaction)
  }

  /// The pupils of `pupils` (ids) or `pupil` (one id), each once.
  static func named(_ params: JSONValue, _ transaction: Transaction) throws -> [PupilRecord] {
    var ids = (params["pupils"]?.array ?? []).compactMap(\.string)
    if let one = params["pupil"]?.string { ids.append(one) }
    var seen: Set<String> = []
    ids = ids.filter { seen.insert($0).inserted }
    guard !ids.isEmpty else {
      throw PluginError.invalid("pupils", Text("Выберите учеников", en: "Choose pupils"))
    }
    return try ids.map { try require($0, transaction) }
  }

  private static func find(_ column: String, _ value: String, _ transaction: Transaction) throws -> PupilRecord? {
    // `column` is one of the two names above.
    let row = try transaction.first(
      """
      SELECT u.id, u.person_id, u.full_name, u.state, e.id AS enrolment, e.class_id, e.since, e.until, e.reason
      FROM school_pupils u LEFT JOIN school_enrolments e ON e.pupil_id = u.id
      WHERE \(column) = ? ORDER BY e.until IS NOT NULL, e.until DESC, e.n DESC LIMIT 1
      """,
      [JSONValue(value)])
    return row.map(PupilRecord.init)
  }

  private init(_ row: JSONValue) {
    id = row["id"]?.string ?? ""
    personId = row["person_id"]?.string ?? ""
    fullName = row["full_name"]?.string ?? ""
    state = row["state"]?.string ?? ""
    enrolment = (row["enrolment"]?.string).map { id in
      Enrolment(
        id: id, classId: row["class_id"]?.string ?? "",
        since: row["since"]?.string.flatMap { CivilDate(text: $0) } ?? CivilDate(day: 0),
        until: row["until"]?.string.flatMap { CivilDate(text: $0) }, reason: row["reason"]?.string ?? "")
    }
  }
}
