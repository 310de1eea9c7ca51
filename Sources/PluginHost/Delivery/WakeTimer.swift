import Dispatch
import ShellTime
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Wakes the deliveries at an instant of the host's clock.
package protocol WakeTimer: Sendable {
  /// Runs `action` once when the clock shows `ms`, in place of what was asked before; nil: never. The action
  /// is the same at each call.
  func wake(atMs ms: Int64?, _ action: @escaping @Sendable () -> Void)
}

/// A timer on the machine's clock. No thread and no wake-up while nothing is awaited.
package final class SystemWakeTimer: WakeTimer {
  // Of its own: those of the global queues are watched by a timer that never ends.
  private let queue = DispatchQueue(label: "esh.deliveries.timer")
  private let timer = Mutex<(source: (any DispatchSourceTimer)?, atMs: Int64?)>((nil, nil))

  package init() {}

  package func wake(atMs ms: Int64?, _ action: @escaping @Sendable () -> Void) {
    timer.withLock { timer in
      guard timer.atMs != ms else { return }
      timer.source?.cancel()
      timer = (nil, ms)
      guard let ms else { return }
      let fresh = DispatchSource.makeTimerSource(queue: queue)
      fresh.setEventHandler { [weak self] in
        self?.timer.withLock { $0 = (nil, nil) }
        action()
      }
      // On the wall clock: a job at eight stays at eight when the clock is set.
      let instant = timespec(tv_sec: Int(ms / 1000), tv_nsec: Int(ms % 1000) * 1_000_000)
      fresh.schedule(wallDeadline: DispatchWallTime(timespec: instant), leeway: .milliseconds(2))
      fresh.activate()
      timer.source = fresh
    }
  }
}

/// No timer: whoever moves a manual clock runs what falls due.
package struct NoWakeTimer: WakeTimer {
  package init() {}
  package func wake(atMs ms: Int64?, _ action: @escaping @Sendable () -> Void) {}
}
