import Foundation
import Glibc
import Jansson
import Testing

/// One host a folder, its signals, its exit statuses, and who may come in.
struct ProcessTests {
  @Test func `a second host on the folder says which process holds it and exits 1`() throws {
    let host = try HostUnderTest.start(SchoolFolder.empty())

    let second = try CommandRun.esh("serve", "--data", host.folder.path)

    #expect(second.end == .status(1))
    #expect(second.errors.contains("\(host.process.id)"), "\(second.errors)")
    #expect(try host.client().call("ping") == [:])
  }

  @Test func `a socket left by a crash is taken over`() throws {
    let folder = try SchoolFolder.empty()
    try UnixSocketAddress.abandon(folder.socket)

    let host = try HostUnderTest.start(folder)
    #expect(try host.client().call("ping") == [:])
    host.process.killAndWait()
    let next = try HostUnderTest.start(folder)

    #expect(try next.client().call("ping") == [:])
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `a signal drains what runs and exits 0`(signal: Int32) throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client()

    // The ping behind it is answered only when the slow sign-in has started.
    let login = try client.begin("session/login", ["login": "nobody", "password": "x"])
    try client.call("ping")
    host.process.send(signal)

    #expect(try client.answer(to: login)["error"]?["data"]?["kind"] == "session.invalid")
    #expect(try client.ends())
    #expect(host.process.wait(within: 20) == .status(0), "\(host.folder.logText())")
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `a signal that comes with the first connection drains and exits 0 like any other`(signal: Int32) throws {
    let folder = try SchoolFolder.empty()
    for _ in 0..<12 {
      let host = try HostUnderTest.start(folder)  // returns as soon as the socket takes a connection
      host.process.send(signal)

      #expect(host.process.wait(within: 20) == .status(0), "\(folder.logText())")
    }
  }

  @Test func `a signal ends the host soon even while the platform is being asked for news`() throws {
    let person = try Person.with("employee")
    let host = try HostUnderTest.start(SchoolFolder())
    _ = try host.client(signedInAs: person).ask(for: person.phone)
    _ = try #require(try host.platform.question(for: person.phone))

    host.process.send(SIGTERM)

    #expect(host.process.wait(within: 20) == .status(0), "\(host.folder.logText())")
  }

  @Test func `on stdio, exit without shutdown and the end of input are 1, after shutdown 0`() throws {
    let abrupt = try HostUnderTest.overStdio(SchoolFolder.empty())
    try abrupt.greetedStdio().notify("exit")
    #expect(abrupt.process.wait(within: 30) == .status(1))

    let cut = try HostUnderTest.overStdio(SchoolFolder.empty())
    try cut.greetedStdio().finishWriting()
    #expect(cut.process.wait(within: 30) == .status(1))

    let orderly = try HostUnderTest.overStdio(SchoolFolder.empty())
    let client = try orderly.greetedStdio()
    try client.call("shutdown")
    client.finishWriting()
    #expect(orderly.process.wait(within: 30) == .status(0))
  }

  @Test func `--user signs the stdio client in`() throws {
    let person = try Person.with("pupil")
    let host = try HostUnderTest.overStdio(SchoolFolder(), ["--user", person.login])
    let client = try host.greetedStdio()

    #expect(try client.call("session/get")["user"]?["login"]?.string == person.login)
    #expect(try client.shortcuts() == [Manual.bindShortcut])
  }

  @Test(
    arguments: [
      (["nonsense"], 64), (["serve", "--nonsense"], 64), (["serve", "--clock", "tomorrow"], 64), (["call"], 64),
      (["serve", "--user", "somebody"], 64), (["school", "generate", "--pupils", "many"], 64),
      (["call", "ping"], 0), (["call", "no/such"], 1), (["call", "ping", "{broken"], 64), (["health"], 0),
      (["call", "ping", "--socket", "no-such-socket"], 1), (["max", "inbox", "--phone", "+79000000000"], 1),
      (["plugin", "check", "no-such-manifest.json"], 1),
    ] as [([String], Int32)])
  func `exit statuses: 0 done, 1 refused or failed, 64 wrong usage`(arguments: [String], status: Int32) throws {
    let folder = try SchoolFolder.empty()
    let takesNoFolder = arguments[0] == "nonsense" || arguments[0] == "plugin"

    let run = try CommandRun([BuildProducts.esh] + arguments + (takesNoFolder ? [] : ["--data", folder.path]))

    #expect(run.end == .status(status), "\(arguments): \(run.errors)\(run.output)")
  }

  @Test func `the folder, its files and the socket are their owner's alone`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    _ = try host.platform.log()  // by then the platform has written its files too
    #expect(try permissions(host.folder.path) & 0o077 == 0)
    #expect(try permissions(host.folder.socket) == 0o600)
    for name in try FileManager.default.contentsOfDirectory(atPath: host.folder.path) {
      #expect(try permissions("\(host.folder.path)/\(name)") & 0o077 == 0, "\(name)")
    }
  }

  @Test(.enabled(if: getuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")))
  func `another OS user is turned away even where the socket's mode would let them in`() throws {
    let outside = "\(NSTemporaryDirectory())/esh-e2e-\(UUID().uuidString.prefix(13)).sock"
    let host = try HostUnderTest.start(SchoolFolder.empty(), socket: outside)
    defer { try? FileManager.default.removeItem(atPath: outside) }  // the host may have removed it
    try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: outside)

    let ask =
      "import socket,sys;s=socket.socket(socket.AF_UNIX);s.settimeout(10);s.connect(sys.argv[1]);"
      + "s.sendall(b'{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\\n');print(s.recv(100))"
    let own = try CommandRun(["/usr/bin/env", "python3", "-c", ask, outside])
    let foreign = try CommandRun(
      ["/usr/bin/setpriv", "--reuid=65534", "--clear-groups", "/usr/bin/python3", "-c", ask, outside])

    #expect(own.output.contains("result"), "\(own.errors)")
    #expect(!foreign.output.contains("result"))
    withExtendedLifetime(host) {}
  }

  @Test func `commands go through the running host, and open the folder themselves when there is none`() throws {
    let folder = try SchoolFolder()
    let alone = try CommandRun.esh("user", "list", "--role", "pupil", "--json", "--data", folder.path).json()
    let host = try HostUnderTest.start(folder)
    let through = try CommandRun.esh("user", "list", "--role", "pupil", "--json", "--data", folder.path).json()

    #expect(alone.array?.count == 60)
    #expect(through == alone)
    withExtendedLifetime(host) {}
  }

  @Test func `the same seed gives the same school`() throws {
    let folder = try SchoolFolder.empty()
    let made = try CommandRun.esh(
      "school", "generate", "--pupils", "60", "--seed", "7", "--clock", SchoolFolder.clock, "--password", "another",
      "--data", folder.path)
    #expect(made.succeeded)

    let list = try CommandRun.esh("user", "list", "--json", "--data", folder.path).json()

    let people = try SchoolFolder.people()
    #expect((list.array ?? []).compactMap(Person.init) == people)
  }

  private func permissions(_ path: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? -1
  }
}
