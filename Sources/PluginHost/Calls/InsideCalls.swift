import Synchronization

/// Calls whose thread is inside the plugin's code right now, here or in a runner.
final class InsideCalls: Sendable {
  private let calls = Mutex<[UInt64: String]>([:])

  func enter(_ id: UInt64, _ call: PluginCall) {
    // Only the name's storage is shared here; the words are made when somebody is told.
    calls.withLock { $0[id] = call.name }
  }

  /// Whether it was inside.
  @discardableResult
  func leave(_ id: UInt64) -> Bool { calls.withLock { $0.removeValue(forKey: id) != nil } }

  func contains(_ id: UInt64) -> Bool { calls.withLock { $0[id] != nil } }

  var count: Int { calls.withLock { $0.count } }

  /// A name of one of them, for messages.
  var anyName: String? { calls.withLock { $0.values.min() } }
}
