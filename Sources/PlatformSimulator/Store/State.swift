import Crypto
import Foundation
import GRDB

#if canImport(Glibc)
  import Glibc
#endif

/// The simulator's memory: one SQLite file of its own.
struct State: Sendable {
  let database: DatabaseQueue
  /// What the bot sends as `Authorization`.
  let botToken: String
  /// What the control interface asks for.
  let controlToken: String

  /// Opens the file, makes it (mode 0600) when it isn't there, and brings its tables up to date.
  init(path: String) throws {
    try State.makePrivateFile(path)
    var configuration = Configuration()
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      // A platform does not forget what it has answered, not even when the power fails.
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA cache_size = -512")
    }
    database = try DatabaseQueue(path: path, configuration: configuration)
    try State.migrations.migrate(database)
    (botToken, controlToken) = try database.write { db in
      (try State.secret(db, named: "botToken"), try State.secret(db, named: "controlToken"))
    }
  }

  /// SQLite would make the file readable for everybody; its journals then take the mode of the file.
  private static func makePrivateFile(_ path: String) throws {
    let descriptor = unsafe open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SimulatorError.cannotOpenState(path: path, reason: errorText()) }
    defer { close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0 else {
      throw SimulatorError.cannotOpenState(path: path, reason: errorText())
    }
  }

  private static func secret(_ db: Database, named name: String) throws -> String {
    if let kept = try value(db, name) { return kept }
    let made = randomText(bytes: 32)
    try setValue(db, name, made)
    return made
  }
}

extension State {
  /// A value kept under a name, such as the last port.
  static func value(_ db: Database, _ name: String) throws -> String? {
    try String.fetchOne(db, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name])
  }

  static func setValue(_ db: Database, _ name: String, _ value: String) throws {
    try db.execute(
      sql:
        "INSERT INTO meta(name, value) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
      arguments: [name, value]
    )
  }
}

/// Random bytes as base64url without padding.
func randomText(bytes count: Int) -> String {
  unsafe base64URL(
    SymmetricKey(size: SymmetricKeySize(bitCount: count * 8)).withUnsafeBytes { unsafe Data($0) }
  )
}

func base64URL(_ data: Data) -> String {
  data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}

/// The words for `errno`.
func errorText() -> String {
  unsafe String(cString: strerror(errno))
}
