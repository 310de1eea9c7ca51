import PluginKit

/// A parent, as commands find and guard them.
struct ParentRecord: Sendable {
  let id: String
  let personID: String
  let fullName: String

  static func require(_ id: String, _ transaction: Transaction) throws -> ParentRecord {
    let row = try transaction.first("SELECT id, person_id, full_name FROM school_parents WHERE id = ?", [JSONValue(id)])
    guard let row else { throw PluginError.notFound("parent", id) }
    return ParentRecord(row)
  }

  static func of(person: String, _ transaction: Transaction) throws -> ParentRecord? {
    try transaction.first(
      "SELECT id, person_id, full_name FROM school_parents WHERE person_id = ?", [JSONValue(person)]
    )
    .map(ParentRecord.init)
  }

  private init(_ row: JSONValue) {
    id = row["id"]?.string ?? ""
    personID = row["person_id"]?.string ?? ""
    fullName = row["full_name"]?.string ?? ""
  }

  /// Refuses a name and phone that somebody in the school has already: the same human twice helps nobody. One phone
  /// for two people is legal, and so are two people of one name.
  static func refuseTwin(_ person: PersonInput, except personID: String?, _ transaction: Transaction) throws {
    guard let phone = person.phone else { return }
    let twin = try transaction.first(
      """
      SELECT p.id, p.full_name, r.id AS parent, e.id AS employee FROM school_people p
      LEFT JOIN school_parents r ON r.person_id = p.id LEFT JOIN school_employees e ON e.person_id = p.id
      WHERE p.phone = ? AND shell_fold(p.full_name) = shell_fold(?) AND p.id IS NOT ? LIMIT 1
      """, [JSONValue(phone), JSONValue(person.fullName), JSONValue(personID)])
    guard let twin else { return }
    let display = Phone(phone)?.display ?? phone
    if let parent = twin["parent"]?.string {
      throw PluginError(
        "school.parentExists",
        Text(
          "Родитель \(person.fullName) с телефоном \(display) уже есть в реестре «Родители»",
          en: "There is a parent \(person.fullName) with the phone \(display) already"),
        data: ["parent": JSONValue(parent)])
    }
    throw PluginError(
      "school.personExists",
      Text(
        "\(person.fullName) с телефоном \(display) уже есть в школе: выберите запись в поле «Уже в реестрах»",
        en:
          "\(person.fullName) with the phone \(display) is in the school already: choose the record in 'Already registered'"
      ),
      data: ["person": twin["id"] ?? .null, "employee": twin["employee"] ?? .null])
  }
}
