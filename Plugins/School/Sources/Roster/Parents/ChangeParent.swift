import PluginKit

/// `school.changeParent {parent, familyName?, givenName?, middleName?, phone?, email?, children?}` → `{changed: [name]}`.
/// What is absent stays; null empties. `children`: all of them, as they are to be.
enum ChangeParent {
  static let command = "school.changeParent"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    var arguments = Arguments(call)
    let id = try arguments.requiredID("parent")
    let children = arguments.children()

    return try call.write { transaction in
      let parent = try ParentRecord.require(id, transaction)
      let old = try ParentPerson.read(parent.personID, transaction)
      var person = old
      person.apply(&arguments, isNew: false)
      try arguments.check()
      var differences = person.differences(from: old)
      var record = RosterRecord(parent.id)
      if !differences.isEmpty {
        try ParentRecord.refuseTwin(person, except: parent.personID, transaction)
        try person.update(parent.personID, transaction)
        record.touched.append(parent.personID)
        record.emit(SchoolEvent.personChanged, ["personId": JSONValue(parent.personID)])
      }
      if let children {
        let before = try ParentLinks.children(of: parent.id, transaction)
        try ParentLinks.replace(parent, with: children, &record, transaction)
        differences.add("children", ParentLinks.json(before), ParentLinks.json(children))
      }
      guard !differences.isEmpty else { return Outcome(result: ["changed": []]) }
      record.old = differences.oldJSON
      record.new = differences.newJSON
      try record.write(command, transaction)
      return Outcome(result: ["changed": JSONValue(differences.names.map { JSONValue($0) })])
    }
  }
}
