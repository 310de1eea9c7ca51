import Dispatch
import Synchronization

/// Something that is worked out on a thread of its own while the caller does something else.
final class Beside<Value: Sendable>: Sendable {
  private let outcome = Mutex<Value?>(nil)
  private let done = DispatchGroup()

  init(_ work: @escaping @Sendable () -> Value) {
    DispatchQueue(label: "esh.beside").async(group: done) { [self] in
      let value = work()
      outcome.withLock { $0 = value }
    }
  }

  /// What came of it; waits for that.
  var value: Value {
    done.wait()
    guard let value = outcome.withLock({ $0 }) else { preconditionFailure("the work ended without a value") }
    return value
  }
}
