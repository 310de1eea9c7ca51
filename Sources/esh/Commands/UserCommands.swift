import ArgumentParser
import Glibc
import Jansson
import Terminal

/// `esh user …`: accounts.
struct UserCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Учётные записи. / Accounts.",
    subcommands: [List.self, Add.self, Password.self, Block.self, Unblock.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Перечислить. / Lists them.")
    @Option(name: .long, help: "administrator, employee, pupil, parent.") var role: String?
    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      try reporting {
        let caller = try Callers.open(data.folder)
        defer { caller.close() }
        let arguments: JSONValue = role.map { ["role": JSONValue($0)] } ?? [:]
        let accounts = try caller.command("school.listAccounts", arguments)["accounts"] ?? []
        if output.json { return Output.json(accounts) }
        Output.table(
          ["логин", "имя", "роль", "класс", "телефон"],
          (accounts.array ?? []).map { account in
            [
              account["login"]?.string ?? "", account["name"]?.string ?? "",
              (account["roles"]?.array ?? []).compactMap(\.string).joined(separator: ", "),
              account["class"]?.string ?? "", account["phone"]?.string ?? "",
            ]
          })
      }
    }
  }

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Добавить. / Adds one.")
    @Argument(help: "Логин. / Login.") var login: String
    @Option(name: .long, help: "Роль, можно несколько. / A role; several may be given.") var role: [String] = []
    @Option(name: .long, help: "Фамилия Имя Отчество. / Name.") var name: String?
    @Option(name: .long, help: "Человек из реестров (id). / A person of the registries (id).") var person: String?
    @OptionGroup var secret: PasswordOptions
    @OptionGroup var data: DataOptions

    func run() throws {
      try reporting {
        var arguments: JSONValue = ["login": JSONValue(login), "password": JSONValue(try secret.read())]
        if !role.isEmpty { arguments = arguments.setting("roles", JSONValue(role.map { JSONValue($0) })) }
        if let name { arguments = arguments.setting("name", JSONValue(name)) }
        if let person { arguments = arguments.setting("person", JSONValue(person)) }
        try change(data, "school.addAccount", arguments)
      }
    }
  }

  struct Password: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "passwd", abstract: "Сменить пароль. / Sets a password.")
    @Argument(help: "Логин. / Login.") var login: String
    @OptionGroup var secret: PasswordOptions
    @OptionGroup var data: DataOptions

    func run() throws {
      try reporting {
        try change(data, "school.setPassword", ["login": JSONValue(login), "password": JSONValue(try secret.read())])
      }
    }
  }

  struct Block: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Заблокировать. / Blocks one.")
    @Argument(help: "Логин. / Login.") var login: String
    @OptionGroup var data: DataOptions
    func run() throws { try reporting { try change(data, "school.blockAccount", ["login": JSONValue(login)]) } }
  }

  struct Unblock: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Разблокировать. / Unblocks one.")
    @Argument(help: "Логин. / Login.") var login: String
    @OptionGroup var data: DataOptions
    func run() throws { try reporting { try change(data, "school.unblockAccount", ["login": JSONValue(login)]) } }
  }

  private static func change(_ data: DataOptions, _ command: String, _ arguments: JSONValue) throws {
    let caller = try Callers.open(data.folder)
    defer { caller.close() }
    _ = try caller.command(command, arguments)
    print("готово / done: \(arguments["login"]?.string ?? "")")
  }
}

/// Where a new password comes from: never from the command line, where every process could read it.
struct PasswordOptions: ParsableArguments {
  @Option(name: .long, help: "Файл с паролем; без него спрашивается. / File with the password; asked for without it.")
  var passwordFile: String?

  func read() throws -> String {
    if let passwordFile {
      guard let password = PlatformLink.line(passwordFile) else {
        throw HostError(ru: "не читается \(passwordFile)", en: "cannot read \(passwordFile)")
      }
      return password
    }
    guard isatty(0) == 1 else {
      guard let line = readLine() else { throw HostError(ru: "пароль не задан", en: "no password was given") }
      return line
    }
    guard let typed = unsafe getpass("Пароль / Password: ") else {
      throw HostError(ru: "пароль не задан", en: "no password was given")
    }
    return unsafe String(cString: typed)
  }
}
