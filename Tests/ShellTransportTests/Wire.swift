import Glibc
import Logging
import ShellProtocol
import Synchronization

@testable import ShellTransport

/// A core that answers `ping`, and otherwise does what its method says.
final class ScriptedCore: WireDelegate {
  struct State {
    var opened: [WireConnection] = []
    var closed: [UInt64: CloseReason] = [:]
    var rejected: [String] = []
    var reads = 0
    var mostOutgoing = 0
    var pinged = 0
  }
  let state = Mutex(State())
  private let limits: Limits

  init(_ limits: Limits) { self.limits = limits }

  func opened(_ connection: WireConnection) {
    connection.locale = .en
    state.withLock { $0.opened.append(connection) }
  }

  func received(_ body: RawSpan, on connection: WireConnection) {
    var scanner = EnvelopeScanner(limits: limits)
    switch scanner.scan(body) {
    case .single(let envelope): run(envelope, envelope.method(in: body), connection)
    case .fault(let fault): connection.send { AnswerWriter.error(fault.id, fault.error, .en, to: &$0) }
    case .batch: connection.send { AnswerWriter.answer(nil, "batch", to: &$0) }
    }
    let outgoing = connection.outgoingBytes
    state.withLock { $0.mostOutgoing = max($0.mostOutgoing, outgoing) }
  }

  private func run(_ envelope: Envelope, _ method: String, _ connection: WireConnection) {
    switch method {
    case "ping":
      state.withLock { $0.pinged += 1 }
      connection.send { AnswerWriter.empty(envelope.id, to: &$0) }
    case "later":
      let desk = connection.desk
      Thread.detach {
        desk.execute { connection.send { AnswerWriter.answer(envelope.id, "later", to: &$0) } }
      }
    case "pause": connection.pauseReading()
    case "big":
      connection.send { sink in
        AnswerWriter.answer(envelope.id, to: &sink) {
          $0.append("\"")
          $0.append([UInt8](repeating: UInt8(ascii: "x"), count: 3_000_000))
          $0.append("\"")
        }
      }
    case "bye": connection.closeAfterFlush()
    default: connection.send { AnswerWriter.error(envelope.id, .notFound("method", method), .en, to: &$0) }
    }
  }

  func rejected(_ error: WireError, on connection: WireConnection) {
    state.withLock { $0.rejected.append(error.kind) }
  }
  func readEnded(_ connection: WireConnection) { state.withLock { $0.reads += 1 } }
  func inputEnded(_ connection: WireConnection) { connection.closeAfterFlush() }
  func closed(_ connection: WireConnection, reason: CloseReason) {
    state.withLock { $0.closed[connection.id] = reason }
  }
}

enum Thread {
  /// Runs a closure on a thread of its own, and does not wait.
  static func detach(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    unsafe _ = pthread_create(
      &thread, nil,
      {
        unsafe $0.map { unsafe Unmanaged<Box>.fromOpaque($0).takeRetainedValue().body() }; return nil
      },
      Unmanaged.passRetained(Box(body)).toOpaque())
    _ = pthread_detach(thread)
  }
}

/// A desk and a server on a socket in a folder of its own.
final class TestHost: Sendable {
  let desk = Desk()
  let core: ScriptedCore
  let server: WireServer
  let path: String
  let listener: UnixListener

  init(_ limits: Limits = Limits()) throws {
    signal(SIGPIPE, SIG_IGN)
    core = ScriptedCore(limits)
    server = WireServer(
      desk: desk, limits: limits, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, delegate: core)
    path = temporaryFolder() + "/esh.sock"
    listener = try UnixListener.open(path: path, server: server)
  }

  func client() throws -> Client { Client(try dial(path)) }

  func end() {
    listener.close()
    desk.shutDown()
  }

