import PluginKit

/// `school.changeEmployee {employee, familyName?, …, position?, positionType?}` → `{employeeId}`. What is absent
/// stays. `position` and `positionType` are those of the main position.
enum ChangeEmployee {
  static let command = "school.changeEmployee"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command) { call throws -> Outcome in try RosterChange.run(call) { try edit($0) } }
  }

  private static func edit(_ change: RosterChange) throws -> JSONValue {
    let employee = try EmployeeRecord.require(change.call.string("employee"), change.transaction)
    let before = try PersonRecord.read(employee.personId, change.transaction)
    let old = PositionInput(title: employee.position, type: employee.positionType)
    var objections = Objections()
    let after = before.applying(change.call.params, today: change.today, &objections)
    let position = PositionInput.read(change.call.params, over: old, &objections)
    try objections.raise()

    try PersonRecord.update(employee.personId, from: before, to: after, change)
    if position.title != old.title || position.type != old.type {
      try change.transaction.query(
        """
        UPDATE school_positions SET title = ?, type = ? WHERE n = (
          SELECT n FROM school_positions WHERE employee_id = ? ORDER BY dismissed IS NOT NULL, n LIMIT 1)
        """,
        [JSONValue(position.title), JSONValue(position.type), JSONValue(employee.id)])
      try change.note(employee.id, old: members(old), new: members(position))
      try change.emit(
        SchoolEvent.employeeChanged,
        ["employeeId": JSONValue(employee.id), "personId": JSONValue(employee.personId), "change": "changed"])
    }
    return ["employeeId": JSONValue(employee.id)]
  }

  private static func members(_ position: PositionInput) -> JSONValue {
    ["position": JSONValue(position.title), "positionType": JSONValue(position.type)]
  }
}
