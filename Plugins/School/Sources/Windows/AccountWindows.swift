import PluginKit

/// The forms of «Учётные записи»: «Учётная запись: Добавление», «Учётная запись: Роли», «Учётная запись: Пароль».
enum AccountWindows {
  static func register(in plugin: inout PluginDefinition) {
    plugin.window("school.account", open: adding)
    plugin.window("school.accountRoles", open: roles)
    plugin.window("school.accountPassword", open: password)
  }

  private static let passwordHint = Text(
    "Без пароля он будет придуман и показан один раз", en: "Left empty, one is made up and shown once")

  @Sendable private static func adding(_ call: Call) -> Window {
    func person(_ id: String, _ label: Text, _ table: String) -> Field {
      Field(id, label, .reference, picker: Field.Picker(table: table, display: "name", title: label))
    }
    return Window(
      title: Text("Учётная запись: Добавление", en: "Account: add"),
      fields: [
        Field("login", Text("Логин", en: "Login"), required: true),
        Field("password", Text("Пароль", en: "Password"), .password, hint: passwordHint),
        person("employee", Text("Сотрудник", en: "Employee"), SchoolTables.employeePicker),
        person("pupil", Text("Ученик", en: "Pupil"), "school.pupilPicker"),
        person("parent", Text("Родитель", en: "Parent"), "school.parentPicker"),
        Field(
          "administrator", Text("Администратор организации", en: "Organization administrator"), .checkbox, value: false),
      ],
      buttons: [
        Button(
          "save", Text("Сохранить", en: "Save"),
          .command(
            AddAccount.command,
            arguments: PersonFields.arguments(["login", "password", "employee", "pupil", "parent", "administrator"])),
          style: .primary),
        .cancel,
      ])
  }

  @Sendable private static func roles(_ call: Call) throws -> Window {
    let (account, roles) = try call.read { transaction in
      let account = try named(call, transaction)
      return (account, try account.roles(transaction))
    }
    return Window(
      title: Text("Учётная запись: Роли", en: "Account: roles"),
      fields: [label(account)]
        + Role.allCases.map { Field($0.rawValue, $0.longTitle, .checkbox, value: JSONValue(roles.contains($0))) },
      buttons: [
        Button(
          "save", Text("Сохранить", en: "Save"),
          .command(
            SetRoles.command,
            arguments: PersonFields.arguments(
              Role.allCases.map(\.rawValue), and: [("person", JSONValue(account.id))]), changedOnly: true),
          style: .primary),
        .cancel,
      ])
  }

  @Sendable private static func password(_ call: Call) throws -> Window {
    let account = try call.read { try named(call, $0) }
    return Window(
      title: Text("Учётная запись: Пароль", en: "Account: password"),
      fields: [
        label(account), Field("password", Text("Новый пароль", en: "New password"), .password, hint: passwordHint),
      ],
      buttons: [
        Button(
          "save", Text("Сохранить", en: "Save"),
          .command(
            ChangeAccount.setPassword,
            arguments: PersonFields.arguments(["password"], and: [("person", JSONValue(account.id))])),
          style: .primary),
        .cancel,
      ])
  }

  private static func named(_ call: Call, _ transaction: Transaction) throws -> Account {
    let id = call.params["arguments"]?["account"]?.string ?? ""
    guard let account = try Account.find(id: id, transaction) else { throw PluginError.notFound("account", id) }
    return account
  }

  private static func label(_ account: Account) -> Field {
    Field(
      "account", Text("Учётная запись", en: "Account"), .label,
      value: JSONValue("\(account.login) — \(account.fullName)"))
  }
}
