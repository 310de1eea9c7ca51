import PluginKit

/// A row of «Сотрудники», as commands need it.
struct EmployeeRecord {
  let id: String
  let personId: String
  let fullName: String
  let position: String
  let positionType: String
  /// The first day of the main position.
  let hired: String
  /// Nil while there is an open position.
  let dismissed: String?

  static func require(_ id: String, _ transaction: Transaction) throws -> EmployeeRecord {
    guard let row = try transaction.first("\(select) WHERE id = ?", [JSONValue(id)]) else {
      throw PluginError.notFound("employee", id)
    }
    return EmployeeRecord(row)
  }

  static func find(person: String, _ transaction: Transaction) throws -> EmployeeRecord? {
    try transaction.first("\(select) WHERE person_id = ?", [JSONValue(person)]).map(EmployeeRecord.init)
  }

  private static let select = """
    SELECT id, person_id, full_name, position, position_type, coalesce(hired, '') AS hired, dismissed
    FROM school_employees
    """

  private init(_ row: JSONValue) {
    id = row["id"]?.string ?? ""
    personId = row["person_id"]?.string ?? ""
    fullName = row["full_name"]?.string ?? ""
    position = row["position"]?.string ?? ""
    positionType = row["position_type"]?.string ?? ""
    hired = row["hired"]?.string ?? ""
    dismissed = row["dismissed"]?.string
  }
}

/// What somebody is hired as.
struct PositionInput {
  var title: String
  var type: String

  /// `position` and `positionType` of the arguments over what was before.
  static func read(
    _ params: JSONValue, over old: PositionInput = PositionInput(title: "", type: ""), _ objections: inout Objections
  ) -> PositionInput {
    var position = old
    if let value = params["position"] {
      position.title = (value.string ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    if let value = params["positionType"] { position.type = value.string ?? "" }
    if !(1...200).contains(position.title.count) {
      objections.add("position", Text("Должность: от 1 до 200 знаков", en: "A position has 1 to 200 characters"))
    }
    if PositionType(rawValue: position.type) == nil {
      let known = PositionType.allCases.map { "«\($0.rawValue)»" }.joined(separator: ", ")
      objections.add("positionType", Text("Тип должности: \(known)", en: "The position type is one of \(known)"))
    }
    return position
  }
}
