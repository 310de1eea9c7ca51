import CBareLoop
import Glibc
import Jansson
import ShellTime
import ZoneRules

/// A generated school with its host, in a folder of the run's own.
final class BellSchool {
  let host: ChildProcess
  let client: Client
  let platform: BellPlatform
  private let zone: LocalTime
  /// Chats that the school has by itself; the conferences go round them.
  private let chats: [String]

  init(_ paths: Workshop.Paths, folder: String) throws {
    let log = try Files.openLog("\(folder)/log")
    let data = "\(folder)/data"
    Text.say("making a school")
    let generate = ["school", "generate", "--pupils", "60", "--seed", "7", "--password", "x", "--data", data]
    try ChildProcess.run([paths.esh] + generate, log: log)
    let socket = "\(folder)/host.sock"
    host = try ChildProcess(
      [
        paths.esh, "serve", "--socket", socket, "--data", data, "--manifests", paths.manifests, "--plugins",
        paths.plugins,
      ], log: log)
    client = try Client(socket: socket)
    try Station.signIn(client)
    platform = BellPlatform(esh: paths.esh, data: data, scratch: "\(folder)/asked", log: log)
    let organization = try client.result(Message("session/get"))["user"]?["organization"]
    zone = LocalTime(zone: organization?["timeZone"]?.string ?? "UTC")
    chats = try Self.chats(client)
  }

  /// They are made without anyone asking, a moment after the first start.
  private static func chats(_ client: Client) throws -> [String] {
    for _ in 0..<200 {
      let page = try client.result(Message("registry/query", #"{"registry":"sferum","tab":"chats","limit":500}"#))
      let chats = (page["rows"]?.array ?? []).compactMap { $0["id"]?.string }
      if !chats.isEmpty { return chats }
      usleep(100_000)
    }
    throw BenchError("the school has no chats")
  }

  static var nowMs: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// Calls of three quarters of an hour, each for everybody of its chat.
  func add(_ count: Int, from start: Int64) throws {
    let (date, starts) = local(start)
    let (last, ends) = local(start + 45 * 60_000)
    guard date == last else { throw BenchError("too near to midnight in the school's zone") }
    for number in 0..<count {
      try client.result(
        .command(
          "videoconferences.addConference",
          """
          {"kind":"call","name":"Созвон \(number)","chat":"\(chats[number % chats.count])","date":"\(date)",\
          "starts":"\(starts)","ends":"\(ends)"}
          """))
    }
  }

  /// `2026-09-01` and `08:30`.
  private func local(_ ms: Int64) -> (date: String, time: String) {
    let text = RFC3339.text(ms + zone.offset(atMs: ms) * 1000)
    return (String(text.prefix(10)), String(text.dropFirst(11).prefix(5)))
  }

  /// Conferences that have not begun yet, as the registry says.
  func waiting() throws -> Int {
    let query = #"{"registry":"sferum","tab":"conferences","filter":{"status":"Новая"},"limit":1}"#
    return try client.result(Message("registry/query", query))["total"]?.int ?? 0
  }
}

/// What the platform tells of itself, by `esh max …`.
struct BellPlatform {
  let esh: String
  let data: String
  let scratch: String
  let log: Int32

  func asked(_ words: String...) throws -> [JSONValue] {
    let output = unsafe open(scratch, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw BenchError("cannot write \(scratch)") }
    defer { close(output) }
    try ChildProcess.run([esh, "max"] + words + ["--json", "--data", data], output: output, log: log)
    return try JSONValue(parsing: try Files.read(output)).array ?? []
  }
}
