import PluginKit

/// The person behind a parent: name, phone, e-mail.
struct ParentPerson: Equatable, Sendable {
  var familyName = ""
  var givenName = ""
  var middleName = ""
  var phone: String?
  var email: String?

  var fullName: String { [familyName, givenName, middleName].filter { !$0.isEmpty }.joined(separator: " ") }

  init() {}

  static func read(_ personID: String, _ transaction: Transaction) throws -> ParentPerson {
    let row = try transaction.first("SELECT * FROM school_people WHERE id = ?", [JSONValue(personID)])
    guard let row else { throw PluginError.notFound("person", personID) }
    var person = ParentPerson()
    person.familyName = row["family_name"]?.string ?? ""
    person.givenName = row["given_name"]?.string ?? ""
    person.middleName = row["middle_name"]?.string ?? ""
    person.phone = row["phone"]?.string
    person.email = row["email"]?.string
    return person
  }

  /// Takes what the arguments say; what they leave out stays.
  mutating func apply(_ arguments: inout Arguments, isNew: Bool) {
    if let text = arguments.requiredText("familyName", atMost: 100, optional: !isNew) { familyName = text }
    if let text = arguments.requiredText("givenName", atMost: 100, optional: !isNew) { givenName = text }
    if let text = arguments.text("middleName", atMost: 100) { middleName = text }
    if let text = arguments.text("phone", atMost: 40) {
      phone = text.isEmpty ? nil : Phone(text)?.value
      if !text.isEmpty, phone == nil {
        arguments.refuse(
          "phone",
          Text(
            "Номер телефона не соответствует формату +7 (9XX) XXX-XX-XX",
            en: "The phone number is not of the form +7 (9XX) XXX-XX-XX"))
      }
    }
    if let text = arguments.text("email", atMost: 200) {
      email = text.isEmpty ? nil : text
      let parts = text.split(separator: "@", omittingEmptySubsequences: false)
      if !text.isEmpty, parts.count != 2 || parts.contains(where: { $0.isEmpty || $0.contains(" ") }) {
        arguments.refuse("email", Text("Адрес пишется имя@узел", en: "An address is written name@host"))
      }
    }
  }

  func differences(from old: ParentPerson) -> Differences {
    var differences = Differences()
    differences.add("familyName", JSONValue(old.familyName), JSONValue(familyName))
    differences.add("givenName", JSONValue(old.givenName), JSONValue(givenName))
    differences.add("middleName", JSONValue(old.middleName), JSONValue(middleName))
    if phone != old.phone { differences.record("phone", Self.masked(old.phone), Self.masked(phone)) }
    differences.add("email", JSONValue(old.email), JSONValue(email))
    return differences
  }

  /// The members that an audit line of a new person shows.
  var audited: JSONValue {
    ["name": JSONValue(fullName), "phone": Self.masked(phone), "email": JSONValue(email)]
  }

  private static func masked(_ phone: String?) -> JSONValue {
    JSONValue(phone.flatMap { Phone($0) }?.masked)
  }

  /// Writes the names and ways to reach them.
  func update(_ personID: String, _ transaction: Transaction) throws {
    try transaction.query(
      """
      UPDATE school_people SET family_name = ?, given_name = ?, middle_name = ?, phone = ?, email = ? WHERE id = ?
      """, JSONValue((bindings.array ?? []) + [JSONValue(personID)]))
  }

  /// The new person's id.
  func insert(_ transaction: Transaction) throws -> String {
    let row = try transaction.first(
      """
      INSERT INTO school_people(family_name, given_name, middle_name, phone, email) VALUES (?, ?, ?, ?, ?) RETURNING id
      """, bindings)
    return row?["id"]?.string ?? ""
  }

  private var bindings: JSONValue {
    [JSONValue(familyName), JSONValue(givenName), JSONValue(middleName), JSONValue(phone), JSONValue(email)]
  }
}
