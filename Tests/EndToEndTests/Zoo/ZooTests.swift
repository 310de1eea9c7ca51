import Foundation
import Jansson
import Testing

/// Plugins that misbehave, against a host that others work with: whatever they do, the others get their answers, nothing
/// is lost, and the culprit is named in `plugin/list` and in the log.
struct ZooTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let animal: String
    /// The code of the refusal; nil: it answers.
    let code: Int?
    /// What its line in `plugin/list` says of the end of its process.
    var crash: String?
    var testDescription: String { animal }
  }

  static let crashes = [
    Case(animal: "segfault", code: -32006, crash: "SIGSEGV"), Case(animal: "thread", code: -32006, crash: "SIGSEGV"),
    Case(animal: "abort", code: -32006, crash: "SIGABRT"), Case(animal: "stack", code: -32006, crash: "SIGSEGV"),
    Case(animal: "memory", code: -32006, crash: "SIGABRT"), Case(animal: "exit", code: -32006, crash: "exit status 0"),
    Case(animal: "loop", code: -32008, crash: "did not end"),
    Case(animal: "deadlock", code: -32008, crash: "did not end"),
    Case(animal: "hold", code: -32008, crash: "did not end"), Case(animal: "query", code: -32008, crash: "did not end"),
  ]

  static let oddities = [
    Case(animal: "never", code: -32008), Case(animal: "deep", code: -32006),
    Case(animal: "liar", code: -32006), Case(animal: "twice", code: nil), Case(animal: "sigpipe", code: nil),
    Case(animal: "prints", code: nil), Case(animal: "flood", code: nil),
  ]

  @Test(arguments: crashes)
  func `I2: a plugin whose process ends is named, is started again, and nobody else notices`(zoo animal: Case) throws {
    // What is to crash may take its time; what is to be late, less.
    let zoo = try Zoo(callMs: animal.code == -32008 ? 4_000 : 15_000)
    #expect(try zoo.run("well")["result"] == true)
    #expect(try zoo.status()["process"] != nil, "a plugin from elsewhere runs in a process of its own")
    let neighbour = try Neighbour(zoo.host)

    let refusal = try zoo.refusal(animal.animal)
    #expect(refusal.code == animal.code, "\(refusal)")
    let line = try awaited(within: 30) { () -> JSONValue? in
      let line = try zoo.status()
      return line["crashes"] == 1 ? line : nil
    }
    #expect(line?["lastCrash"]?.string?.contains(animal.crash ?? "") == true, "\(line?.text() ?? "no crash is noted")")
    #expect(line?["lastCrash"]?.string?.contains("zoo.\(animal.animal)") == true, "\(line?.text() ?? "")")
    #expect(awaited(within: 20) { zoo.folder.logText().contains("plugin=zoo reason=") ? true : nil } == true)

    // After its rest it works as before.
    let again = try awaited(within: 30) { () -> JSONValue? in
      do { return try zoo.run("well") } catch let refusal as Refusal where refusal.code == -32006 {
        #expect(refusal.data["retryAfterMs"] != nil || refusal.kind == "plugin.crashed", "\(refusal)")
        return nil
      }
    }
    #expect(again?["result"] == true)
    // Whoever wants to write can: signing in does.
    _ = try zoo.host.client(signedInAs: Person.with("employee"))
    let (answered, troubles) = neighbour.leave()
    #expect(troubles == [] && answered > 0)
  }

  @Test func `I2: a table without an end keeps nobody waiting but who asks for it`() throws {
    let zoo = try Zoo(defines: ["ZOO_TABLE \"zoo.endless\""])
    #expect(try zoo.run("well")["result"] == true)
    let neighbour = try Neighbour(zoo.host)
    let refusal = try zoo.client.refusal("registry/query", ["registry": "cages"], within: 60)
    #expect(refusal.code == -32008 && refusal.kind == "table.slow", "\(refusal)")
    #expect(try zoo.client.refusal("registry/query", ["registry": "cages"], within: 60).data["plugin"] == "zoo")
    let (answered, troubles) = neighbour.leave()
    // The table is read for ten seconds.
    #expect(troubles == [] && answered > 10 && neighbour.longest < .seconds(5), "\(answered), \(neighbour.longest)")
    #expect(try zoo.status()["violations"]?.int ?? 0 > 0)
    #expect(zoo.folder.logText().contains("table=zoo.endless"))
  }

  @Test(arguments: oddities, ["runner", "inproc"])
  func `I2: what a plugin breaks without a crash is contained, wherever it runs`(zoo animal: Case, place: String) throws
  {
    let zoo = try Zoo(options: ["--isolation", "zoo=\(place)"], callMs: animal.code == -32008 ? 4_000 : 15_000)
    let neighbour = try Neighbour(zoo.host)
    if let code = animal.code {
      let refusal = try zoo.refusal(animal.animal)
      #expect(refusal.code == code, "\(refusal)")
    } else {
      let answer = try zoo.run(animal.animal)["result"]
      switch animal.animal {
      case "sigpipe": #expect(answer == ["done": false, "errno": 32])
      case "flood": #expect(answer == 10_000, "the budget of one transaction, and nothing of it stays")
      default: #expect(answer == true || answer == 1)
      }
    }
    let line = try zoo.status()
    #expect(line["state"] == "active")
    #expect(line["process"] == nil || place == "runner")
    switch animal.animal {
    case "twice":
      // The second comes after the answer.
      #expect(try awaited(within: 20) { try zoo.status()["lateCompletions"] == 1 ? true : nil } == true)
    case "liar", "deep": #expect(line["violations"] == 1)
    case "prints" where place == "runner":
      let isTold = awaited(within: 30) { zoo.folder.logText().contains("prints more than the log takes") ? true : nil }
      let log = zoo.folder.logText()
      #expect(isTold == true && log.contains("a line of the zoo 0") && !log.contains("a line of the zoo 19999"))
    default: break
    }
    #expect(try zoo.run("well")["result"] == true)
    let (answered, troubles) = neighbour.leave()
    #expect(troubles == [] && answered > 0)
  }

  @Test func `I2: a result of eighty megabytes harms nobody`() throws {
    let zoo = try Zoo(callMs: 1_500)
    let neighbour = try Neighbour(zoo.host)
    // Refused for its size, or for the memory or the time that it takes: that depends on the machine.
    let refusal = try zoo.refusal("huge")
    #expect([-32603, -32006, -32008].contains(refusal.code), "\(refusal)")
    let again = try awaited(within: 30) { () -> JSONValue? in
      do { return try zoo.run("well") } catch is Refusal { return nil }
    }
    #expect(again?["result"] == true)
    let (answered, troubles) = neighbour.leave()
    #expect(troubles == [] && answered > 0)
  }

  @Test(arguments: ["loop", "deadlock"])
  func `I2: calls are kept away from a plugin inside the host that does not come back`(animal: String) throws {
    let zoo = try Zoo(options: ["--isolation", "inproc"], callMs: 4_000)
    let neighbour = try Neighbour(zoo.host)
    #expect(try zoo.refusal(animal).code == -32008)
    let line = try awaited(within: 30) { () -> JSONValue? in
      let line = try zoo.status()
      return line["state"] == "failed" ? line : nil
    }
    #expect(line?["error"] == JSONValue("it does not come back from 'zoo.\(animal)'"))
    // Answered at once, and not by its own deadline.
    let refusal = try zoo.refusal("well")
    #expect(refusal.code == -32006 && refusal.data["plugin"] == "zoo")
    let words = "it does not come back from 'zoo.\(animal)'"
    #expect(awaited(within: 20) { zoo.folder.logText().contains(words) ? true : nil } == true)
    let (answered, troubles) = neighbour.leave()
    #expect(troubles == [] && answered > 0)
  }

  @Test func `I2: three crashes in five minutes are enough, and an administrator may try again`() throws {
    let zoo = try Zoo()
    for time in 1...3 {
      let isDown = try awaited(within: 20) { () -> Bool? in
        let refusal = try zoo.refusal("segfault")
        return refusal.kind == "plugin.crashed" ? true : nil
      }
      #expect(isDown == true, "crash \(time)")
    }
    let line = try zoo.status()
    #expect(line["state"] == "failed")
    #expect(line["error"]?.string?.contains("crashed 3 times in 5 minutes") == true, "\(line.text())")
    #expect(try zoo.refusal("well").code == -32006)
    try zoo.client.call("plugin/enable", ["plugin": "zoo"])
    #expect(try zoo.run("well")["result"] == true)
  }

  @Test func `I2: a runner has no network, starts nothing, signals nobody and touches no file`() throws {
    let zoo = try Zoo()
    #expect(try zoo.run("well")["result"] == true)
    let walls = try zoo.status()["walls"]?.array?.compactMap(\.string) ?? []
    // A kernel without seccomp builds no walls, and the host's log says so.
    guard FileManager.default.fileExists(atPath: "/proc/sys/kernel/seccomp/actions_avail") else {
      #expect(zoo.folder.logText().contains("without walls"))
      return
    }
    #expect(walls.contains("calls"))
    for animal in ["parent", "socket", "fork", "owner", "limit", "slow"] {
      #expect(try zoo.run(animal)["result"]?["done"] == false, "\(animal)")
    }
    let written = "\(zoo.folder.path)/written"
    #expect(try zoo.run("writes", ["path": JSONValue(written)])["result"]?["done"] == false)
    #expect(!FileManager.default.fileExists(atPath: written))
    if walls.contains("files") {
      let secret = JSONValue("\(zoo.folder.path)/esh.sqlite")
      #expect(try zoo.run("reads", ["path": secret])["result"]?["done"] == false)
    }
    #expect(try zoo.status()["crashes"] == nil)
  }

  @Test func `I2: a runner ends with its host, also one that is killed`() throws {
    let zoo = try Zoo()
    #expect(try zoo.run("well")["result"] == true)
    let process = Int32(try zoo.status()["process"]?.int ?? 0)
    try #require(process > 0)
    zoo.host.process.killAndWait()
    let isGone = awaited(within: 30) { () -> Bool? in
      // try?: no such process. One that has ended, and that nobody has asked about, is a zombie.
      guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
      return text.split(separator: ")").last?.drop { $0 == " " }.first == "Z" ? true : nil
    }
    #expect(isGone == true)
  }

  @Test func `I2: in safe mode no plugin is loaded, and one can be switched off`() throws {
    let zoo = try Zoo(options: ["--isolation", "inproc"])
    zoo.host.process.killAndWait()
    let host = try HostUnderTest.start(zoo.folder, ["--safe-mode"])
    let health = try host.client().call("health/get")
    #expect(health["plugins"]?.array?.allSatisfy { $0["state"] == "failed" } == true, "\(health.text())")
    let run = try CommandRun([BuildProducts.esh, "plugin", "list", "--data", zoo.folder.path])
    #expect(run.succeeded && run.output.contains("safe mode"), "\(run.output)\(run.errors)")
    let off = try CommandRun([BuildProducts.esh, "plugin", "disable", "chats", "--data", zoo.folder.path])
    #expect(off.succeeded, "\(off.errors)")
  }
}
