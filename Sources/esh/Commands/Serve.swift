import ArgumentParser
import Glibc
import Logging
import ShellCore
import ShellProtocol
import ShellTime
import ShellTransport
import Synchronization

/// `esh serve`: the host.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Запустить сервер рабочего стола. / Runs the desktop's host.")

  @Flag(name: .long, help: "Говорить по stdin и stdout. / Speak on stdin and stdout.")
  var stdio = false
  @Option(name: .long, help: "Слушать сокет. / Listen on a Unix socket. Default without --stdio: DIR/esh.sock.")
  var socket: String?
  @Option(name: .long, help: "Группа ОС, которой открыт сокет. / OS group that may use the socket.")
  var socketGroup: String?
  @OptionGroup var data: DataOptions
  @Option(name: .long, help: "Папка манифестов вместо обычной. / Folder of manifests in place of the default.")
  var manifests: [String] = []
  @Option(name: .long, help: "Папка библиотек вместо обычной. / Folder of libraries in place of the default.")
  var plugins: [String] = []
  @Option(name: .long, help: "Войти за клиента stdio. / Sign the stdio client in as LOGIN.")
  var user: String?
  @Option(name: .long, help: "manual:<ISO 8601>: часы стоят, пока их не переведут. / A clock that is moved by hand.")
  var clock: String?
  @Option(name: .long, help: "embedded или адрес. / embedded or the platform's address.")
  var platform = "embedded"
  @Option(name: .long, help: "Файл доверенных сертификатов PEM. / PEM file of trusted certificates.")
  var platformCa: String?
  @Option(name: .long, help: "trace, debug, info, notice, warning, error.")
  var logLevel = "notice"
  @OptionGroup var bounds: LimitOptions

  func validate() throws {
    if user != nil, !stdio { throw ValidationError("--user goes with --stdio") }
    _ = try manualStart()
    guard Logger.Level(rawValue: logLevel) != nil else {
      throw ValidationError("--log-level '\(logLevel)': trace, debug, info, notice, warning, error")
    }
  }

  func run() throws {
    // 1. Before anything else is there that could print or read.
    let wire = stdio ? try StdioDescriptors.protect() : nil
    signal(SIGPIPE, SIG_IGN)
    EndSignals.hold()
    raiseOpenFilesLimit()
    // 2. The folder is ours alone.
    try data.folder.create()
    let lock = try FolderLock(data.folder)
    // 3. The host.
    var options = HostProcess.Options(folder: data.folder)
    options.manifests = manifests
    options.libraries = plugins
    options.manualStartMs = try manualStart()
    options.platform = platform
    options.certificates = platformCa
    options.logLevel = Logger.Level(rawValue: logLevel) ?? .notice
    options.limits = bounds.limits
    let host = try HostProcess(options)
    // 4. Its clients.
    let service = HostService(host, limits: options.limits)
    try service.open(
      socket: socket ?? (stdio ? nil : data.folder.socket), group: socketGroup, stdio: wire, user: user)
    host.start()
    // 5. Until a signal, or the end of the stdio client.
    let status = service.waitForEnd()
    withExtendedLifetime(lock) {}
    throw ExitCode(status)
  }

  private func manualStart() throws -> Int64? {
    guard let clock else { return nil }
    guard clock.hasPrefix("manual:"), let ms = RFC3339.parse(String(clock.dropFirst("manual:".count))) else {
      throw ValidationError("--clock takes manual:<ISO 8601>, such as manual:2026-09-01T08:00:00+03:00")
    }
    return ms
  }
}

/// The bounds of the wire, each an option.
struct LimitOptions: ParsableArguments {
  @Option(name: .long, help: "Bytes of a message.") var limitMessageBytes = Limits().messageBytes
  @Option(name: .long, help: "Levels of arrays and objects.") var limitNesting = Limits().nesting
  @Option(name: .long, help: "Requests of a batch.") var limitBatch = Limits().batch
  @Option(name: .long, help: "Requests in flight, a connection.") var limitInFlight = Limits().inFlight
  @Option(name: .long, help: "Requests that wait, a connection.") var limitQueued = Limits().queued
  @Option(name: .long, help: "Unread bytes of answers, a connection.") var limitOutgoingBytes = Limits().outgoingBytes
  @Option(name: .long, help: "Connections.") var limitConnections = Limits().connections

  var limits: Limits {
    var limits = Limits()
    limits.messageBytes = limitMessageBytes
    limits.nesting = limitNesting
    limits.batch = limitBatch
    limits.inFlight = limitInFlight
    limits.queued = limitQueued
    limits.outgoingBytes = limitOutgoingBytes
    limits.connections = limitConnections
    return limits
  }
}
