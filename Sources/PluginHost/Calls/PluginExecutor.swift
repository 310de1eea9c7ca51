import Dispatch
import Synchronization

/// Where a plugin's code runs: one call at a time, or up to `width` at once when its manifest says
/// "parallel". Work starts in the order in which it came.
final class PluginExecutor: Sendable {
  /// Calls that a parallel plugin runs at once.
  static let parallelWidth = 16

  /// Of a serial plugin.
  private let queue: DispatchQueue
  private let label: String
  private let width: Int
  private let state = Mutex((running: 0, waiting: [@Sendable () -> Void]()))

  init(plugin: String, parallel: Bool) {
    width = parallel ? Self.parallelWidth : 1
    label = "esh.plugin.\(plugin)"
    queue = DispatchQueue(label: label)
  }

  func run(_ work: @escaping @Sendable () -> Void) {
    guard width > 1 else { return queue.async(execute: work) }
    let starts = state.withLock { state -> Bool in
      guard state.running < width else {
        state.waiting.append(work)
        return false
      }
      state.running += 1
      return true
    }
    if starts { start(work) }
  }

  // A bound of our own and a serial queue for each: a concurrent queue would answer blocked calls with ever more
  // threads, and libdispatch would watch them once a second from then on.
  private func start(_ work: @escaping @Sendable () -> Void) {
    DispatchQueue(label: label).async { [self] in
      work()
      let next = state.withLock { state -> (@Sendable () -> Void)? in
        guard !state.waiting.isEmpty else {
          state.running -= 1
          return nil
        }
        return state.waiting.removeFirst()
      }
      if let next { start(next) }
    }
  }
}
