import PluginKit

/// Movements of pupils who learn here, each for one or many at once, all or nothing:
/// `school.transfer {pupils | pupil, class, date?, note?}`, `school.expel {pupils | pupil, date?, note?}`,
/// `school.graduate {pupils | pupil, date?, note?}` → `{pupils: [id]}`.
enum MovePupils {
  static let transfer = "school.transfer"
  static let expel = "school.expel"
  static let graduate = "school.graduate"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(transfer) { call throws -> Outcome in
      try moving(call) { pupil, date, change in
        let target = try ClassRecord.require(call.string("class"), argument: "class", change.transaction)
        try put(pupil, into: target, on: date, EnrolmentChange(change: change))
      }
    }
    plugin.command(expel) { call throws -> Outcome in
      try moving(call) { try leave($0, "expelled", on: $1, EnrolmentChange(change: $2)) }
    }
    plugin.command(graduate) { call throws -> Outcome in
      try moving(call) { pupil, date, change in
        try refuseTooYoung(pupil, change.transaction)
        try leave(pupil, "graduated", on: date, EnrolmentChange(change: change))
      }
    }
  }

  private static func moving(
    _ call: Call, _ move: (PupilRecord, CivilDate, RosterChange) throws -> Void
  ) throws -> Outcome {
    try RosterChange.run(call) { change in
      var objections = Objections()
      let date = change.date(&objections)
      try objections.raise()
      let pupils = try PupilRecord.named(call.params, change.transaction)
      for pupil in pupils {
        guard pupil.isStudying else {
          throw PluginError.refused(
            "notStudying",
            Text(
              "\(pupil.fullName) уже не учится: сначала восстановите", en: "\(pupil.fullName) has left: restore first"),
            data: ["pupil": JSONValue(pupil.id)])
        }
        try move(pupil, date, change)
      }
      return ["pupils": JSONValue(pupils.map { JSONValue($0.id) })]
    }
  }

  private static func put(
    _ pupil: PupilRecord, into target: ClassRecord, on date: CivilDate, _ movement: EnrolmentChange
  ) throws {
    guard pupil.open?.classId != target.id else {
      throw PluginError.invalid(
        "class",
        Text("\(pupil.fullName) уже учится в классе \(target.title)", en: "\(pupil.fullName) is in \(target.title)"),
        kind: "school.sameClass")
    }
    try movement.close(pupil, on: date, reason: "transferred")
    try movement.open(pupil.id, in: target, on: date, reason: "transferred")
    try movement.leaveGroups(pupil, keeping: target)
    try movement.tell(pupil, "transferred", from: pupil.open?.classId, to: target, on: date)
  }

  private static func leave(
    _ pupil: PupilRecord, _ reason: String, on date: CivilDate, _ movement: EnrolmentChange
  ) throws {
    try movement.close(pupil, on: date, reason: reason)
    if pupil.open == nil {
      try movement.change.transaction.query(
        "UPDATE school_pupils SET state = ?, left_on = ? WHERE id = ?",
        [JSONValue(reason), JSONValue(date.text), JSONValue(pupil.id)])
    }
    try movement.leaveGroups(pupil, keeping: nil)
    try movement.tell(pupil, reason, from: pupil.open?.classId, to: nil, on: date)
  }

  /// Schools end with the fourth, ninth or eleventh year; nobody finishes one before.
  private static func refuseTooYoung(_ pupil: PupilRecord, _ transaction: Transaction) throws {
    guard let open = pupil.open else { return }
    let own = try ClassRecord.requireAny(open.classId, transaction)
    guard own.grade < 4 else { return }
    throw PluginError.refused(
      "tooYoungToGraduate",
      Text(
        "\(pupil.fullName) учится в классе \(own.title): выпускать рано, отчислите или переведите",
        en: "\(pupil.fullName) is in \(own.title): too early to graduate, expel or transfer instead"))
  }
}
