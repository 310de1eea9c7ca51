import PluginKit

/// `school.enrol {person? | familyName, givenName, middleName?, birthDate?, sex?, phone?, email?, class, date?}` →
/// `{pupilId, personId}`. Whoever left comes back through `school.restore`.
enum EnrolPupil {
  static let command = "school.enrol"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command) { call throws -> Outcome in try RosterChange.run(call) { try enrol($0) } }
  }

  private static func enrol(_ change: RosterChange) throws -> JSONValue {
    let transaction = change.transaction
    var objections = Objections()
    let date = change.date(&objections)
    let registered = try change.call.text("person").map { try PersonRecord.id(of: $0, transaction) }
    let input =
      registered == nil ? PersonInput().applying(change.call.params, today: change.today, &objections) : nil
    try objections.raise()
    let target = try ClassRecord.require(change.call.string("class"), argument: "class", transaction)
    let person = try registered ?? PersonRecord.insert(input ?? PersonInput(), transaction)
    if registered != nil { try refuseEmployee(person, transaction) }
    let known = try PupilRecord.find(person: person, transaction)
    // A pupil without a class, as imports may bring some, is put into one.
    if let known, known.open != nil || !known.isStudying { throw refusal(known) }
    let id = try known?.id ?? insert(person, transaction)
    let movement = EnrolmentChange(change: change)
    try movement.open(id, in: target, on: date, reason: "enrolled")
    let pupil = try PupilRecord.require(id, transaction)
    try movement.tell(pupil, "enrolled", from: nil, to: target, on: date)
    try TouchedRecords.note([person], transaction)
    return ["pupilId": JSONValue(pupil.id), "personId": JSONValue(person)]
  }

  private static func insert(_ person: String, _ transaction: Transaction) throws -> String {
    let row = try transaction.first(
      """
      INSERT INTO school_pupils(person_id, full_name) SELECT id, full_name FROM school_people WHERE id = ? RETURNING id
      """,
      [JSONValue(person)])
    return row?["id"]?.string ?? ""
  }

  /// Whoever works here does not learn here.
  private static func refuseEmployee(_ person: String, _ transaction: Transaction) throws {
    guard let employee = try EmployeeRecord.find(person: person, transaction), employee.dismissed == nil else { return }
    throw PluginError.refused(
      "isEmployee",
      Text(
        "\(employee.fullName) работает в этой школе (\(employee.position)): зачислить учеником нельзя",
        en: "\(employee.fullName) works in this school (\(employee.position)) and cannot be enrolled"),
      data: ["employee": JSONValue(employee.id)])
  }

  private static func refusal(_ pupil: PupilRecord) -> PluginError {
    if pupil.isStudying {
      return .refused(
        "alreadyStudies",
        Text("\(pupil.fullName) уже учится: переведите в другой класс", en: "\(pupil.fullName) is a pupil already"),
        data: ["pupil": JSONValue(pupil.id)])
    }
    return .refused(
      "pupilLeft",
      Text(
        "\(pupil.fullName) есть среди выпускников и отчисленных: восстановите там",
        en: "\(pupil.fullName) is among the leavers: restore the pupil there"),
      data: ["pupil": JSONValue(pupil.id)])
  }
}

/// `school.changePupil {pupil, familyName?, givenName?, …}` → `{pupilId}`. What is absent stays.
enum ChangePupil {
  static let command = "school.changePupil"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command) { call throws -> Outcome in
      try RosterChange.run(call) { change in
        let pupil = try PupilRecord.require(call.string("pupil"), change.transaction)
        let before = try PersonRecord.read(pupil.personId, change.transaction)
        var objections = Objections()
        let after = before.applying(call.params, today: change.today, &objections)
        try objections.raise()
        try PersonRecord.update(pupil.personId, from: before, to: after, change)
        return ["pupilId": JSONValue(pupil.id)]
      }
    }
  }
}
