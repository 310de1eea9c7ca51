import CBareLoop
import Glibc
import Jansson

/// A small school with the zoo among its plugins.
final class ZooSchool {
  static let animals = [
    "well", "segfault", "abort", "stack", "loop", "deadlock", "exit", "flood", "huge", "deep", "twice", "memory",
    "prints",
  ]

  private let paths: Workshop.Paths
  private let folder: String
  private let log: Int32

  init(_ paths: Workshop.Paths, folder: String) throws {
    self.paths = paths
    self.folder = folder
    log = try Files.openLog("\(folder)/log")
    Text.say("making a school")
    let generate = ["school", "generate", "--pupils", "60", "--password", "x", "--data", "\(folder)/data"]
    try ChildProcess.run([paths.esh] + generate, log: log)
    for name in ["manifests", "plugins"] { try Files.makeFolder("\(folder)/\(name)") }
    let commands = Self.animals.map {
      #"{"id":"zoo.\#($0)","title":"\#($0)","access":"signedIn","params":{"type":"object"}}"#
    }
    try Files.write(
      """
      {"manifestVersion": 1, "id": "zoo", "version": "1.0.0", "title": "Zoo", "library": "libZoo.so",
       "abi": {"major": 1, "minor": 0}, "limits": {"callMs": 1000, "memoryMB": 256},
       "publishes": {"events": ["zoo.happened"]}, "contributes": {"commands": [\(commands.joined(separator: ", "))]}}
      """, to: "\(folder)/manifests/zoo.json")
    let names = Self.animals.map { "\"zoo.\($0)\"" }.joined(separator: ", ")
    try Files.write("#define ZOO_ID \"zoo\"\n#define ZOO_COMMANDS \(names)\n", to: "\(folder)/zoo.h")
    try ChildProcess.run(
      [
        "cc", "-O1", "-shared", "-fPIC", "-pthread", "-include", "\(folder)/zoo.h", "-I",
        "\(paths.repository)/\(Workshop.headers)", "\(paths.repository)/Tests/EndToEndTests/Fixtures/zoo.c", "-o",
        "\(folder)/plugins/libZoo.so", "-ljansson",
      ], log: log)
  }

  private var socket: String { "\(folder)/host.sock" }

  /// A host whose zoo runs in that place, for the length of `body`, on the cores of `placement`, which what it starts
  /// inherits.
  func withHost(_ place: String, _ placement: Placement, _ body: (Client) throws -> Void) throws {
    let host = try ChildProcess(
      [
        paths.esh, "serve", "--socket", socket, "--data", "\(folder)/data", "--manifests", paths.manifests, "--plugins",
        paths.plugins, "--manifests", "\(folder)/manifests", "--plugins", "\(folder)/plugins", "--isolation",
        "zoo=\(place)",
      ], log: log)
    defer { host.stop() }
    let client = try visitor()
    host.pin(placement)
    bench_pin(0, placement.client)
    try body(client)
  }

  /// One more client, signed in.
  func visitor() throws -> Client {
    let client = try Client(socket: socket)
    try Station.signIn(client)
    return client
  }
}
