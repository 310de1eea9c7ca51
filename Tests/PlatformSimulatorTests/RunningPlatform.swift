import AsyncHTTPClient
import Foundation
import NIOCore
import PlatformSimulator
import Synchronization

/// A clock that moves only when told to.
final class TestClock: Sendable {
  private let ms: Mutex<Int64>

  init(_ ms: Int64 = 1_775_000_000_000) { self.ms = Mutex(ms) }

  var now: Int64 { ms.withLock { $0 } }

  func advance(ms step: Int64) { ms.withLock { $0 += step } }
}

/// A simulator on a state file of its own, with a client of each of its interfaces.
final class RunningPlatform: Sendable {
  struct Answer: Sendable {
    var status: Int
    var headers: [String: String]
    var body: Data

    /// Nil when the body is no JSON.
    var json: Any? { try? JSONSerialization.jsonObject(with: body) }

    /// A field behind a path of keys and indices.
    subscript(_ path: String) -> Any? {
      path.split(separator: ".").reduce(json) { value, key in
        if let list = value as? [Any], let index = Int(key) {
          return list.indices.contains(index) ? list[index] : nil
        }
        return (value as? [String: Any])?[String(key)]
      }
    }

    func text(_ path: String) -> String? { self[path] as? String }
    func number(_ path: String) -> Int64? { (self[path] as? NSNumber)?.int64Value }
    func list(_ path: String) -> [Any] { self[path] as? [Any] ?? [] }
  }

  static let phone = "79120000001"

  let folder: String
  let clock: TestClock
  let simulator: Simulator
  let port: Int
  let control: SimulatorClient

  /// Limits are off unless a test is about them.
  init(
    in folder: String? = nil,
    clock: TestClock = TestClock(),
    limits: RateLimits = .none,
    elapsed: @escaping @Sendable () -> Int64 = { 0 }
  ) async throws {
    self.folder = try folder ?? RunningPlatform.makeFolder()
    self.clock = clock
    simulator = try Simulator(
      stateFile: self.folder + "/platform.sqlite",
      clock: { clock.now },
      options: SimulatorOptions(limits: limits, announcementFolder: self.folder, elapsed: elapsed)
    )
    port = try await simulator.start()
    control = try SimulatorClient(folder: self.folder)
  }

  static func makeFolder() throws -> String {
    let path = NSTemporaryDirectory() + "platform-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// Stops it and removes its folder.
  func end() async {
    await simulator.stop()
    try? FileManager.default.removeItem(atPath: folder)  // a leftover in the temporary folder harms nobody
  }

  /// A request of the bot.
  ///
  /// `token` nil: no header.
  func send(
    _ method: String,
    _ target: String,
    _ body: String? = nil,
    token: String?,
    headers: [String: String] = [:]
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(target)")
    request.method = .RAW(value: method)
    if let token { request.headers.add(name: "Authorization", value: token) }
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body { request.body = .bytes(ByteBuffer(string: body)) }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
    let content = try await response.body.collect(upTo: 1 << 22)
    return Answer(
      status: Int(response.status.code),
      headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first },
      body: Data(content.readableBytesView)
    )
  }

  func send(
    _ method: String,
    _ target: String,
    _ body: String? = nil,
    headers: [String: String] = [:]
  ) async throws -> Answer {
    try await send(method, target, body, token: simulator.botToken, headers: headers)
  }
}

/// Runs a test against a fresh simulator with one person on it.
func withPlatform(
  limits: RateLimits = .none,
  elapsed: @escaping @Sendable () -> Int64 = { 0 },
  _ body: (RunningPlatform, UserRegistration) async throws -> Void
) async throws {
  let platform = try await RunningPlatform(limits: limits, elapsed: elapsed)
  do {
    let person = try await platform.control.addUser(phone: RunningPlatform.phone, name: "Pupil 07")
    try await body(platform, person)
  } catch {
    await platform.end()
    throw error
  }
  await platform.end()
}

extension RunningPlatform {
  /// Sends a message with the two buttons of a binding and returns its mid.
  func sendButtons(to person: UserRegistration, binding: String = "b1") async throws -> String {
    let answer = try await send(
      "POST",
      "/messages?user_id=\(person.userId)",
      RunningPlatform.buttons(binding)
    )
    return answer.text("message.body.mid") ?? ""
  }

  static func buttons(_ binding: String) -> String {
    """
    {"text":"Class 7A","attachments":[{"type":"inline_keyboard","payload":{"buttons":[[
    {"type":"callback","text":"Подключить","payload":"bind:\(binding):yes"},
    {"type":"callback","text":"Не подключать","payload":"bind:\(binding):no"}]]}}]}
    """
  }

  func bind(
    user: String = "u1",
    phone: String = RunningPlatform.phone,
    key: String? = nil,
    more: String = ""
  ) async throws -> Answer {
    try await send(
      "POST",
      "/sferum/v1/bindings",
      """
      {"external_user_id":"\(user)","phone":"\(phone)","role":"teacher","last_name":"L","first_name":"F",
      "organization":{"id":"1","name":"School"}\(more)}
      """,
      headers: key.map { ["Idempotency-Key": $0] } ?? [:]
    )
  }

  /// Effects of the logged requests whose path begins so.
  func effects(_ method: String, _ path: String) async throws -> [String] {
    try await control.log().filter { $0.method == method && $0.path.hasPrefix(path) }.map(\.effect)
  }
}