  /// Waits until something is so, at most a minute.
  func eventually(_ condition: @Sendable () -> Bool) async -> Bool {
    for _ in 0..<24_000 where !condition() { try? await Task.sleep(for: .microseconds(2500)) }
    return condition()
  }
}

func temporaryFolder() -> String {
  var template = Array("/tmp/esh-wire-XXXXXX".utf8CString)
  unsafe _ = mkdtemp(&template)
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

struct CannotDial: Error { let code: Int32 }

func dial(_ path: String) throws -> CInt {
  let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
  let outcome = unsafe withUnsafePointer(to: &address) {
    unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
  guard outcome == 0 else { throw CannotDial(code: errno) }
  return descriptor
}

/// The other end of a socket or of two pipes; every wait ends after a minute.
final class Client {
  let input: CInt
  let output: CInt
  private var outputIsOpen = true
  private var held: [UInt8] = []

  init(_ socket: CInt) { (input, output) = (socket, socket) }
  init(input: CInt, output: CInt) { (self.input, self.output) = (input, output) }
  deinit {
    close(input)
    if output != input, outputIsOpen { close(output) }
  }

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let step = unsafe bytes.withUnsafeBytes {
        unsafe write(output, $0.baseAddress.map { unsafe $0 + sent }, bytes.count - sent)
      }
      guard step > 0 else { return }
      sent += step
    }
  }

  /// Sends as much as the other side takes without waiting; the answer is how much that was.
  func sendWithoutWaiting(_ bytes: [UInt8]) -> Int {
    _ = fcntl(output, F_SETFL, fcntl(output, F_GETFL) | O_NONBLOCK)
    defer { _ = fcntl(output, F_SETFL, fcntl(output, F_GETFL) & ~O_NONBLOCK) }
    var (sent, idle) = (0, 0)
    while sent < bytes.count, idle < 20 {
      let step = unsafe bytes.withUnsafeBytes {
        unsafe write(output, $0.baseAddress.map { unsafe $0 + sent }, bytes.count - sent)
      }
      if step > 0 {
        sent += step
        idle = 0
      } else {
        var ready = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
        unsafe _ = poll(&ready, 1, 10)
        idle += 1
      }
    }
    return sent
  }

  func endOfInput() {
    guard outputIsOpen else { return }
    outputIsOpen = false
    if input == output { shutdown(output, CInt(SHUT_WR)) } else { close(output) }
  }

  /// One read; false at the end of the stream, after a minute of silence, or when the other side reset it.
  private func fill() -> Bool {
    var ready = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&ready, 1, 60_000) == 1 else { return false }
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = unsafe read(input, &bytes, bytes.count)
    guard count > 0 else { return false }
    held += bytes.prefix(count)
    return true
  }

  func line() -> String? {
    var seen = 0
    while true {
      if let feed = held[seen...].firstIndex(of: 0x0A) {
        defer { held.removeFirst(feed + 1) }
        return String(decoding: held[..<feed], as: UTF8.self)
      }
      seen = held.count
      guard fill() else { return nil }
    }
  }

  /// One body behind its header.
  func body() -> String? {
    guard let header = line(), let length = Int(header.dropFirst(16).dropLast()), line() == "\r" else { return nil }
    while held.count < length { guard fill() else { return nil } }
    defer { held.removeFirst(length) }
    return String(decoding: held[..<length], as: UTF8.self)
  }

  /// Everything up to the end of the stream.
  func rest() -> String {
    while fill() {}
    defer { held = [] }
    return String(decoding: held, as: UTF8.self)
  }

  func lines(_ count: Int) -> Int {
    var feeds = held.count { $0 == 0x0A }
    held = []
    while feeds < count, fill() {
      feeds += held.count { $0 == 0x0A }
      held = []
    }
    return feeds
  }
}

func ping(_ id: Int) -> String { #"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"# }
func pong(_ id: Int) -> String { #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"# }
func framed(_ body: String) -> String { "Content-Length: \(body.utf8.count)\r\n\r\n\(body)" }
