import ArgumentParser
import Glibc
import ShellTransport
import Terminal

/// `esh serve`: the host.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Запустить сервер рабочего стола. / Runs the desktop's host.")

  @Argument(parsing: .captureForPassthrough, help: "esh serve --help") var arguments: [String] = []

  func run() throws { throw ExitCode(Self.run(arguments)) }

  /// Serves until the end; the exit status.
  static func run(_ arguments: [String]) -> Int32 {
    do {
      guard let options = try ServeOptions.parse(arguments) else {
        print(ServeOptions.help)
        return 0
      }
      return try serve(options)
    } catch let error as UsageError {
      Output.note("esh serve: \(error.text)\nesh serve --help")
      return 64
    } catch {
      Output.note("esh: \(error)")
      return 1
    }
  }

  private static func serve(_ options: ServeOptions) throws -> Int32 {
    // 1. Before anything else is there that could print or read.
    let wire = options.stdio ? try StdioDescriptors.protect() : nil
    signal(SIGPIPE, SIG_IGN)
    EndSignals.hold()
    raiseOpenFilesLimit()
    // 2. The folder is ours alone.
    try options.folder.create()
    let lock = try FolderLock(options.folder)
    // 3. The host.
    let host = try HostProcess(options)
    // 4. Its clients.
    let service = HostService(host, limits: options.limits)
    try service.open(
      socket: options.socket ?? (options.stdio ? nil : options.folder.socket), group: options.socketGroup, stdio: wire,
      user: options.user)
    if let address = options.http {
      try service.open(web: address, names: options.httpHosts, limits: options.limits)
    }
    host.start()
    // 5. Until a signal, or the end of the stdio client.
    let status = service.waitForEnd()
    withExtendedLifetime(lock) {}
    return status
  }
}
