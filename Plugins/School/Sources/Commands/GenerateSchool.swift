import PluginKit

/// `school.generate {pupils, seed?, password?}` fills an empty school:
/// → `{organization, pupils, parents, employees, classes, groups, lessons, topics, accounts, adminLogin,
/// chatAdministratorLogin, adminPassword?}`.
///
/// One transaction: a school that was interrupted is not there. `adminPassword` comes only when none was given;
/// it is everybody's, made at random, and shown this once.
enum GenerateSchool {
  static let command = "school.generate"
  static let mostPupils = 1_000_000

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let pupils = call.params["pupils"]?.int ?? 0
    guard (1...mostPupils).contains(pupils) else {
      throw PluginError.invalid(
        "pupils", Text("Число учеников от 1 до \(mostPupils)", en: "From 1 to \(mostPupils) pupils"))
    }
    let given = call.params["password"]?.string
    if let given { try PasswordRule.check(given) }
    // Before the work, so that nobody waits for a refusal; and again in the transaction.
    try call.read(requireEmpty)

    call.progress(Text("Составление школы", en: "Making up a school"), percent: 0)
    // The generated organization is in Moscow's time, three hours east of Greenwich all year.
    let today = CivilDate(ms: call.host.nowMs, offsetMinutes: 180)
    let seed = UInt64(bitPattern: call.params["seed"]?.int64 ?? 1)
    let school = SchoolGenerator(pupils: pupils, seed: seed, year: SchoolYear(on: today)).generate()
    let password = given ?? PasswordRule.random()
    let hash = try PasswordHash(of: password).text
    let text = Text("Запись школы", en: "Writing the school")
    let writer = SchoolWriter(school: school, passwordHash: hash) { call.progress(text, percent: $0) }

    let counts = try call.write { transaction in
      try requireEmpty(transaction)
      let counts = try writer.write(transaction)
      try SchoolAudit.note(
        command, object: "school",
        new: [
          "pupils": JSONValue(pupils), "seed": JSONValue(String(seed)), "accounts": JSONValue(school.accounts.count),
        ], transaction)
      try transaction.emit(SchoolEvent.rosterChanged, ["reason": "generated"])
      return counts
    }
    return Outcome(result: result(school, counts, password: given == nil ? password : nil))
  }

  private static func requireEmpty(_ transaction: Transaction) throws {
    guard try transaction.first("SELECT 1 AS found FROM school_people LIMIT 1") != nil else { return }
    throw PluginError(
      "school.notEmpty",
      Text(
        "В школе уже есть люди. Пример создаётся только в пустой школе: возьмите другую папку данных",
        en: "There are people in this school already. A school is generated into an empty one: use another data folder"
      ))
  }

  private static func result(
    _ school: GeneratedSchool, _ counts: SchoolWriter.Counts, password: String?
  ) -> JSONValue {
    let chatAdministrator = school.employees[school.chatAdministrator].person
    let chatLogin = school.accounts.first { $0.person == chatAdministrator }?.login
    let result: JSONValue = [
      "organization": JSONValue(school.name), "pupils": JSONValue(school.pupils.count),
      "parents": JSONValue(school.parents.count), "employees": JSONValue(school.employees.count),
      "classes": JSONValue(school.classes.count), "groups": JSONValue(school.groups.count),
      "lessons": JSONValue(counts.lessons), "topics": JSONValue(counts.topics),
      "accounts": JSONValue(school.accounts.count), "adminLogin": JSONValue(SchoolGenerator.administratorLogin),
      "chatAdministratorLogin": JSONValue(chatLogin),
    ]
    return password.map { result.setting("adminPassword", JSONValue($0)) } ?? result
  }
}
