import PluginKit

/// `school.addParent {familyName, givenName, middleName?, phone?, email?, pupil?, relation?, children?}` or
/// `{person, …}` for somebody who is in the school already → `{parent, personId}`.
///
/// `person`: a person's id, or an employee's; names and phone are then theirs and are not read.
enum AddParent {
  static let command = "school.addParent"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    var arguments = Arguments(call)
    let known = arguments.id("person")
    let children = arguments.children() ?? []
    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let input = known == nil ? arguments.person(PersonInput(), today: change.today) : nil
      try arguments.check()
      let personID = try known.map { try taken($0, transaction) } ?? added(input ?? PersonInput(), transaction)
      let person = try PersonRecord.read(personID, transaction)
      let row = try transaction.first(
        "INSERT INTO school_parents(person_id, full_name) VALUES (?, ?) RETURNING id",
        [JSONValue(personID), JSONValue(person.fullName)])
      let parent = try ParentRecord.require(row?["id"]?.string ?? "", transaction)
      var record = RosterRecord(parent.id, touched: [personID])
      for child in children { try ParentLinks.link(parent, child, &record, transaction) }
      try ParentRole.give(personID, change)
      record.new = JSONValue(members: PersonRecord.members(person) + [("children", ParentLinks.json(children))])
      record.emit(SchoolEvent.personChanged, ["personId": JSONValue(personID)])
      try record.write(change)
      return Outcome(result: ["parent": JSONValue(parent.id), "personId": JSONValue(personID)])
    }
  }

  private static func added(_ person: PersonInput, _ transaction: Transaction) throws -> String {
    try ParentRecord.refuseTwin(person, except: nil, transaction)
    return try PersonRecord.insert(person, transaction)
  }

  private static func taken(_ id: String, _ transaction: Transaction) throws -> String {
    let person = try PersonRecord.id(of: id, transaction)
    if let parent = try ParentRecord.of(person: person, transaction) {
      throw PluginError(
        "school.parentExists",
        Text(
          "\(parent.fullName) уже есть в реестре «Родители»", en: "\(parent.fullName) is among the parents already"),
        data: ["parent": JSONValue(parent.id)])
    }
    return person
  }
}
