import Foundation
import Glibc
import Jansson

/// A running `esh serve`, ended with the test.
final class HostUnderTest {
  let folder: SchoolFolder
  let process: ChildProcess
  /// The client on standard input and output, for a host that was started with `stdio`.
  let stdio: WireClient?
  /// What hosts of the same folder have logged before.
  private let earlierLog: String

  /// Starts a host on the folder's socket, or another, and waits until it answers there.
  static func start(
    _ folder: SchoolFolder, _ options: [String] = [], socket: String? = nil, environment: [String: String] = [:]
  ) throws -> HostUnderTest {
    let socket = socket ?? folder.socket
    let earlier = folder.logText()
    let process = try launch(folder, ["--socket", socket] + options, environment)
    let connected = try awaited(within: 20) { () -> Bool? in
      guard process.isRunning else { throw TestTrouble("the host ended at once: \(folder.logText())") }
      do { close(try UnixSocketAddress.connect(socket)) } catch is TestTrouble { return nil }
      return true
    }
    guard connected == true else { throw TestTrouble("the host does not listen: \(folder.logText())") }
    return HostUnderTest(folder, process, stdio: nil, earlierLog: earlier)
  }

  /// Starts a host with a client on its standard input and output.
  static func overStdio(
    _ folder: SchoolFolder, _ options: [String] = [], framing: Framing = .lines, delivery: Delivery = .whole,
    environment: [String: String] = [:]
  ) throws -> HostUnderTest {
    let (inward, outward) = (try PipeEnds(), try PipeEnds())
    defer {
      close(inward.reading)
      close(outward.writing)
    }
    let process = try launch(
      folder, ["--stdio"] + options, environment, input: inward.reading, output: outward.writing)
    let client = WireClient(
      reading: outward.reading, writing: inward.writing, framing: framing, delivery: delivery)
    return HostUnderTest(folder, process, stdio: client)
  }

  private static func launch(
    _ folder: SchoolFolder, _ options: [String], _ environment: [String: String], input: CInt? = nil,
    output: CInt? = nil
  ) throws -> ChildProcess {
    let log = unsafe open(folder.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer { close(log) }
    return try ChildProcess(
      [BuildProducts.esh, "serve", "--data", folder.path] + options, environment: environment, input: input,
      output: output, errors: log)
  }

  private init(_ folder: SchoolFolder, _ process: ChildProcess, stdio: WireClient?, earlierLog: String = "") {
    (self.folder, self.process, self.stdio, self.earlierLog) = (folder, process, stdio, earlierLog)
  }

  deinit { process.killAndWait() }

  /// A client on the socket that has said hello.
  func client(
    framing: Framing = .lines, delivery: Delivery = .whole, locale: String = "ru"
  ) throws -> WireClient {
    let client = try bareClient(framing: framing, delivery: delivery)
    try client.initialize(locale: locale)
    return client
  }

  /// A client on the socket that has said nothing yet.
  func bareClient(framing: Framing = .lines, delivery: Delivery = .whole) throws -> WireClient {
    try WireClient(socket: folder.socket, framing: framing, delivery: delivery)
  }

  func client(signedInAs person: Person) throws -> WireClient {
    let client = try client()
    try client.signIn(person)
    return client
  }

  /// A host that serves the web desktop on some port of loopback.
  static func onWeb(_ folder: SchoolFolder, _ options: [String] = []) throws -> HostUnderTest {
    try start(folder, ["--http", "127.0.0.1:0"] + options)
  }

  /// Somebody at a browser, not signed in.
  func visitor() throws -> WebVisitor {
    let mark = "address=http://127.0.0.1:"
    let port = awaited(within: 30) { () -> UInt16? in
      let log = folder.logText().dropFirst(earlierLog.count)
      guard let start = log.range(of: mark) else { return nil }
      return UInt16(log[start.upperBound...].prefix { $0.isNumber })
    }
    guard let port else { throw TestTrouble("no web desktop: \(folder.logText())") }
    return WebVisitor(self, port: port)
  }

  /// The stdio client, which has said hello.
  func greetedStdio() throws -> WireClient {
    guard let stdio else { throw TestTrouble("this host was started without stdio") }
    try stdio.initialize()
    return stdio
  }

  /// On a manual clock: waits until the host has done what a fresh school sets going at its start. Its roster is news to
  /// every plugin, which loads them one after the other, and the classes' chats are made.
  func settles() throws {
    let found = awaited(within: 30) { try? self.client() }  // over stdio nobody has waited for the socket yet
    guard let client = found else { throw TestTrouble("the host does not listen: \(folder.logText())") }
    let isLoaded = try awaited(within: 120) { () -> Bool? in
      let plugins = try client.call("health/get")["plugins"]?.array ?? []
      return plugins.allSatisfy { $0["state"] == "active" } ? true : nil
    }
    guard isLoaded == true else { throw TestTrouble("not every plugin is loaded: \(folder.logText())") }
    // Moving the clock to where it stands runs what is due and what follows from it.
    try client.call("clock/advance", ["to": client.call("clock/get")["now"] ?? ""], within: 120)
  }

  var platform: PlatformInHand { PlatformInHand(folder) }
}
