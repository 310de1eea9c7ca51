import Foundation
import Jansson
import Synchronization

/// A school's data folder of a test's own, removed with it.
final class SchoolFolder {
  static let password = "e2e-secret-7"
  let path: String

  /// A copy of the one school that is made for all tests: 60 pupils, seed 7.
  convenience init() throws {
    let template = try Self.template.get()
    try self.init(copying: template.path)
  }

  /// A folder with nothing in it.
  static func empty() throws -> SchoolFolder { try SchoolFolder(copying: nil) }

  private init(copying source: String?) throws {
    path = Self.newPath()
    let files = FileManager.default
    if let source {
      try files.copyItem(atPath: source, toPath: path)
    } else {
      try files.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
  }

  // What cannot be removed stays in the temporary folder, where the system clears it away.
  deinit { try? FileManager.default.removeItem(atPath: path) }

  var socket: String { "\(path)/esh.sock" }
  var log: String { "\(path)/host.log" }

  func logText() -> String {
    // No file yet: nothing was logged.
    (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
  }

  func write(_ text: String, to name: String) throws -> String {
    let file = "\(path)/\(name)"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    return file
  }

  // Short, since the path of a socket has room for 107 bytes.
  private static func newPath() -> String { "\(NSTemporaryDirectory())/esh-e2e-\(UUID().uuidString.prefix(13))" }

  private static let template: Result<SchoolTemplate, any Error> = Result { try SchoolTemplate() }

  /// When the school was made.
  static let clock = "manual:2026-09-01T08:00:00+03:00"

  /// Everybody who can sign in.
  static func people() throws -> [Person] { try template.get().people }

  private struct SchoolTemplate: Sendable {
    let path: String
    let people: [Person]

    init() throws {
      path = SchoolFolder.newPath()
      // In the school year of the tests' lessons, whatever the day is.
      let made = try CommandRun.esh(
        "school", "generate", "--pupils", "60", "--seed", "7", "--clock", SchoolFolder.clock, "--password",
        SchoolFolder.password, "--data", path)
      guard made.succeeded else { throw TestTrouble("no school was made: \(made.errors)") }
      let list = try CommandRun.esh("user", "list", "--json", "--data", path).json()
      people = (list.array ?? []).compactMap(Person.init)
      removeAtExit(path)
    }
  }
}

/// One account of the school.
struct Person: Sendable, Hashable {
  let login: String
  let name: String
  let roles: [String]
  let phone: String

  init?(_ json: JSONValue) {
    guard let login = json["login"]?.string, let name = json["name"]?.string,
      let phone = json["phone"]?.string, let roles = json["roles"]?.array
    else { return nil }
    (self.login, self.name, self.phone) = (login, name, phone)
    self.roles = roles.compactMap(\.string)
  }

  /// The `index`th person of that role who is nothing more than that.
  static func with(_ role: String, _ index: Int = 0) throws -> Person {
    let found = try SchoolFolder.people().filter { $0.roles == [role] }
    guard found.indices.contains(index) else { throw TestTrouble("the school has no \(role) number \(index)") }
    return found[index]
  }

  static func administrator() throws -> Person {
    guard let found = try SchoolFolder.people().first(where: { $0.roles.contains("administrator") }) else {
      throw TestTrouble("the school has no administrator")
    }
    return found
  }

  /// As B3 shows it: `+7 (9XX) XXX-XX-XX`.
  var shownPhone: String {
    let digits = phone.dropFirst(2).map(String.init)
    return
      "+7 (\(digits[0..<3].joined())) \(digits[3..<6].joined())-\(digits[6..<8].joined())-\(digits[8..<10].joined())"
  }
}

/// The template is shared by all tests, so only the end of the process removes it.
private func removeAtExit(_ path: String) {
  removedAtExit.paths.withLock { $0.append(path) }
  atexit {
    // What cannot be removed stays in the temporary folder.
    for path in removedAtExit.paths.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
  }
}

private let removedAtExit = RemovedAtExit()
private final class RemovedAtExit: Sendable {
  let paths = Mutex<[String]>([])
}
