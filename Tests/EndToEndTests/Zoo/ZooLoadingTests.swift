import Foundation
import Jansson
import Testing

/// Libraries that go wrong while they are loaded.
struct ZooLoadingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let defines: [String]
    var linking = ["-ljansson"]
    /// What `plugin/list` says.
    let words: String
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "segfault", defines: ["LOADING *(volatile int *)8 = 1"], words: "SIGSEGV"),
    Case(name: "exit", defines: ["LOADING exit(7)"], words: "exit status 7"),
    Case(name: "hang", defines: ["LOADING for (;;) pause()"], words: "took longer"),
    Case(name: "wrong ABI", defines: ["ZOO_ABI 9"], words: "asks ABI 9.0"),
    Case(name: "missing symbol", defines: ["ZOO_UNDEFINED"], words: "undefined symbol: nobody_has_this"),
    Case(
      name: "second jansson", defines: [], linking: ["-Wl,-Bsymbolic", "-Wl,-Bstatic", "-ljansson", "-Wl,-Bdynamic"],
      words: "its own copy of jansson"),
  ]

  @Test(arguments: cases)
  func `I2: a library that can't be loaded says why, and the rest works`(broken: Case) throws {
    let zoo = try Zoo(defines: broken.defines, linking: broken.linking)
    let neighbour = try Neighbour(zoo.host)
    let refusal = try zoo.refusal("well")
    #expect(refusal.code == -32006 && refusal.data["plugin"] == "zoo", "\(refusal)")
    let line = try zoo.status()
    #expect(line["state"] == "failed")
    #expect(line["error"]?.string?.contains(broken.words) == true, "\(line.text())")
    #expect(zoo.folder.logText().contains(broken.words))
    let (answered, troubles) = neighbour.leave()
    #expect(troubles == [] && answered > 0)
  }

  @Test(arguments: ["runner", "inproc"])
  func `I2: a changed library takes the old one's place with no restart and no lost call`(place: String) throws {
    let table = ["ZOO_TABLE \"zoo.endless\"", "ZOO_ROWS \"SELECT 'a' AS id, 'x' AS name\""]
    let zoo = try Zoo(defines: table, options: ["--isolation", "zoo=\(place)"])
    #expect(try zoo.run("well")["result"] == true)
    func title() throws -> JSONValue? {
      try zoo.client.call("registry/query", ["registry": "cages"])["columns"]?[0]?["title"]
    }
    #expect(try title() == "Name")
    let caller = try Neighbour(zoo.host, "command/execute", ["command": "zoo.well", "arguments": [:]])
    let library = "\(zoo.folder.path)/libraries/libZoo.so"
    for generation in 2...4 {
      let defines = ["WELL json_integer(\(generation))", "ZOO_TITLE \"Name \(generation)\""] + table
      try Zoo.compile(to: library, defines, ["-ljansson"], in: zoo.folder)
      let outcome = try zoo.client.call("plugin/reload", ["plugin": "zoo"])
      #expect(outcome["generation"] == JSONValue(generation), "\(outcome.text())")
      #expect(try zoo.run("well")["result"] == JSONValue(generation))
      #expect(try awaited(within: 30) { try title() == JSONValue("Name \(generation)") ? true : nil } == true)
    }
    // One that does not work leaves the old one where it is.
    try Zoo.compile(to: library, ["ZOO_UNDEFINED"], ["-ljansson"], in: zoo.folder)
    let refusal = try zoo.client.refusal("plugin/reload", ["plugin": "zoo"])
    #expect(refusal.kind == "plugin.notReloaded" && refusal.message.contains("nobody_has_this"), "\(refusal)")
    #expect(try zoo.run("well")["result"] == 4)
    let (answered, troubles) = caller.leave()
    #expect(troubles == [] && answered > 0)
  }
}
