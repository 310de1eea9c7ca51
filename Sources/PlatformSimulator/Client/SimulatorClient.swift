import Foundation

/// Why the control interface did not do what was asked.
package enum SimulatorClientError: Error, Equatable, CustomStringConvertible {
  /// No simulator is announced in the folder.
  case notAnnounced(folder: String)
  case invalidAddress(String)
  case unreachable(port: Int, reason: String)
  /// The simulator's own answer.
  ///
  /// `message` can be shown.
  case refused(status: Int, code: String, message: String)

  package var description: String {
    switch self {
    case .notAnnounced(let folder): "no platform simulator has left its address in \(folder)"
    case .invalidAddress(let text): "'\(text)' is no address of a simulator on this machine"
    case .unreachable(let port, let reason): "no platform simulator answers on port \(port): \(reason)"
    case .refused(_, _, let message): message
    }
  }
}

/// The control interface of a running simulator: people, presses, chats, faults, the log.
package struct SimulatorClient: Sendable {
  /// An error answer.
  private struct Refused: Decodable {
    var code: String
    var message: String
  }

  private let http: LoopbackHTTP
  private let controlToken: String

  /// A client of the simulator at `http://127.0.0.1:PORT`.
  package init(address: String, controlToken: String) throws(SimulatorClientError) {
    guard let http = LoopbackHTTP(address: address) else { throw .invalidAddress(address) }
    self.http = http
    self.controlToken = controlToken
  }

  /// Finds the simulator by the files that it left in a folder.
  package init(folder: String) throws(SimulatorClientError) {
    guard let address = try? String(contentsOfFile: "\(folder)/\(Announcement.urlName)", encoding: .utf8),
      let file = FileManager.default.contents(atPath: "\(folder)/\(Announcement.tokenName)"),
      let tokens = try? JSONDecoder().decode(Announcement.Tokens.self, from: file)
    else { throw .notAnnounced(folder: folder) }  // whatever is missing or broken, the cure is to start one
    try self.init(
      address: address.trimmingCharacters(in: .whitespacesAndNewlines),
      controlToken: tokens.control
    )
  }

  /// Values as the commands print them with `--json`: sorted keys, no indentation, no newline at the end.
  package static func json(_ value: some Encodable) throws -> String {
    String(decoding: try ControlJSON.encode(value), as: UTF8.self)
  }
}

extension SimulatorClient {
  /// Registers somebody.
  ///
  /// The phone in any spelling; a known phone gets the new name.
  package func addUser(phone: String, name: String) async throws -> UserRegistration {
    try await post("/control/users", ["phone": phone, "name": name])
  }

  package func addUsers(_ users: [(phone: String, name: String)]) async throws -> BulkRegistration {
    try await post("/control/users/bulk", ["users": users.map { ["phone": $0.phone, "name": $0.name] }])
  }

  package func users() async throws -> [RegisteredUser] { try await get("/control/users") }

  /// The person's dialog with the community, newest first.
  package func inbox(phone: String) async throws -> [InboxMessage] {
    let escaped = phone.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? phone
    return try await get("/control/inbox?phone=\(escaped)")
  }

  /// Presses the button in the newest message of the person that has it.
  package func press(phone: String, button: String) async throws -> PressedButton {
    try await post("/control/press", ["phone": phone, "button": button])
  }

  /// The person stops the bot, or starts it again.
  ///
  /// Returns whether that changed anything.
  package func setStopped(_ stopped: Bool, phone: String) async throws -> Bool {
    let answer: [String: Bool] = try await post(
      stopped ? "/control/stop" : "/control/start",
      ["phone": phone]
    )
    return answer["changed"] ?? false
  }

  package func bindings() async throws -> [BindingSummary] { try await get("/control/bindings") }

  package func addFault(_ fault: FaultRequest) async throws -> FaultSummary {
    try await post("/control/faults", fault)
  }

  package func faults() async throws -> [FaultSummary] { try await get("/control/faults") }

  /// Ends all faults.
  ///
  /// Returns how many there were.
  package func clearFaults() async throws -> Int {
    let answer: [String: Int] = try await call("DELETE", "/control/faults", body: nil)
    return answer["cleared"] ?? 0
  }

  /// Every request received, oldest first.
  package func log() async throws -> [LoggedRequest] { try await get("/control/log") }

  /// The simulator's instant, RFC 3339.
  package func now() async throws -> String {
    let answer: [String: String] = try await get("/control/clock")
    return answer["now"] ?? ""
  }

  func get<T: Decodable>(_ path: String) async throws -> T {
    try await call("GET", path, body: nil)
  }

  func post<T: Decodable>(_ path: String, _ body: some Encodable) async throws -> T {
    try await call("POST", path, body: try ControlJSON.encode(body))
  }

  /// A change of the platform; returns whether there was anything to do.
  func change(_ action: String, _ body: some Encodable) async throws -> Bool {
    let answer: [String: Bool] = try await post("/control/\(action)", body)
    return answer["changed"] ?? false
  }

  private func call<T: Decodable>(_ method: String, _ path: String, body: Data?) async throws -> T {
    let response = try await http.send(method, path, authorization: controlToken, body: body)
    guard response.status == 200 else {
      // Not our error body: somebody else listens there.
      let refused = try? JSONDecoder().decode(Refused.self, from: response.body)
      throw SimulatorClientError.refused(
        status: response.status,
        code: refused?.code ?? "http.\(response.status)",
        message: refused?.message ?? "the simulator answered \(response.status)"
      )
    }
    return try JSONDecoder().decode(T.self, from: response.body)
  }
}
