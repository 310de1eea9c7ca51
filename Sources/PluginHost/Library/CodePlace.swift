import Dispatch
import Synchronization

/// Where code that is being opened is kept, so that nothing of it goes on running when it is given up.
final class CodePlace: Sendable {
  private let kept = Mutex<(code: (any PluginCode)?, reason: String?)>((nil, nil))

  var code: (any PluginCode)? { kept.withLock { $0.reason == nil ? $0.code : nil } }

  func keep(_ code: any PluginCode) {
    let reason = kept.withLock { kept in
      kept.code = code
      return kept.reason
    }
    if let reason { _ = code.kill(because: reason) }
  }

  func abandon(because reason: String) {
    let code = kept.withLock { kept in
      kept.reason = reason
      return kept.code
    }
    _ = code?.kill(because: reason)
  }
}

/// A result on its way from a queue to the loading queue, which alone may wait.
final class ResultSlot<Value: Sendable>: Sendable {
  private let value = Mutex<Result<Value, PluginLoadError>?>(nil)
  private let filled = DispatchSemaphore(value: 0)

  func fill(_ result: Result<Value, PluginLoadError>) {
    value.withLock { $0 = result }
    filled.signal()
  }

  func wait(limitMs: Int64) -> Result<Value, PluginLoadError>? {
    guard filled.wait(timeout: .now() + .milliseconds(Int(limitMs))) == .success else { return nil }
    return value.withLock { $0 }
  }
}
