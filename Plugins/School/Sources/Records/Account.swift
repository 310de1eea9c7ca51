import PluginKit

/// What somebody may be in the school; one human may be several of them.
enum Role: String, CaseIterable, Sendable {
  case administrator, employee, pupil, parent

  /// As lists show it; the Russian word is what a trigger writes into them.
  var title: Text {
    switch self {
    case .administrator: Text("Администратор", en: "Administrator")
    case .employee: Text("Сотрудник", en: "Employee")
    case .pupil: Text("Ученик", en: "Pupil")
    case .parent: Text("Родитель", en: "Parent")
    }
  }

  /// As forms name it.
  var longTitle: Text {
    self == .administrator ? Text("Администратор организации", en: "Organization administrator") : title
  }
}

/// An account, as it is found at sign-in and changed by commands.
struct Account: Sendable {
  let id: String
  let login: String
  let personId: String
  let fullName: String
  let passwordHash: String
  let isBlocked: Bool

  static func find(login: String, _ transaction: Transaction) throws -> Account? {
    try transaction.first("\(select) WHERE login = ? COLLATE NOCASE", [JSONValue(login)]).map(Account.init)
  }

  static func find(id: String, _ transaction: Transaction) throws -> Account? {
    try transaction.first("\(select) WHERE id = ?", [JSONValue(id)]).map(Account.init)
  }

  /// The account of that login, or the refusal that says that there is none.
  static func require(login: String, _ transaction: Transaction) throws -> Account {
    guard let account = try find(login: login, transaction) else { throw PluginError.notFound("account", login) }
    return account
  }

  /// The account that a command means: by `login`, or by `person`, an account's id or a row of any registry of people.
  static func named(by call: Call, _ transaction: Transaction) throws -> Account {
    if let login = call.params["login"]?.string { return try require(login: login, transaction) }
    let record = try call.string("person")
    if let account = try find(id: record, transaction) { return account }
    let person = try PersonRecord.id(of: record, transaction)
    guard let row = try transaction.first("\(select) WHERE person_id = ?", [JSONValue(person)]) else {
      throw PluginError.refused(
        "noAccount",
        Text(
          "У этого человека нет учётной записи: добавьте её в «Учётные записи»",
          en: "This person has no account: add one in 'Accounts'"))
    }
    return Account(row)
  }

  func roles(_ transaction: Transaction) throws -> [Role] {
    let rows = try transaction.rows(
      "SELECT role FROM school_account_roles WHERE account_id = ? ORDER BY role", [JSONValue(id)])
    return rows.compactMap { $0["role"]?.string.flatMap(Role.init) }
  }

  /// `{id, login, displayName, roles, organization: {id, name, timeZone}, personId}`.
  func user(_ transaction: Transaction) throws -> JSONValue {
    let roles = try roles(transaction)
    return [
      "id": JSONValue(id), "login": JSONValue(login), "displayName": JSONValue(fullName),
      "roles": JSONValue(roles.map { JSONValue($0.rawValue) }), "organization": try Self.organization(transaction),
      "personId": JSONValue(personId),
    ]
  }

  /// `{id, name, timeZone}`.
  static func organization(_ transaction: Transaction) throws -> JSONValue {
    try transaction.first("SELECT id, name, time_zone AS timeZone FROM school_organization") ?? .emptyObject
  }

  private static let select = "SELECT id, login, person_id, full_name, password_hash, blocked FROM school_accounts"

  private init(_ row: JSONValue) {
    id = row["id"]?.string ?? ""
    login = row["login"]?.string ?? ""
    personId = row["person_id"]?.string ?? ""
    fullName = row["full_name"]?.string ?? ""
    passwordHash = row["password_hash"]?.string ?? ""
    isBlocked = row["blocked"]?.int == 1
  }
}
