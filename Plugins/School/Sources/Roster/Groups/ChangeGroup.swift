import PluginKit

/// `school.changeGroup {group, subject?, part?, classes?, teacher?, wholeClass?, members?}`,
/// `school.setGroupTeacher {group, employee}` and `school.setGroupMembers {group, pupils}` → `{changed: [name]}`.
/// What is absent stays; a teacher who is null leaves; members that are null are the whole class.
enum ChangeGroup {
  static let command = "school.changeGroup"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command) { call throws -> Outcome in try run(call, change) }
    plugin.command("school.setGroupTeacher") { call throws -> Outcome in
      try run(call) { group, arguments, _ in
        guard arguments.has("employee") else { return arguments.refuse("employee", required) }
        group.teacher = arguments.id("employee")
      }
    }
    plugin.command("school.setGroupMembers") { call throws -> Outcome in
      try run(call) { group, arguments, _ in
        guard arguments.has("pupils") else { return arguments.refuse("pupils", required) }
        group.members = arguments.ids("pupils")
      }
    }
  }

  private static let required = Text("Обязательное поле", en: "Required")

  private static func change(
    _ group: inout GroupRecord, _ arguments: inout Arguments, _ transaction: Transaction
  ) throws {
    arguments.refuseEmpty(["classes", "wholeClass"])
    if let subject = arguments.requiredText("subject", atMost: 200, optional: true) {
      group.subject = try Subjects.title(subject, transaction)
    }
    if let part = arguments.text("part", atMost: 50) { group.part = part }
    if let classes = arguments.ids("classes") { group.classes = classes }
    if arguments.has("teacher") { group.teacher = arguments.id("teacher") }
    group.members = arguments.members(current: group.members)
  }

  private static func run(
    _ call: Call, _ apply: (inout GroupRecord, inout Arguments, Transaction) throws -> Void
  ) throws -> Outcome {
    var arguments = Arguments(call)
    let id = try arguments.requiredID("group")
    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let old = try GroupRecord.require(id, transaction)
      var new = old
      try apply(&new, &arguments, transaction)
      try arguments.check()
      let differences = new.differences(from: old)
      guard !differences.isEmpty else { return Outcome(result: ["changed": []]) }
      try new.check(against: old, transaction)
      var record = RosterRecord(id, old: differences.oldJSON, new: differences.newJSON)
      try new.update(from: old, &record, transaction)
      record.emit(SchoolEvent.groupChanged, ["groupId": JSONValue(id)])
      try record.write(change)
      return Outcome(result: ["changed": JSONValue(differences.names.map { JSONValue($0) })])
    }
  }
}
