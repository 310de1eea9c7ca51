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
    var person = ParentPerson()
    let known = arguments.id("person")
    if known == nil { person.apply(&arguments, isNew: true) }
    let children = arguments.children() ?? []
    try arguments.check()

    return try call.write { transaction in
      let personID = try known.map { try taken($0, transaction) } ?? added(person, transaction)
      person = try ParentPerson.read(personID, transaction)
      let row = try transaction.first(
        "INSERT INTO school_parents(person_id, full_name) VALUES (?, ?) RETURNING id",
        [JSONValue(personID), JSONValue(person.fullName)])
      let parent = try ParentRecord.require(row?["id"]?.string ?? "", transaction)
      var record = RosterRecord(parent.id, touched: [personID])
      for child in children { try ParentLinks.link(parent, child, &record, transaction) }
      if try ParentRole.give(personID, transaction) { record.touched.append(personID) }
      record.new = person.audited.setting("children", ParentLinks.json(children))
      record.emit(SchoolEvent.personChanged, ["personId": JSONValue(personID)])
      try record.write(command, transaction)
      return Outcome(result: ["parent": JSONValue(parent.id), "personId": JSONValue(personID)])
    }
  }

  private static func added(_ person: ParentPerson, _ transaction: Transaction) throws -> String {
    try ParentRecord.refuseTwin(person, except: nil, transaction)
    return try person.insert(transaction)
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

/// The role «Родитель» of the account of somebody who has one for another reason, an employee's say.
enum ParentRole {
  /// True when there is an account that did not have the role.
  static func give(_ person: String, _ transaction: Transaction) throws -> Bool {
    try transaction.query(
      """
      INSERT OR IGNORE INTO school_account_roles(account_id, role)
      SELECT id, 'parent' FROM school_accounts WHERE person_id = ?
      """, [JSONValue(person)])
    return transaction.changes > 0
  }

  static func take(_ person: String, _ transaction: Transaction) throws {
    try transaction.query(
      """
      DELETE FROM school_account_roles WHERE role = 'parent'
        AND account_id IN (SELECT id FROM school_accounts WHERE person_id = ?)
      """, [JSONValue(person)])
  }

  /// The login of an account that is a parent's and nothing else.
  static func onlyLogin(_ person: String, _ transaction: Transaction) throws -> String? {
    try transaction.first(
      """
      SELECT login FROM school_accounts a WHERE person_id = ?
        AND NOT EXISTS (SELECT 1 FROM school_account_roles WHERE account_id = a.id AND role <> 'parent')
      """, [JSONValue(person)])?["login"]?.string
  }
}
