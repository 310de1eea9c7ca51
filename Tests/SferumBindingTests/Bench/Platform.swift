import Foundation
import PlatformSimulator
import ShellTime

/// The platform of a test: the real simulator over HTTP, with a clock that the test moves.
final class Platform: Sendable {
  static let start: Int64 = 1_775_026_671_000

  let clock: ManualClock
  let simulator: Simulator
  let client: SimulatorClient
  let url: String
  /// Everything of the test: the platform's state, and the schools' folders.
  let folder: String

  init(limits: RateLimits = .none) async throws {
    let clock = ManualClock(Self.start)
    let folder = NSTemporaryDirectory() + "esh-binding-\(UUID().uuidString)"
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    simulator = try Simulator(
      stateFile: "\(folder)/max.sqlite", clock: { clock.nowMs }, options: SimulatorOptions(limits: limits))
    let port = try await simulator.start()
    url = "http://127.0.0.1:\(port)"
    client = try SimulatorClient(address: url, controlToken: simulator.controlToken)
    self.clock = clock
    for (index, name) in ["Мария", "Пётр", "Анна", "Админ"].enumerated() {
      _ = try await client.addUser(phone: Self.phone(index + 1), name: name)
    }
  }

  deinit {
    // A bare task: nobody awaits the end of a test's platform.
    Task { [simulator, folder] in
      await simulator.stop()
      try? FileManager.default.removeItem(atPath: folder)  // the temporary folder is swept anyway
    }
  }

  /// A folder for a school.
  func newFolder() throws -> String {
    let path = "\(folder)/school-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// `+7912000000N`; 1…4 are registered.
  static func phone(_ number: Int) -> String { "+7912000000\(number)" }

  func fault(
    _ operation: String, _ kind: String, status: Int? = nil, times: Int? = nil, ms: Int64? = nil
  ) async throws {
    _ = try await client.addFault(
      FaultRequest(operation: operation, kind: kind, status: status, times: times, ms: ms))
  }

  /// Requests that had an effect or might have had one: `METHOD path effect`, without the query.
  func effects(_ effect: String = "applied") async throws -> [String] {
    try await client.log().filter { $0.effect == effect }.map { entry in
      "\(entry.method) \(entry.path.prefix { $0 != "?" })"
    }
  }

  func applied(_ operation: String) async throws -> Int {
    try await effects().filter { $0.hasPrefix(operation) }.count
  }

  func status(of user: String) async throws -> [String] {
    try await client.bindings().filter { $0.externalUserId == user }.map(\.status)
  }
}
