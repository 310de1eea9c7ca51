import PluginKit

/// `school.dismiss {employee, date?, successor?}` → `{employeeId}`.
///
/// Ends all positions. Classes and groups go to the successor, or are left without a teacher; the chats of Sferum
/// need a successor, since they are never without an administrator. The account loses its roles of an employee.
enum DismissEmployee {
  static let command = "school.dismiss"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command) { call async throws -> Outcome in
      var account: String?
      let outcome = try RosterChange.run(call) { change in
        let (result, signedOut) = try dismiss(change)
        account = signedOut
        return result
      }
      if let account { await EmployeeAccount.endSessions(account, reason: "dismissed", call) }
      return outcome
    }
  }

  private static func dismiss(_ change: RosterChange) throws -> (JSONValue, account: String?) {
    let transaction = change.transaction
    var objections = Objections()
    let date = change.date(&objections)
    try objections.raise()
    let employee = try EmployeeRecord.require(change.call.string("employee"), transaction)
    let last = try refuseNonsense(employee, date, transaction)
    let successor = change.call.text("successor")
    if let successor { _ = try Employed.require(successor, argument: "successor", transaction) }
    if successor == employee.id {
      throw PluginError.invalid("successor", Text("Выберите другого сотрудника", en: "Choose somebody else"))
    }
    let duties = try Duties.of(employee.id, transaction)
    if duties.isChatAdministrator, successor == nil {
      throw PluginError.invalid(
        "successor",
        Text(
          "\(employee.fullName) — администратор чатов Сферум: выберите, кому передать чаты",
          en: "\(employee.fullName) administers the chats of Sferum: choose who takes them over"),
        kind: "school.chatAdministrator")
    }
    try transaction.query(
      "UPDATE school_positions SET dismissed = ? WHERE employee_id = ? AND dismissed IS NULL",
      [JSONValue(date.text), JSONValue(employee.id)])
    try duties.handOver(from: employee.id, to: successor, change)
    let account = try EmployeeAccount.close(employee.personId, change)

    try change.note(
      employee.id, old: ["hired": JSONValue(last.text)],
      new: ["date": JSONValue(date.text), "successor": JSONValue(successor)], touching: [employee.personId])
    try change.emit(
      SchoolEvent.employeeChanged,
      ["employeeId": JSONValue(employee.id), "personId": JSONValue(employee.personId), "change": "dismissed"])
    return (["employeeId": JSONValue(employee.id)], account)
  }

  /// The day on which the last open position was taken.
  private static func refuseNonsense(
    _ employee: EmployeeRecord, _ date: CivilDate, _ transaction: Transaction
  ) throws -> CivilDate {
    if let dismissed = employee.dismissed.flatMap({ CivilDate(text: $0) }) {
      throw PluginError.refused(
        "dismissed",
        Text(
          "\(employee.fullName) уже уволен \(dismissed.display)", en: "\(employee.fullName) left on \(dismissed.text)"))
    }
    let row = try transaction.first(
      "SELECT max(hired) AS hired FROM school_positions WHERE employee_id = ? AND dismissed IS NULL",
      [JSONValue(employee.id)])
    let hired = row?["hired"]?.string.flatMap { CivilDate(text: $0) } ?? date
    guard date >= hired else {
      throw PluginError.invalid(
        "date",
        Text(
          "\(employee.fullName) принят \(hired.display): уволить можно не раньше",
          en: "\(employee.fullName) was hired on \(hired.text) and cannot leave before"))
    }
    return hired
  }
}
