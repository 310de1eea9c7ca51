import ArgumentParser
import Glibc
import Jansson
import Terminal
import TerminalDesktop

/// `esh desktop`: a person at a terminal.
struct Desktop: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Рабочий стол в терминале. / The desktop on a terminal.",
    discussion: """
      Если папку никто не обслуживает, сервер работает, пока открыт рабочий стол. Клавиши: F1.
      When nobody serves the folder, a host runs for as long as the desktop is open. Keys: F1.
      """)

  @Option(name: .long, help: "Сокет. / The host's socket. Default: DIR/esh.sock.") var socket: String?
  @Option(name: .long, help: "Войти под логином. / Sign in with this login.") var login: String?
  @Option(name: .long, help: "Файл с паролем. / File with the password.") var passwordFile: String?
  @Flag(name: .long, help: "Войти владельцем папки, без пароля. / Sign in as the folder's owner, without a password.")
  var owner = false
  @Option(name: .long, help: "Язык: ru или en. / Language: ru or en.") var locale = "ru"
  @OptionGroup var data: DataOptions

  func validate() throws {
    if passwordFile != nil, login == nil { throw ValidationError("--password-file goes with --login") }
    if owner, login != nil { throw ValidationError("--owner goes without --login") }
    if locale != "ru", locale != "en" { throw ValidationError("--locale is ru or en") }
  }

  func run() throws {
    try reporting {
      let host = try ownHost()
      defer { _ = host?.end() }
      let caller = try SocketCaller(path: socket ?? data.folder.socket)
      defer { caller.close() }
      try Callers.greet(caller, locale: locale)
      let wire = SocketWire(caller)
      let session = DeskSession(wire, words: Words(locale: locale))
      wire.onNews = { [weak session] in try session?.told($0, $1) }
      let desktop = try TerminalDesktop(session)
      guard try signIn(desktop, wire) else { return }
      try desktop.run(wire.news)
    }
  }

  /// A host of this command's own when nobody serves the folder; it answers when this returns.
  private func ownHost() throws -> ChildHost? {
    guard socket == nil, FolderLock.holder(data.folder) == nil else { return nil }
    try data.folder.create()
    let host = try ChildHost(["serve", "--data", data.folder.path], errors: "\(data.folder.path)/desktop.log")
    let end = monotonicMilliseconds() + 30_000
    while monotonicMilliseconds() < end, host.isRunning {
      if (try? SocketCaller(path: data.folder.socket)) != nil { return host }
      usleep(20_000)
    }
    _ = host.end()
    throw HostError(
      ru: "сервер не запустился; причина в \(data.folder.path)/desktop.log",
      en: "the host did not start; the reason is in \(data.folder.path)/desktop.log")
  }

  private func signIn(_ desktop: TerminalDesktop, _ wire: SocketWire) throws -> Bool {
    if owner {
      _ = try wire.call("session/claim", .emptyObject)
      return true
    }
    let enter = { (login: String, password: String) throws -> Void in
      _ = try wire.call("session/login", ["login": JSONValue(login), "password": JSONValue(password)])
    }
    guard let login, let passwordFile else { return try desktop.greet(login: login, enter) }
    guard let password = PlatformLink.line(passwordFile) else {
      throw HostError(ru: "не читается \(passwordFile)", en: "cannot read \(passwordFile)")
    }
    try enter(login, password)
    return true
  }
}

/// The socket as the desktop's wire: refusals become words, what the host tells is passed on.
private final class SocketWire: DeskWire {
  private let caller: SocketCaller
  var onNews: (String, JSONValue) throws -> Void = { _, _ in }

  init(_ caller: SocketCaller) { self.caller = caller }

  func call(_ method: String, _ params: JSONValue) throws -> JSONValue {
    do { return try caller.call(method, params, progress: nil) } catch let refused as RefusedCall {
      throw DeskRefusal(refused.description)
    }
  }

  /// What came is passed on before the next wait; a descriptor that can be read is worth a moment.
  var news: TerminalDesktop.News {
    TerminalDesktop.News(descriptor: caller.descriptor) { [self] isReadable in
      var told = try caller.notification(withinSeconds: isReadable ? 1 : 0)
      while let (method, params) = told {
        try onNews(method, params)
        told = try caller.notification(withinSeconds: 0)
      }
    }
  }
}
