import PluginKit

/// The way back from «Выпускники и отчисленные»: `school.restore {pupils | pupil, class?, date?, note?}` (the last class
/// when none is named) and `school.cancelRestoration {pupils | pupil, note?}` → `{pupils: [id]}`.
enum RestorePupils {
  static let restore = "school.restore"
  static let cancel = "school.cancelRestoration"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(restore) { call throws -> Outcome in
      try RosterChange.run(call) { change in
        var objections = Objections()
        let date = change.date(&objections)
        try objections.raise()
        return try each(change) { try bring($0, back: date, change) }
      }
    }
    plugin.command(cancel) { call throws -> Outcome in
      try RosterChange.run(call) { change in try each(change) { try takeBack($0, change) } }
    }
  }

  private static func each(_ change: RosterChange, _ body: (PupilRecord) throws -> Void) throws -> JSONValue {
    let pupils = try PupilRecord.named(change.call.params, change.transaction)
    for pupil in pupils { try body(pupil) }
    return ["pupils": JSONValue(pupils.map { JSONValue($0.id) })]
  }

  private static func bring(_ pupil: PupilRecord, back date: CivilDate, _ change: RosterChange) throws {
    guard !pupil.isStudying else {
      throw PluginError.refused(
        "alreadyStudies", Text("\(pupil.fullName) уже учится", en: "\(pupil.fullName) is a pupil already"))
    }
    if let left = pupil.enrolment?.until, date < left {
      throw PluginError.invalid(
        "date",
        Text(
          "\(pupil.fullName) выбыл \(left.display): восстановить можно не раньше",
          en: "\(pupil.fullName) left on \(left.text) and cannot be restored before"))
    }
    guard let wanted = change.call.text("class") ?? pupil.enrolment?.classId else {
      throw PluginError.invalid("class", Text("Выберите класс", en: "Choose a class"))
    }
    let target = try ClassRecord.require(
      wanted, argument: "class", change.transaction)
    let movement = EnrolmentChange(change: change)
    try movement.open(pupil.id, in: target, on: date, reason: "restored")
    try movement.tell(pupil, "restored", from: nil, to: target, on: date)
  }

  private static func takeBack(_ pupil: PupilRecord, _ change: RosterChange) throws {
    guard let open = pupil.open, open.reason == "restored" else {
      let isElsewhere = pupil.isStudying
      throw PluginError.refused(
        "notRestored",
        isElsewhere
          ? Text(
            "\(pupil.fullName) учится не после восстановления: отменять нечего, отчислите",
            en: "\(pupil.fullName) is not here by restoration: nothing to cancel, expel instead")
          : Text("\(pupil.fullName) не восстановлен", en: "\(pupil.fullName) has not been restored"))
    }
    let date = max(change.today, open.since)
    let movement = EnrolmentChange(change: change)
    try movement.close(pupil, on: date, reason: "cancelled")
    try movement.leaveGroups(pupil, keeping: nil)
    try movement.tell(pupil, "cancelled", from: open.classId, to: nil, on: date)
  }
}
