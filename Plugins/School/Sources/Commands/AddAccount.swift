import PluginKit

/// `school.addAccount {login, password?, person? | name?, phone?, roles?, administrator?}` → `{id, login, personId,
/// password?}`.
///
/// Gives an account to a person who is there (`person`, or from a form `employee`, `pupil` or `parent`: an id), or to a
/// new one by name («Фамилия Имя Отчество»), who is called by the login when there is no name. Roles that are not named are what the person is in the
/// school. `password` comes back only when none was given.
enum AddAccount {
  static let command = "school.addAccount"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let login = try call.string("login")
    try checkLogin(login)
    let roles = try namedRoles(call.params)
    let given = call.params["password"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    if let given { try PasswordRule.check(given) }
    let password = given ?? PasswordRule.random()
    let hash = try PasswordHash(of: password).text

    let result = try call.write { transaction -> JSONValue in
      if try Account.find(login: login, transaction) != nil {
        throw PluginError.invalid(
          "login", Text("Логин «\(login)» уже занят", en: "The login '\(login)' is taken"), kind: "school.loginTaken")
      }
      let person = try person(call.params, login, roles, transaction)
      var all = try roles.isEmpty ? rolesInSchool(person, transaction) : roles
      if call.params["administrator"]?.bool == true, !all.contains(.administrator) { all.insert(.administrator, at: 0) }
      guard !all.isEmpty else {
        throw PluginError.invalid(
          formField(call.params) ?? "roles",
          Text("Укажите роль: в школе у человека её нет", en: "Name a role: the person has none in the school"))
      }
      let row = try transaction.first(
        """
        INSERT INTO school_accounts(login, person_id, password_hash, full_name)
        SELECT ?, id, ?, full_name FROM school_people WHERE id = ? RETURNING id
        """,
        [JSONValue(login), JSONValue(hash), JSONValue(person)])
      let id = row?["id"]?.string ?? ""
      for role in all {
        try transaction.query(
          "INSERT INTO school_account_roles(account_id, role) VALUES (?, ?)", [JSONValue(id), JSONValue(role.rawValue)])
      }
      let names = JSONValue(all.map { JSONValue($0.rawValue) })
      try SchoolAudit.note(command, object: id, new: ["login": JSONValue(login), "roles": names], transaction)
      try transaction.emit(
        SchoolEvent.accountChanged,
        ["accountId": JSONValue(id), "personId": JSONValue(person), "change": "added"])
      return ["id": JSONValue(id), "login": JSONValue(login), "personId": JSONValue(person)]
    }
    return given == nil ? NewPassword.outcome(result, password) : Outcome(result: result)
  }

  private static func checkLogin(_ login: String) throws(PluginError) {
    let isSpelled = login.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"),
        UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isSpelled, (1...64).contains(login.utf8.count) else {
      throw .invalid(
        "login",
        Text(
          "Логин: от 1 до 64 латинских букв, цифр и знаков . _ - @",
          en: "A login is 1 to 64 Latin letters, digits and . _ - @"))
    }
  }

  private static func namedRoles(_ params: JSONValue) throws(PluginError) -> [Role] {
    let names = params["roles"]?.array?.map { $0.string ?? "" } ?? params["role"]?.string.map { [$0] } ?? []
    var roles: [Role] = []
    for name in names {
      guard let role = Role(rawValue: name) else {
        throw .invalid("roles", Text("Нет такой роли: «\(name)»", en: "No such role: '\(name)'"))
      }
      if !roles.contains(role) { roles.append(role) }
    }
    return roles
  }

  /// The form's field by which the person was chosen.
  private static func formField(_ params: JSONValue) -> String? {
    ["employee", "pupil", "parent"].first { params[$0]?.string != nil }
  }

  /// The id of the person, who must be there and have no account, or of a new one.
  private static func person(
    _ params: JSONValue, _ login: String, _ roles: [Role], _ transaction: Transaction
  ) throws -> String {
    let named = ["person", "employee", "pupil", "parent"].compactMap { params[$0]?.string }
    if named.count > 1 {
      throw PluginError.invalid("employee", Text("Выберите одного человека", en: "Choose one person"))
    }
    if let given = named.first {
      let id = try PersonRecord.id(of: given, transaction)
      let account = try transaction.first("SELECT login FROM school_accounts WHERE person_id = ?", [JSONValue(id)])
      if let login = account?["login"]?.string {
        throw PluginError.invalid(
          formField(params) ?? "person",
          Text("У этого человека уже есть учётная запись «\(login)»", en: "This person has the account '\(login)'"),
          kind: "school.personHasAccount")
      }
      return id
    }
    let name = params["name"]?.string
    let words = (name ?? login).split(separator: " ").map { JSONValue(String($0)) }
    guard name == nil || (words.count >= 2 && words.allSatisfy { PersonInput.isName($0.string ?? "") }) else {
      throw PluginError.invalid(
        "name", Text("Укажите фамилию и имя буквами", en: "Give a family name and a given name in letters"))
    }
    guard !roles.isEmpty || name != nil else {
      throw PluginError.invalid(
        "employee",
        Text(
          "Выберите человека: сотрудника, ученика или родителя",
          en: "Choose a person: an employee, a pupil or a parent"))
    }
    guard !roles.isEmpty else {
      throw PluginError.invalid("roles", Text("Укажите роль нового человека", en: "Name the new person's role"))
    }
    let middle = words.dropFirst(2).compactMap(\.string).joined(separator: " ")
    let row = try transaction.first(
      "INSERT INTO school_people(family_name, given_name, middle_name, phone) VALUES (?, ?, ?, ?) RETURNING id",
      [words[0], words.count > 1 ? words[1] : "", JSONValue(middle), try phone(params)])
    return row?["id"]?.string ?? ""
  }

  private static func phone(_ params: JSONValue) throws(PluginError) -> JSONValue {
    guard let typed = params["phone"]?.string else { return .null }
    guard let phone = Phone(typed) else {
      throw .invalid("phone", PersonInput.badPhone)
    }
    return JSONValue(phone.value)
  }

  private static func rolesInSchool(_ person: String, _ transaction: Transaction) throws -> [Role] {
    let row = try transaction.first(
      """
      SELECT EXISTS (SELECT 1 FROM school_employees WHERE person_id = :id AND dismissed IS NULL) AS employee,
        EXISTS (SELECT 1 FROM school_pupils WHERE person_id = :id) AS pupil,
        EXISTS (SELECT 1 FROM school_parents WHERE person_id = :id) AS parent
      """,
      ["id": JSONValue(person)])
    return [Role.employee, .pupil, .parent].filter { row?[$0.rawValue]?.int == 1 }
  }
}
