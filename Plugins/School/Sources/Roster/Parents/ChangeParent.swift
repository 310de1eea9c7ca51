import PluginKit

/// `school.changeParent {parent, familyName?, givenName?, middleName?, phone?, email?, children?}` → `{changed: [name]}`.
/// What is absent stays; null empties. `children`: all of them, as they are to be.
enum ChangeParent {
  static let command = "school.changeParent"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    var arguments = Arguments(call)
    let id = try arguments.requiredID("parent")
    arguments.refuseEmpty(["children"])
    let children = arguments.children()

    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let parent = try ParentRecord.require(id, transaction)
      let old = try PersonRecord.read(parent.personID, transaction)
      let person = arguments.person(old, today: change.today)
      try arguments.check()
      var changed = PersonRecord.differences(old, person).new.members?.map(\.key) ?? []
      if person != old {
        try ParentRecord.refuseTwin(person, except: parent.personID, transaction)
        try PersonRecord.update(parent.personID, from: old, to: person, change)
      }
      if let children, try setChildren(children, of: parent, change) { changed.append("children") }
      return Outcome(result: ["changed": JSONValue(changed.map { JSONValue($0) })])
    }
  }

  private static func setChildren(
    _ wanted: [ParentLinks.Child], of parent: ParentRecord, _ change: RosterChange
  ) throws -> Bool {
    let before = ParentLinks.json(try ParentLinks.children(of: parent.id, change.transaction))
    var record = RosterRecord(parent.id, old: ["children": before], new: ["children": ParentLinks.json(wanted)])
    try ParentLinks.replace(parent, with: wanted, &record, change.transaction)
    guard !record.events.isEmpty else { return false }
    try record.write(change)
    return true
  }
}
