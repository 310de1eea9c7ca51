import PluginKit

/// `school.addGroup {subject, classes, part?, teacher?, wholeClass?, members?}` → `{group, title}`.
///
/// `subject`: a title, made when it is new, or a subject's id. Without members, or with `wholeClass`, the group is its
/// classes' pupils, whoever they are at the moment.
enum AddGroup {
  static let command = "school.addGroup"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    var arguments = Arguments(call)
    let subject = arguments.requiredText("subject", atMost: 200) ?? ""
    let part = arguments.text("part", atMost: 50) ?? ""
    let classes = arguments.ids("classes") ?? []
    let members = arguments.members(current: nil)
    try arguments.check()

    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let group = GroupRecord(
        subject: try Subjects.title(subject, transaction), part: part, teacher: arguments.id("teacher"),
        classes: classes, members: members)
      try group.check(against: nil, transaction)
      let (id, subjectID) = try group.insert(change)
      let written = try GroupRecord.require(id, transaction)
      var record = RosterRecord(id, touched: [subjectID])
      record.new =
        written.differences(
          from: GroupRecord(subject: "", part: "", teacher: nil, classes: [], members: [])
        ).newJSON
      record.emit(SchoolEvent.groupChanged, ["groupId": JSONValue(id)])
      try record.write(change)
      return Outcome(result: ["group": JSONValue(id), "title": JSONValue(written.title)])
    }
  }
}

extension Arguments {
  /// `wholeClass` and `members`: who the members are to be, nil for the whole class; `current` when neither is given.
  mutating func members(current: [String]?) -> [String]? {
    let list = ids("members")
    if params["wholeClass"]?.bool == true { return nil }
    if params["wholeClass"]?.bool == false { return list ?? current ?? [] }
    return has("members") ? list : current
  }
}
