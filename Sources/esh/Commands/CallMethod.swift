import ArgumentParser
import Glibc
import Jansson
import Terminal

/// `esh call METHOD [PARAMS]`.
struct CallMethod: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: "Вызвать метод сервера. / Calls one method of the host.")

  @Argument(help: "Метод, например desktop/get. / A method, such as desktop/get.") var method: String
  @Argument(help: "Параметры: объект JSON. / Params, a JSON object.") var params: String?
  @Option(name: .long, help: "Сокет. / The host's socket. Default: DIR/esh.sock.") var socket: String?
  @Option(name: .long, help: "Войти под логином. / Sign in with this login.") var login: String?
  @Option(name: .long, help: "Файл с паролем. / File with the password.") var passwordFile: String?
  @OptionGroup var data: DataOptions

  func validate() throws {
    if (login == nil) != (passwordFile == nil) { throw ValidationError("--login goes with --password-file") }
  }

  func run() throws {
    try reporting {
      let given: JSONValue
      do {
        given = try params.map { try JSONValue(parsing: $0) } ?? .emptyObject
      } catch let error {
        throw ValidationError("PARAMS is no JSON: \(error)")
      }
      let caller = try open()
      defer { caller.close() }
      Output.json(try caller.call(method, given, progress: Output.progress))
    }
  }

  private func open() throws -> any Caller {
    guard let login, let passwordFile else {
      if let socket { return try signedIn(SocketCaller(path: socket)) }
      return try Callers.open(data.folder)
    }
    guard let password = PlatformLink.line(passwordFile) else {
      throw HostError(ru: "не читается \(passwordFile)", en: "cannot read \(passwordFile)")
    }
    let caller: any Caller =
      try socket.map { try SocketCaller(path: $0) } ?? Callers.open(data.folder, signIn: false)
    if socket != nil { try Callers.greet(caller) }
    _ = try caller.call("session/login", ["login": JSONValue(login), "password": JSONValue(password)])
    return caller
  }

  private func signedIn(_ caller: any Caller) throws -> any Caller {
    try Callers.greet(caller)
    _ = try caller.call("session/claim")
    return caller
  }
}

/// `esh health`.
struct Health: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Состояние сервера. / How the host is.")
  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    try reporting {
      let caller = try Callers.open(data.folder, signIn: false)
      defer { caller.close() }
      let health = try caller.call("health/get")
      if output.json { return Output.json(health) }
      print("состояние / status: \(health["status"]?.string ?? "?")")
      print("работает / up: \(health["uptimeSeconds"]?.int ?? 0) s")
      print(
        "очередь / queue: \(health["queue"]?["pending"]?.int ?? 0), ошибок / failed: \(health["queue"]?["failed"]?.int ?? 0)"
      )
      print("база / store: \(health["store"]?["sizeBytes"]?.int64 ?? 0) B")
      Output.table(
        ["модуль / plugin", "состояние / state"],
        (health["plugins"]?.array ?? []).map { [$0["id"]?.string ?? "", $0["state"]?.string ?? ""] })
    }
  }
}
