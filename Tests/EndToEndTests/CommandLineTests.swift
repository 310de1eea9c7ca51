import Glibc
import Jansson
import Testing

/// The executable as people and scripts use it.
struct CommandLineTests {
  @Test func `esh demo shows every step and ends with 0`() throws {
    let folder = try SchoolFolder.empty()

    let run = try CommandRun([BuildProducts.esh, "demo", "--data", folder.path], within: 120)

    #expect(run.succeeded, "\(run.errors)\(run.output)")
    for words in [
      Manual.badPhone, Manual.sent, "Отвязать аккаунт от Сферума", "статус «Завершена»",
      "урок проведён, его дата больше не жирная",
    ] { #expect(run.output.contains(words)) }
  }

  @Test func `several commands at once on a folder without a host all get their turn`() throws {
    let folder = try SchoolFolder()
    let processes = try (0..<4).map { _ in
      try ChildProcess([BuildProducts.esh, "health", "--data", folder.path])
    }

    #expect(processes.map { $0.wait(within: 30) } == Array(repeating: .status(0), count: 4))
  }

  @Test func `esh user add makes one account a person`() throws {
    let folder = try SchoolFolder()
    let password = try folder.write("a-long-secret\n", to: "password")
    let pupil = try CommandRun.esh(
      "call", "registry/query", #"{"registry": "pupils", "limit": 1}"#, "--data", folder.path
    ).json()["rows"]?[0]

    let second = try CommandRun.esh(
      "user", "add", "one.more", "--role", "pupil", "--person", pupil?["id"]?.string ?? "", "--password-file", password,
      "--data", folder.path)
    let added = try CommandRun.esh(
      "user", "add", "one.more", "--role", "employee", "--name", "Новый Пётр Ильич", "--password-file", password,
      "--data", folder.path)

    #expect(second.end == .status(1), "everybody of a generated school has an account")
    #expect(added.succeeded, "\(added.errors)")
    let host = try HostUnderTest.start(folder)
    let welcome = try host.client().call("session/login", ["login": "one.more", "password": "a-long-secret"])
    #expect(welcome["user"]?["displayName"] == "Новый Пётр Ильич")
  }

  @Test func `the platform may stand by itself, and its host finds it by its address`() throws {
    let person = try Person.with("employee")
    let folder = try SchoolFolder()
    let output = try PipeEnds()
    let platform = try ChildProcess(
      [BuildProducts.esh, "max", "serve", "--data", folder.path], output: output.writing)
    defer { platform.killAndWait() }
    close(output.writing)
    defer { close(output.reading) }
    try #require(ready(output.reading, until: Deadline(within: 20)))
    var line = [UInt8](repeating: 0, count: 200)
    let count = unsafe line.withUnsafeMutableBytes { unsafe read(output.reading, $0.baseAddress, $0.count) }
    let address = String(decoding: line.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self)

    let host = try HostUnderTest.start(folder, ["--platform", address])
    let client = try host.client(signedInAs: person)
    try host.bind(person, on: client)

    #expect(try client.boundPhone() == person.shownPhone)
    platform.send(SIGTERM)
    #expect(platform.wait(within: 30) == .status(0))
  }

  @Test func `rpc.discover names every method of the protocol, each with its schema`() throws {
    let host = try HostUnderTest.start(SchoolFolder.empty(), ["--clock", "manual:2026-09-01T08:00:00+03:00"])
    let document = try host.bareClient().call("rpc.discover")
    let methods = document["methods"]?.array ?? []
    let expected = [
      "initialize", "shutdown", "exit", "ping", "$/cancelRequest", "session/login", "session/logout", "session/get",
      "desktop/get", "startMenu/open", "shortcut/open", "command/list", "command/execute", "window/get", "window/set",
      "window/press", "window/select", "window/edit", "window/close", "window/render", "table/query", "registry/list",
      "registry/query", "registry/subscribe", "registry/unsubscribe", "plugin/list", "plugin/enable",
      "plugin/disable", "health/get", "metrics/get", "clock/get", "clock/advance", "rpc.discover",
    ]

    let names = Set(methods.compactMap { $0["name"]?.string })
    #expect(Set(expected).subtracting(names) == [])
    for method in methods {
      for param in method["params"]?.array ?? [] {
        #expect(param["schema"]?.isObject == true, "\(method["name"]?.text() ?? "")")
      }
    }
  }

  @Test(arguments: ["school", "max-platform", "sferum-binding", "chats", "class-journal", "videoconferences"])
  func `I3: esh plugin check finds nothing wrong with the plugins that we ship, however they are called`(id: String)
    throws
  {
    let run = try CommandRun(
      [
        BuildProducts.esh, "plugin", "check", "\(BuildProducts.manifests)/\(id).json", "--plugins",
        BuildProducts.plugins, "--json", "--calls", "200", "--starts", "5",
      ], within: 240)
    #expect(run.succeeded, "\(run.output)\(run.errors)")
    // What a build for debugging has and an installed one has not.
    let report = try JSONValue(parsing: run.output)
    let remarks = (report["findings"]?.array ?? []).compactMap { $0["id"]?.string }
    #expect(Set(remarks).isSubset(of: ["library.runPath", "library.exports"]), "\(run.output)")
    #expect((report["tried"]?["cancelled"]?.int ?? 0) > 100)
  }
}
