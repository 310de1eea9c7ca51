import Dispatch
import Glibc
import ShellProtocol
import Testing

@testable import ShellTransport

@Suite(.serialized)
struct UnixSocketTests {
  @Test func `both framings, each client its own`() async throws {
    let host = try TestHost()
    let (lines, headers) = (try host.client(), try host.client())
    for id in 1...3 {
      lines.send(ping(id) + "\n")
      headers.send(framed(ping(id)))
      #expect(lines.line() == pong(id))
      #expect(headers.body() == pong(id))
    }
    #expect(
      host.core.state.withLock { $0.opened.map(\.peer) }.allSatisfy { peer in
        if case .unix(geteuid(), getegid(), getpid()) = peer { true } else { false }
      })
    host.end()
  }

  @Test func `byte by byte`() async throws {
    let host = try TestHost()
    let (lines, headers) = (try host.client(), try host.client())
    for byte in Array((ping(1) + "\r\n").utf8) { lines.send([byte]) }
    for byte in Array(framed(ping(1)).utf8) { headers.send([byte]) }
    #expect(lines.line() == pong(1))
    #expect(headers.body() == pong(1))
    host.end()
  }

  @Test func `a pipeline is answered in its order`() async throws {
    let host = try TestHost()
    let client = try host.client()
    let count = 5000
    Thread.detach { [output = client.output] in
      let bytes = Array((1...count).map { ping($0) + "\n" }.joined().utf8)
      var sent = 0
      while sent < bytes.count {
        sent += unsafe bytes.withUnsafeBytes {
          unsafe max(0, write(output, $0.baseAddress! + sent, bytes.count - sent))
        }
      }
    }
    for id in 1...count { #expect(client.line() == pong(id)) }
    #expect(host.core.state.withLock { $0.reads } < count / 4)
    host.end()
  }

  @Test func `a large message comes whole, and a large answer goes whole`() async throws {
    let host = try TestHost()
    let client = try host.client()
    let text = String(repeating: "я", count: 2_000_000)
    client.send(framed(#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"text":"\#(text)"}}"#))
    #expect(client.body() == pong(1))
    client.send(framed(#"{"jsonrpc":"2.0","id":2,"method":"big"}"#))
    #expect(client.body()?.utf8.count == 3_000_000 + #"{"jsonrpc":"2.0","id":2,"result":""}"#.utf8.count)
    host.end()
  }

  @Test func `what is sent outside of a read is written too`() async throws {
    let host = try TestHost()
    let client = try host.client()
    client.send(#"{"jsonrpc":"2.0","id":1,"method":"later"}"# + "\n")
    #expect(client.line() == #"{"jsonrpc":"2.0","id":1,"result":"later"}"#)
    host.end()
  }

  @Test func `broken JSON is answered and the connection goes on`() async throws {
    let host = try TestHost()
    let client = try host.client()
    client.send("{\"a\":1,\"a\":2}\n" + ping(1) + "\n")
    #expect(client.line()?.contains("parse.duplicateKey") == true)
    #expect(client.line() == pong(1))
    host.end()
  }

  @Test func `a body that is too large is answered before it comes, and passed over`() async throws {
    var limits = Limits()
    limits.messageBytes = 1000
    let host = try TestHost(limits)
    let client = try host.client()
    client.send("Content-Length: 4000\r\n\r\n")
    let answer = try #require(client.body())
    #expect(answer.contains("-32600") && answer.contains("request.tooLarge") && answer.contains(#""id":null"#))
    client.send(String(repeating: "x", count: 4000) + framed(ping(1)))
    #expect(client.body() == pong(1))
    #expect(host.core.state.withLock { $0.rejected } == ["request.tooLarge"])

    client.send("Content-Length: 4001\r\n\r\nxxx")
    #expect(client.body()?.contains("request.tooLarge") == true)
    #expect(client.rest() == "")
    #expect(await host.eventually { host.core.state.withLock { $0.closed[1] } == .framing })
    host.end()
  }

  @Test func `a line that is too long is answered at once, and given up at four times the limit`() async throws {
    var limits = Limits()
    limits.messageBytes = 1000
    let host = try TestHost(limits)
    let client = try host.client()
    client.send("[" + String(repeating: "1", count: 1500))
    #expect(client.line()?.contains("request.tooLarge") == true)
    client.send("1]\n" + ping(1) + "\n")
    #expect(client.line() == pong(1))
    client.send("[" + String(repeating: "1", count: 1500))
    #expect(client.line()?.contains("request.tooLarge") == true)
    client.send(String(repeating: "1", count: 5000))
    #expect(client.rest() == "")
    host.end()
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "ESh"), ("POST /rpc HTTP/1.1\r\n\r\n", "JSON-RPC"),
    ("hello there\r\n\r\n", "framing"), ("Content-Type: x\r\n\r\n{}", #""start":"Content-Type: x\\r\\n"#),
    ("12345\n", "framing"),
  ])
  func `who speaks something else is told so and closed`(text: String, answer: String) async throws {
    let host = try TestHost()
    let client = try host.client()
    client.send(text)
    let said = client.rest()
    #expect(said.contains(answer), "\(said)")
    // The listener lives on.
    let next = try host.client()
    next.send(ping(1) + "\n")
    #expect(next.line() == pong(1))
    host.end()
  }

  @Test func `a client that says no more is still answered`() async throws {
    let host = try TestHost()
    let client = try host.client()
    client.send(ping(1) + "\n" + ping(2))
    client.endOfInput()
    #expect(client.rest() == pong(1) + "\n" + pong(2) + "\n")
    #expect(await host.eventually { host.core.state.withLock { $0.closed.count } == 1 })
    host.end()
  }

  @Test func `what a client said before it vanished is heard`() async throws {
    let host = try TestHost()
    try host.client().send(ping(1) + "\n" + ping(2) + "\n")
    #expect(await host.eventually { host.core.state.withLock { $0.closed.count == 1 } })
    #expect(host.core.state.withLock { $0.pinged } == 2)
    host.end()
  }

  @Test func `a closed connection hears its answers and then the end`() async throws {
    let host = try TestHost()
    let client = try host.client()
    client.send(ping(1) + "\n" + #"{"jsonrpc":"2.0","method":"bye"}"# + "\n" + ping(2) + "\n")
    #expect(client.rest() == pong(1) + "\n")
    #expect(await host.eventually { host.core.state.withLock { $0.closed[1] } == .host })
    host.end()
  }

  @Test func `a paused connection keeps what it has, and goes on with it`() async throws {
    let host = try TestHost()
    let client = try host.client()
    client.send(#"{"jsonrpc":"2.0","method":"pause"}"# + "\n" + ping(1) + "\n")
    #expect(await host.eventually { host.core.state.withLock { $0.reads } > 0 })
    client.send(ping(2) + "\n")
    #expect(host.core.state.withLock { $0.pinged } == 0)
    let connection = try #require(host.core.state.withLock { $0.opened.first })
    host.desk.execute { connection.resumeReading() }
    #expect(client.line() == pong(1))
    #expect(client.line() == pong(2))
    host.end()
  }

  @Test func `a client that reads nothing is not read, others are served, and nothing is lost`() async throws {
    let host = try TestHost()
    let client = try host.client()
    let bytes = Array((0..<30_000).map { ping($0) + "\n" }.joined().utf8)

    let sent = client.sendWithoutWaiting(bytes)
    #expect(sent < bytes.count)
    let other = try host.client()
    other.send(ping(1) + "\n")
    #expect(other.line() == pong(1))
    #expect(host.core.state.withLock { $0.mostOutgoing } < 1 << 20)

    Thread.detach { [output = client.output] in
      var sent = sent
      while sent < bytes.count {
        let step = unsafe bytes.withUnsafeBytes { unsafe write(output, $0.baseAddress! + sent, bytes.count - sent) }
        guard step > 0 else { return }
        sent += step
      }
    }
    #expect(client.lines(30_000) == 30_000)
    host.end()
  }

  @Test func `a client that reads nothing for too long is closed`() async throws {
    var limits = Limits()
    limits.stalledReaderSeconds = 1
    let host = try TestHost(limits)
    let client = try host.client()
    for id in 0..<3 { client.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"big"}"# + "\n") }
    #expect(await host.eventually { host.core.state.withLock { $0.closed[1] } == .stalledReader })
    host.end()
  }

  @Test func `a message that never ends is closed`() async throws {
    var limits = Limits()
    limits.partialFrameWarningSeconds = 0
    limits.partialFrameSeconds = 1
    let host = try TestHost(limits)
    let (partial, idle) = (try host.client(), try host.client())
    partial.send("{\"jsonrpc\"")
    #expect(partial.rest() == "")
    #expect(await host.eventually { host.core.state.withLock { $0.closed[1] } == .partialFrame })
    idle.send(ping(1) + "\n")
    #expect(idle.line() == pong(1))
    host.end()
  }

  @Test func `one client too many is told so in its own framing`() async throws {
    var limits = Limits()
    limits.connections = 2
    let host = try TestHost(limits)
    let clients = [try host.client(), try host.client()]
    for client in clients {
      client.send(ping(1) + "\n")
      #expect(client.line() == pong(1))
    }
    // The desk lets the client in only when its words are there: the time in which they must come does not count.
    let gate = DispatchSemaphore(value: 0)
    host.desk.execute { gate.wait() }
    let framing = try host.client()
    framing.send(framed(ping(1)))
    gate.signal()
    let told = try #require(framing.body())
    #expect(told.contains("-32007") && told.contains("retryAfterMs"))
    #expect(framing.rest() == "")
    let silent = try host.client()
    #expect(silent.rest().contains("-32007"))
    #expect(host.core.state.withLock { $0.opened.count } == 2)

    clients[0].send(#"{"jsonrpc":"2.0","method":"bye"}"# + "\n")
    #expect(clients[0].rest() == "")
    clients[0].endOfInput()
    #expect(await host.eventually { host.core.state.withLock { $0.closed.count } == 1 })
    let next = try host.client()
    next.send(ping(1) + "\n")
    #expect(next.line() == pong(1))
    host.end()
  }

  @Test func `the socket is its owner's, and goes with the listener`() async throws {
    let host = try TestHost()
    var status = stat()
    #expect(unsafe stat(host.path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    host.listener.close()
    #expect(UnixSocket.identity(host.path) == nil)
    host.end()
  }

  @Test func `a group may be let in`() async throws {
    let host = try TestHost()
    let path = temporaryFolder() + "/group.sock"
    let listener = try UnixListener.open(path: path, group: "\(getegid())", server: host.server)
    var status = stat()
    #expect(unsafe stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o660)
    #expect(status.st_gid == getegid())
    #expect(throws: TransportError.noSuchGroup("no-such-group")) {
      _ = try UnixListener.open(path: path + "2", group: "no-such-group", server: host.server)
    }
    listener.close()
    host.end()
  }

  @Test func `a socket that a crash left is taken over, a living one is not`() async throws {
    let host = try TestHost()
    #expect(throws: TransportError.inUse(path: host.path)) {
      _ = try UnixListener.open(path: host.path, server: host.server)
    }
    let folder = temporaryFolder()
    let stale = try UnixSocket.listen(path: folder + "/stale.sock", group: nil)
    close(stale)
    let listener = try UnixListener.open(path: folder + "/stale.sock", server: host.server)
    let client = Client(try dial(folder + "/stale.sock"))
    client.send(ping(1) + "\n")
    #expect(client.line() == pong(1))
    listener.close()

    let file = unsafe open(folder + "/file", O_CREAT | O_WRONLY, 0o600)
    close(file)
    #expect(throws: TransportError.notASocket(path: folder + "/file")) {
      _ = try UnixListener.open(path: folder + "/file", server: host.server)
    }
    let long = folder + "/" + String(repeating: "x", count: 120)
    #expect(throws: TransportError.pathTooLong(long, limit: 107)) {
      _ = try UnixListener.open(path: long, server: host.server)
    }
    host.end()
  }
}
