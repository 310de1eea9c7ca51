import PluginKit

/// The steps of which all movements of pupils are made: closing an enrolment, opening one, leaving groups. Each
/// keeps that a pupil has at most one open enrolment, and that members of a group learn in its classes.
struct EnrolmentChange {
  let change: RosterChange

  /// Ends the open enrolment, if there is one. `reason`: transferred, expelled, graduated or cancelled.
  func close(_ pupil: PupilRecord, on date: CivilDate, reason: String) throws {
    guard let open = pupil.open else { return }
    guard date >= open.since else {
      let since = open.since
      throw PluginError.invalid(
        "date",
        Text(
          "\(pupil.fullName) учится в классе с \(since.display): раньше этой даты выбыть нельзя",
          en: "\(pupil.fullName) is in the class since \(since.text) and cannot leave it before"))
    }
    try change.transaction.query(
      "UPDATE school_enrolments SET until = ?, end_reason = ? WHERE id = ?",
      [JSONValue(date.text), JSONValue(reason), JSONValue(open.id)])
  }

  /// Starts an enrolment. `reason`: enrolled, transferred or restored.
  func open(_ pupil: String, in target: ClassRecord, on date: CivilDate, reason: String) throws {
    try change.transaction.query(
      "INSERT INTO school_enrolments(pupil_id, class_id, since, reason) VALUES (?, ?, ?, ?)",
      [JSONValue(pupil), JSONValue(target.id), JSONValue(date.text), JSONValue(reason)])
  }

  /// Takes the pupil out of every group of this year that is not one of the class (nil: out of all) and tells so.
  func leaveGroups(_ pupil: PupilRecord, keeping target: ClassRecord?) throws {
    let left = try change.transaction.rows(
      """
      DELETE FROM school_group_members WHERE pupil_id = ?
        AND group_id NOT IN (SELECT group_id FROM school_group_classes WHERE class_id = ?)
        AND group_id IN (SELECT id FROM school_groups WHERE archived = 0)
      RETURNING group_id
      """,
      [JSONValue(pupil.id), JSONValue(target?.id)])
    for row in left {
      try change.emit(SchoolEvent.groupChanged, ["groupId": row["group_id"] ?? .null])
    }
    try TouchedRecords.note(left.compactMap { $0["group_id"]?.string }, change.transaction)
  }

  /// The audit line and the event of one pupil's movement.
  func tell(
    _ pupil: PupilRecord, _ what: String, from: String?, to: ClassRecord?, on date: CivilDate
  ) throws {
    var payload: [(String, JSONValue)] = [
      ("pupilId", JSONValue(pupil.id)), ("personId", JSONValue(pupil.personId)), ("change", JSONValue(what)),
    ]
    if let to { payload.append(("classId", JSONValue(to.id))) }
    if let from { payload.append(("fromClassId", JSONValue(from))) }
    var new: [(String, JSONValue)] = [("change", JSONValue(what)), ("date", JSONValue(date.text))]
    if let to { new.append(("class", JSONValue(to.title))) }
    if let note = change.call.text("note") { new.append(("note", JSONValue(note))) }
    let touched = [pupil.enrolment?.id, from, to?.id].compactMap { $0 }
    try change.note(
      pupil.id, old: from.map { ["classId": JSONValue($0)] }, new: JSONValue(members: new), touching: touched)
    try change.emit(SchoolEvent.enrolmentChanged, JSONValue(members: payload))
  }
}
