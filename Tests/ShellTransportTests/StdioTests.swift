import Glibc
import Logging
import ShellProtocol
import Testing

@testable import ShellTransport

/// A server on given descriptors, without a socket.
private func serve(input: CInt, output: CInt) throws -> (Desk, ScriptedCore) {
  signal(SIGPIPE, SIG_IGN)
  let (desk, core) = (Desk(), ScriptedCore(Limits()))
  let server = WireServer(
    desk: desk, limits: Limits(), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, delegate: core)
  try StdioChannel.open(StdioDescriptors(input: input, output: output), server: server)
  return (desk, core)
}

private func isClosed(_ core: ScriptedCore) async -> Bool {
  for _ in 0..<24_000 where core.state.withLock({ $0.closed.isEmpty }) {
    try? await Task.sleep(for: .microseconds(2500))
  }
  return core.state.withLock { !$0.closed.isEmpty }
}

private func makePipe() -> (read: CInt, write: CInt) {
  var ends: [CInt] = [-1, -1]
  unsafe _ = pipe(&ends)
  return (ends[0], ends[1])
}

@Suite(.serialized)
struct StdioTests {
  @Test func `pipes, in both framings`() async throws {
    for frame in [{ $0 + "\n" }, framed] as [@Sendable (String) -> String] {
      let (down, up) = (makePipe(), makePipe())
      let (desk, core) = try serve(input: down.read, output: up.write)
      let client = Client(input: up.read, output: down.write)
      client.send(frame(ping(1)) + frame(ping(2)))
      client.endOfInput()
      #expect(client.rest() == frame(pong(1)) + frame(pong(2)))
      #expect(await isClosed(core))
      desk.shutDown()
    }
  }

  @Test func `a pipe's own flags are left alone`() async throws {
    let (down, up) = (makePipe(), makePipe())
    let shared = dup(up.write)
    let (desk, core) = try serve(input: down.read, output: up.write)
    #expect(fcntl(shared, F_GETFL) & O_NONBLOCK == 0)
    close(down.write)
    #expect(await isClosed(core))
    close(shared)
    desk.shutDown()
  }

  @Test func `one socket for both`() async throws {
    var ends: [CInt] = [-1, -1]
    unsafe _ = socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends)
    let (desk, core) = try serve(input: ends[1], output: dup(ends[1]))
    let client = Client(ends[0])
    client.send(ping(1) + "\n")
    #expect(client.line() == pong(1))
    client.send(ping(2) + "\n")
    client.endOfInput()
    #expect(client.rest() == pong(2) + "\n")
    #expect(await isClosed(core))
    desk.shutDown()
  }

  @Test func `files for both, and all is written when the end is told`() async throws {
    let folder = temporaryFolder()
    let script = Array(((1...5000).map { ping($0) + "\n" }.joined() + ping(5001)).utf8)
    let file = unsafe open(folder + "/in", O_CREAT | O_RDWR, 0o600)
    #expect(unsafe write(file, script, script.count) == script.count)
    lseek(file, 0, SEEK_SET)
    let output = unsafe open(folder + "/out", O_CREAT | O_WRONLY, 0o600)

    let (desk, core) = try serve(input: file, output: output)
    #expect(await isClosed(core))

    let result = unsafe open(folder + "/out", O_RDONLY)
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = unsafe read(result, &bytes, bytes.count)
    #expect(String(decoding: bytes.prefix(count), as: UTF8.self) == (1...5001).map { pong($0) + "\n" }.joined())
    close(result)
    desk.shutDown()
  }

  @Test func `no input at all ends at once`() async throws {
    let up = makePipe()
    let (desk, core) = try serve(input: unsafe open("/dev/null", O_RDONLY), output: up.write)
    #expect(await isClosed(core))
    close(up.read)
    desk.shutDown()
  }

  @Test func `a reader that goes away ends the connection, not the process`() async throws {
    let (down, up) = (makePipe(), makePipe())
    let (desk, core) = try serve(input: down.read, output: up.write)
    close(up.read)
    let client = Client(input: dup(down.write), output: down.write)
    client.send(ping(1) + "\n" + ping(2) + "\n")
    #expect(await isClosed(core))
    desk.shutDown()
  }

  @Test func `protected descriptors keep strangers off the wire`() async {
    await #expect(processExitsWith: .exitCode(0)) {
      let wire = makePipe()
      dup2(wire.write, 1)
      let descriptors = try StdioDescriptors.protect()
      // What a library prints does not reach the wire, and whoever reads stdin finds its end.
      unsafe _ = write(1, "noise", 5)
      unsafe _ = write(descriptors.output, "wire", 4)
      var bytes = [UInt8](repeating: 0, count: 16)
      let count = unsafe read(wire.read, &bytes, 16)
      let byte = unsafe read(0, &bytes, 0 + 1)
      let privately = fcntl(descriptors.input, F_GETFD) & FD_CLOEXEC != 0 && descriptors.output > 2
      exit(count == 4 && byte == 0 && privately ? 0 : 1)
    }
  }
}
