import Glibc
import ShellCore
import ShellProtocol
import ShellTransport
import Synchronization
import Terminal

/// A host with its listeners, until it is told to end.
final class HostService: Sendable {
  private let host: HostProcess
  private let wire: ShellWire
  private let server: WireServer
  private let ending = Ending()
  private let opened = Opened()

  /// What has to be closed or kept while the host runs.
  private final class Opened: Sendable {
    let listener = Mutex<UnixListener?>(nil)
    let web = Mutex<WebLink?>(nil)
  }

  /// With which status the process ends: 0 for a signal, else what the end of the stdio client says.
  private final class Ending: Sendable {
    private let status = Mutex<Int32?>(nil)

    func end(_ code: Int32) {
      let isFirst = status.withLock { status -> Bool in
        defer { status = status ?? code }
        return status == nil
      }
      if isFirst { EndSignals.send() }
    }

    var code: Int32 { status.withLock { $0 } ?? 0 }
  }

  init(_ host: HostProcess, limits: Limits) {
    self.host = host
    wire = ShellWire(host.shell, signInMs: Int64(min(limits.signInSeconds, 1 << 31)) * 1000)
    let front = wire.front { [ending] status in ending.end(status) }
    server = WireServer(desk: host.desk, limits: limits, log: host.log, delegate: front)
  }

  /// Opens the transports that were asked for, with `EndSignals` held already. `user`: the login that the stdio client is signed in as.
  func open(socket: String?, group: String?, stdio: StdioDescriptors?, user: String?) throws {
    if let user { wire.onStdio = { [host] in Self.signIn($0, user, host, $1) } }
    if let socket {
      let listener = try UnixListener.open(path: socket, group: group, server: server)
      opened.listener.withLock { $0 = listener }
    }
    if let stdio { try StdioChannel.open(stdio, server: server) }
  }

  /// Serves the web desktop, under `names` beside its own.
  func open(web address: WebAddress, names: [String], limits: Limits) throws {
    let link = try WebLink(
      address, names: names, limits: .init(messageBytes: limits.messageBytes, connections: limits.connections),
      WebQuestions(host.shell, server, host.desk))
    opened.web.withLock { $0 = link }
    host.log.notice("web desktop", metadata: ["address": "\(address.url(port: link.port))"])
    guard !address.isLoopback else { return }
    host.log.warning(
      "the web desktop is open to the network, and speaks no TLS: put a reverse proxy that does in front of it",
      metadata: ["address": "\(address.host)"])
  }

  /// Waits for the end, drains, and answers with the process's exit status.
  func waitForEnd() -> Int32 {
    EndSignals.wait()
    let web = opened.web.withLock { $0 }
    web?.drain()
    opened.listener.withLock { $0 }?.close()
    wire.drain(host.desk)
    web?.stop()
    host.stop()
    return ending.code
  }

  /// Signs the stdio client in before its first message is read.
  private static func signIn(
    _ conversation: Conversation, _ login: String, _ host: HostProcess, _ done: @escaping () -> Void
  ) {
    host.shell.signIn(conversation, login: login) { [log = host.log] error in
      if let error { log.error("--user: \(error.message.ru) / \(error.message.en)") }
      done()
    }
  }
}
