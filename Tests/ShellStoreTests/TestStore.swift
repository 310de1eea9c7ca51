import Foundation
import Jansson
import ShellStore
import ShellTime
import Testing

/// A store in a folder of its own, which goes with it.
final class TestStore {
  let folder: URL
  let clock: ManualClock
  private(set) var store: Store

  var path: String { folder.appendingPathComponent("esh.sqlite").path }

  init(readers: Int = 4) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("esh-store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    clock = ManualClock(1_700_000_000_000)
    store = try Store(path: folder.appendingPathComponent("esh.sqlite").path, clock: clock, readers: readers)
  }

  deinit {
    // try?: what cannot be removed is the system's to clean.
    try? store.close()
    try? FileManager.default.removeItem(at: folder)
  }

  func reopen() throws {
    try store.close()
    store = try Store(path: path, clock: clock)
  }

  func read(_ sql: String, _ bindings: JSONValue? = nil, policy: StatementPolicy? = nil) throws -> JSONValue {
    try store.transact(.read) { try $0.query(sql, bindings, policy: policy) }
  }

  @discardableResult
  func write(_ sql: String, _ bindings: JSONValue? = nil, policy: StatementPolicy? = nil) throws -> JSONValue {
    try store.transact(.write) { try $0.query(sql, bindings, policy: policy) }
  }
}

/// True for `StoreError.refused`.
func isRefusal(_ error: any Error) -> Bool {
  if case StoreError.refused = error { return true }
  return false
}

/// The reason of a migration's error.
func migrationReason(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch StoreError.migration(_, let step, let reason) {
    return "\(step): \(reason)"
  } catch {
    return "another error: \(error)"
  }
}
