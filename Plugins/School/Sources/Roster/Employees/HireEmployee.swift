import PluginKit

/// `school.hire {person? | familyName, givenName, middleName?, birthDate?, sex?, phone?, email?, position,
/// positionType, date?}` → `{employeeId, personId}`.
///
/// `person` is somebody who is in the school already: a parent who starts to work here, an employee who gets another
/// position, one who comes back.
enum HireEmployee {
  static let command = "school.hire"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command) { call throws -> Outcome in try RosterChange.run(call) { try hire($0) } }
  }

  private static func hire(_ change: RosterChange) throws -> JSONValue {
    let params = change.call.params
    var objections = Objections()
    let position = PositionInput.read(params, &objections)
    let date = change.date(&objections)
    let known = try change.call.text("person").map { try PersonRecord.id(of: $0, change.transaction) }
    let input = known == nil ? PersonInput().applying(params, today: change.today, &objections) : nil
    try objections.raise()

    let person = try known ?? PersonRecord.insert(input ?? PersonInput(), change.transaction)
    if known != nil { try refusePupil(person, change.transaction) }
    let employee = try EmployeeRecord.find(person: person, change.transaction)
    if let employee { try refuseNonsense(employee, position, date, change) }
    let id = try employee?.id ?? insert(person, change.transaction)
    try change.transaction.query(
      "INSERT INTO school_positions(employee_id, title, type, hired) VALUES (?, ?, ?, ?)",
      [JSONValue(id), JSONValue(position.title), JSONValue(position.type), JSONValue(date.text)])
    try EmployeeAccount.open(person, change)

    try change.note(
      id,
      new: [
        "person": JSONValue(person), "position": JSONValue(position.title), "positionType": JSONValue(position.type),
        "date": JSONValue(date.text),
      ], touching: [person])
    try change.emit(
      SchoolEvent.employeeChanged,
      ["employeeId": JSONValue(id), "personId": JSONValue(person), "change": "hired"])
    return ["employeeId": JSONValue(id), "personId": JSONValue(person)]
  }

  private static func insert(_ person: String, _ transaction: Transaction) throws -> String {
    let row = try transaction.first(
      """
      INSERT INTO school_employees(person_id, full_name) SELECT id, full_name FROM school_people WHERE id = ?
      RETURNING id
      """,
      [JSONValue(person)])
    return row?["id"]?.string ?? ""
  }

  /// Whoever learns here does not work here; a leaver may come back to work.
  private static func refusePupil(_ person: String, _ transaction: Transaction) throws {
    guard let pupil = try PupilRecord.find(person: person, transaction), pupil.isStudying else { return }
    throw PluginError.refused(
      "isPupil",
      Text(
        "\(pupil.fullName) учится в этой школе: принять на работу можно после выпуска или отчисления",
        en: "\(pupil.fullName) is a pupil of this school and can be hired after leaving it"),
      data: ["pupil": JSONValue(pupil.id)])
  }

  private static func refuseNonsense(
    _ employee: EmployeeRecord, _ position: PositionInput, _ date: CivilDate, _ change: RosterChange
  ) throws {
    let same = try change.transaction.first(
      "SELECT 1 AS found FROM school_positions WHERE employee_id = ? AND title = ? AND dismissed IS NULL",
      [JSONValue(employee.id), JSONValue(position.title)])
    if same != nil {
      throw PluginError.invalid(
        "position",
        Text(
          "\(employee.fullName) уже работает в этой должности", en: "\(employee.fullName) has this position already"),
        kind: "school.samePosition")
    }
    if let dismissed = employee.dismissed.flatMap({ CivilDate(text: $0) }), date < dismissed {
      throw PluginError.invalid(
        "date",
        Text(
          "\(employee.fullName) уволен \(dismissed.display): принять можно не раньше",
          en: "\(employee.fullName) was dismissed on \(dismissed.text) and cannot be hired before"))
    }
  }
}
