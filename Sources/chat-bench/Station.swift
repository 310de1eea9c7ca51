import CShellPlugin
import Glibc
import Jansson
import Logging
import MaxPlatformPlugin
import PluginHost
import PluginKit
import ShellStore
import ShellTime

/// A host with the platform's plugin alone, on a folder of its own.
struct Station {
  private let folder: String
  private let store: Store
  private let host: PluginHost

  init(folder: String, manifest path: String) throws {
    guard unsafe mkdir(folder, 0o700) == 0 else { throw StationError("cannot make the folder \(folder)") }
    self.folder = folder
    // Its jobs are for tomorrow: what is measured is not disturbed by a platform that is not there.
    let clock = ManualClock(1_775_026_671_000)
    store = try Store(path: "\(folder)/esh.sqlite", clock: clock)
    let manifest = try Manifest(parsing: try Self.bytes(path), file: path)
    guard let table = unsafe PluginEntry.table(MaxPlatform.definition, hostMajor: 1) else {
      throw StationError("the plugin does not speak this host's ABI")
    }
    var configuration = PluginHostConfiguration()
    configuration.inProcess = ["max-platform": try unsafe PluginLibrary.inProcess(table)]
    var log = Logger(label: "chat-bench")
    log.logLevel = .error
    host = PluginHost(
      configuration, catalog: PluginHost.catalogSource([manifest]), store: store, clock: clock, logger: log)
  }

  /// Ties accounts to members of the platform, as if they had bound long ago.
  func link(_ people: Int) async throws {
    // The first call loads the plugin, which makes its tables.
    _ = try await put([])
    for start in stride(from: 0, to: people, by: 10_000) {
      let rows = (start..<min(start + 10_000, people)).map { number -> JSONValue in
        [JSONValue("account-\(number)"), JSONValue(1_000_000 + number), JSONValue("request-\(number)"), 0]
      }
      try store.transact(.write) { transaction in
        try transaction.insertMany(
          "INSERT INTO max_platform_members (user_id, member_id, request_id, since) VALUES (?, ?, ?, ?)",
          JSONValue(rows), policy: nil)
      }
    }
  }

  func put(_ chats: JSONValue) async throws -> JSONValue {
    try await host.call(PluginCall(.service, MaxPlatform.Wire.chatPut, params: ["chats": chats], trace: "bench"))
  }

  func preview(_ chats: JSONValue) async throws -> JSONValue {
    try await host.call(PluginCall(.service, MaxPlatform.Wire.chatPreview, params: ["chats": chats], trace: "bench"))
  }

  func remove() {
    host.stop()
    // try?: the files go anyway.
    try? store.close()
    for suffix in ["", "-wal", "-shm"] { unsafe _ = unlink("\(folder)/esh.sqlite\(suffix)") }
    unsafe _ = rmdir(folder)
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY)
    guard descriptor >= 0 else { throw StationError("cannot read \(path)") }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let size = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    guard size > 0 else { throw StationError("cannot read \(path)") }
    return Array(bytes.prefix(size))
  }
}

struct StationError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
