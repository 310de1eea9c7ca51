import Foundation
import Jansson
import Synchronization

/// A school with `Fixtures/zoo.c` among its plugins.
struct Zoo {
  static let id = "zoo"
  static let animals = [
    "well", "segfault", "thread", "abort", "stack", "loop", "deadlock", "never", "exit", "sigpipe", "flood", "hold",
    "huge", "deep", "twice", "liar", "memory", "prints", "query", "parent", "socket", "fork", "owner", "limit", "slow",
    "reads", "writes",
  ]

  let folder: SchoolFolder
  let host: HostUnderTest
  let client: WireClient

  /// `defines`: as the fixture has them; `options`: of the host; `callMs`: short only where a call is to be late.
  init(defines: [String] = [], linking: [String] = ["-ljansson"], options: [String] = [], callMs: Int = 15_000) throws {
    folder = try SchoolFolder()
    let libraries = try NativePlugin.libraries(in: folder, without: "none")
    try Self.compile(to: "\(libraries)/libZoo.so", defines, linking, in: folder)
    let manifests = "\(folder.path)/manifests"
    try FileManager.default.createDirectory(atPath: manifests, withIntermediateDirectories: true)
    _ = try folder.write(Self.manifest(callMs).text(), to: "manifests/zoo.json")
    host = try HostUnderTest.start(
      folder, ["--plugins", libraries, "--manifests", BuildProducts.manifests, "--manifests", manifests] + options)
    client = try host.client(signedInAs: Person.administrator())
  }

  static func compile(to library: String, _ defines: [String], _ linking: [String], in folder: SchoolFolder) throws {
    let names = animals.map { "\"\(id).\($0)\"" }.joined(separator: ", ")
    let header = try folder.write(
      (["ZOO_ID \"\(id)\"", "ZOO_COMMANDS \(names)"] + defines).map { "#define \($0)" }.joined(separator: "\n") + "\n",
      to: "zoo.h")
    let fresh = "\(library).new"
    let run = try CommandRun(
      [
        "/usr/bin/env", "cc", "-std=c11", "-O0", "-shared", "-fPIC", "-pthread", "-include", header,
        "-I\(BuildProducts.root)/Sources/CShellPlugin/include", fixture, "-o", fresh,
      ] + linking)
    guard run.succeeded else { throw TestTrouble("the zoo does not compile: \(run.errors)") }
    // As a build does it: a new file in the place of the old.
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: fresh)
    guard unsafe rename(fresh, library) == 0 else { throw TestTrouble("no library: \(errno)") }
  }

  private static let fixture = "\(BuildProducts.folder(of: BuildProducts.folder(of: "\(#filePath)")))/Fixtures/zoo.c"

  private static func manifest(_ callMs: Int) -> JSONValue {
    [
      "manifestVersion": 1, "id": JSONValue(id), "version": "1.0.0", "title": ["ru": "Зверинец", "en": "Zoo"],
      "library": "libZoo.so", "abi": ["major": 1, "minor": 0],
      "limits": ["callMs": JSONValue(callMs), "memoryMB": 256],
      "publishes": ["events": ["zoo.happened"]],
      "contributes": [
        "registries": [["id": "cages", "title": ["ru": "Клетки", "en": "Cages"]]],
        "tabs": [
          ["registry": "cages", "id": "cages", "title": ["ru": "Клетки", "en": "Cages"], "table": "zoo.endless"]
        ],
        "commands": JSONValue(
          animals.map { animal in
            [
              "id": JSONValue("\(id).\(animal)"), "title": ["ru": JSONValue(animal), "en": JSONValue(animal)],
              "access": "signedIn", "params": ["type": "object", "properties": ["path": ["type": "string"]]],
            ] as JSONValue
          }),
      ],
    ]
  }

  func run(_ animal: String, _ arguments: JSONValue = .emptyObject) throws -> JSONValue {
    try client.call(
      "command/execute", ["command": JSONValue("\(Self.id).\(animal)"), "arguments": arguments])
  }

  func refusal(_ animal: String) throws -> Refusal {
    try client.refusal("command/execute", ["command": JSONValue("\(Self.id).\(animal)"), "arguments": [:]])
  }

  /// Its line of `plugin/list`.
  func status() throws -> JSONValue {
    let line = try client.call("plugin/list").array?.first { $0["id"]?.string == Self.id }
    guard let line else { throw TestTrouble("no zoo in plugin/list") }
    return line
  }
}

/// Somebody who asks the same thing again and again, on a thread and a connection of his own, and writes down whatever
/// goes wrong.
final class Neighbour: Sendable {
  private struct State {
    var answered = 0
    var longest = Duration.zero
    var troubles: [String] = []
    var isOver = false
  }

  private let state = Mutex(State())
  private let ended = DispatchSemaphore(value: 0)
  private let method: String
  private let params: JSONValue

  /// One who works with the school's own plugins.
  convenience init(_ host: HostUnderTest) throws {
    try self.init(host, "registry/query", ["registry": "pupils", "limit": 20, "search": "а"])
  }

  init(_ host: HostUnderTest, _ method: String, _ params: JSONValue) throws {
    (self.method, self.params) = (method, params)
    let client = try host.client(signedInAs: Person.with("employee"))
    let carried = Carried(client)
    Thread.detachNewThread { [self] in
      repeat { look(carried.client) } while !state.withLock { $0.isOver || $0.troubles.count > 10 }
      ended.signal()
    }
  }

  private struct Carried: @unchecked Sendable {
    // Safe to send: handed over for good.
    let client: WireClient
    init(_ client: WireClient) { self.client = client }
  }

  private func look(_ client: WireClient) {
    do {
      let time = try ContinuousClock().measure { try client.call(method, params, within: 15) }
      state.withLock { state in
        state.answered += 1
        state.longest = max(state.longest, time)
      }
    } catch {
      state.withLock { $0.troubles.append("\(error)") }
    }
  }

  /// The longest that one answer took so far.
  var longest: Duration { state.withLock { $0.longest } }

  /// Ends it; what went wrong, and how often nothing did.
  func leave() -> (answered: Int, troubles: [String]) {
    state.withLock { $0.isOver = true }
    ended.wait()
    return state.withLock { ($0.answered, $0.troubles) }
  }
}
