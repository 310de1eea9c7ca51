import PluginKit

/// A row of `school_people`: found, written, compared.
enum PersonRecord {
  static func read(_ id: String, _ transaction: Transaction) throws -> PersonInput {
    let row = try transaction.first(
      """
      SELECT family_name, given_name, middle_name, birth_date, sex, phone, email FROM school_people WHERE id = ?
      """,
      [JSONValue(id)])
    guard let row else { throw PluginError.notFound("person", id) }
    return PersonInput(
      familyName: row["family_name"]?.string ?? "", givenName: row["given_name"]?.string ?? "",
      middleName: row["middle_name"]?.string ?? "", birthDate: row["birth_date"]?.string, sex: row["sex"]?.string,
      phone: row["phone"]?.string, email: row["email"]?.string)
  }

  /// The person of that id, or of that row in a registry of employees, pupils, parents or accounts.
  static func id(of record: String, _ transaction: Transaction) throws -> String {
    let found = try transaction.first(
      """
      SELECT id AS person FROM school_people WHERE id = :id
      UNION ALL SELECT person_id FROM school_employees WHERE id = :id
      UNION ALL SELECT person_id FROM school_pupils WHERE id = :id
      UNION ALL SELECT person_id FROM school_parents WHERE id = :id
      UNION ALL SELECT person_id FROM school_accounts WHERE id = :id
      """, ["id": JSONValue(record)])
    guard let person = found?["person"]?.string else { throw PluginError.notFound("person", record) }
    return person
  }

  /// Adds a person who is not there yet. Somebody of the same name with the same birth date or phone is the same.
  static func insert(_ person: PersonInput, _ transaction: Transaction) throws -> String {
    try refuseDouble(of: person, transaction)
    let row = try transaction.first(
      """
      INSERT INTO school_people(family_name, given_name, middle_name, birth_date, sex, phone, email)
      VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id
      """,
      bindings(person))
    return row?["id"]?.string ?? ""
  }

  /// Writes what has changed of a person; tells those who keep names and phones. False when nothing did.
  @discardableResult
  static func update(_ id: String, from old: PersonInput, to new: PersonInput, _ change: RosterChange) throws -> Bool {
    guard old != new else { return false }
    try change.transaction.query(
      """
      UPDATE school_people SET family_name = ?, given_name = ?, middle_name = ?, birth_date = ?, sex = ?, phone = ?,
        email = ? WHERE id = ?
      """,
      JSONValue((bindings(new).array ?? []) + [JSONValue(id)]))
    let (before, after) = differences(old, new)
    try change.note(id, old: before, new: after)
    try change.emit(SchoolEvent.personChanged, ["personId": JSONValue(id)])
    return true
  }

  /// The members that differ, as the audit log shows them: phones are masked.
  static func differences(_ old: PersonInput, _ new: PersonInput) -> (old: JSONValue, new: JSONValue) {
    let changed = zip(
      zip(members(old), members(new)),
      [
        old.familyName != new.familyName, old.givenName != new.givenName, old.middleName != new.middleName,
        old.birthDate != new.birthDate, old.sex != new.sex, old.phone != new.phone, old.email != new.email,
      ])
    // By the values themselves: two phones may look alike behind their masks.
    let pairs = changed.filter(\.1).map(\.0)
    return (JSONValue(members: pairs.map(\.0)), JSONValue(members: pairs.map(\.1)))
  }

  static func members(_ person: PersonInput) -> [(String, JSONValue)] {
    [
      ("familyName", JSONValue(person.familyName)), ("givenName", JSONValue(person.givenName)),
      ("middleName", JSONValue(person.middleName)), ("birthDate", JSONValue(person.birthDate)),
      ("sex", JSONValue(person.sex)), ("phone", JSONValue(person.phone.flatMap { Phone($0)?.masked })),
      ("email", JSONValue(person.email)),
    ]
  }

  private static func bindings(_ person: PersonInput) -> JSONValue {
    [
      JSONValue(person.familyName), JSONValue(person.givenName), JSONValue(person.middleName),
      JSONValue(person.birthDate), JSONValue(person.sex), JSONValue(person.phone), JSONValue(person.email),
    ]
  }

  private static func refuseDouble(of person: PersonInput, _ transaction: Transaction) throws {
    let found = try transaction.first(
      """
      SELECT id, full_name FROM school_people
      WHERE (birth_date = :birth OR phone = :phone) AND shell_fold(full_name) = shell_fold(:name) LIMIT 1
      """,
      ["name": JSONValue(person.fullName), "birth": JSONValue(person.birthDate), "phone": JSONValue(person.phone)])
    guard let id = found?["id"]?.string else { return }
    throw PluginError.refused(
      "personExists",
      Text(
        "\(person.fullName) уже есть в школе: выберите запись в поле «Уже в реестрах»",
        en: "\(person.fullName) is in the school already: choose the record in 'Already registered'"),
      data: ["person": JSONValue(id)])
  }
}
