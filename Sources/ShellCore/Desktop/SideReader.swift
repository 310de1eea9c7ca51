import Dispatch
import Synchronization

/// A second core for reads: when one client asks for many pages at once, some are read beside the desk. One page
/// alone is answered faster on the desk than a thread can be woken.
final class SideReader: Sendable {
  private let queue = DispatchQueue(label: "esh.side-reader")
  private let waiting = Atomic<Int>(0)

  /// Requests of one connection in flight from which on the second core helps.
  private static let crowd = 4
  /// Pages that may wait beside the desk; more would make the desk idle.
  private static let most = 8

  /// A queue to read on; nil when the desk should do it. Whoever takes gives back.
  func take(inFlight: Int) -> DispatchQueue? {
    guard inFlight >= Self.crowd, waiting.load(ordering: .relaxed) < Self.most else { return nil }
    waiting.add(1, ordering: .relaxed)
    return queue
  }

  func give() { waiting.subtract(1, ordering: .relaxed) }
}

/// Reads that may take long, each plugin's one after the other: whoever has slow tables waits for nobody but himself.
final class PatientReader: Sendable {
  /// Reads of one plugin that may wait.
  private static let most = 32

  private struct Line {
    let queue: DispatchQueue
    var waiting = 0
  }
  private let lines = Mutex<[String: Line]>([:])

  /// False: too many of that plugin wait.
  func read(_ plugin: String, _ work: @escaping @Sendable () -> Void) -> Bool {
    let queue = lines.withLock { lines -> DispatchQueue? in
      var line = lines[plugin] ?? Line(queue: DispatchQueue(label: "esh.reader.\(plugin)"))
      guard line.waiting < Self.most else { return nil }
      line.waiting += 1
      lines[plugin] = line
      return line.queue
    }
    queue?.async { [self] in
      work()
      lines.withLock { $0[plugin]?.waiting -= 1 }
    }
    return queue != nil
  }
}

/// The host's own small writes, one after the other, off the desk: a commit waits for the disk.
final class BackgroundWrites: Sendable {
  private let queue = DispatchQueue(label: "esh.background-writes")

  func write(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }

  /// Waits for what was handed in before. Not from the desk.
  func drain() { queue.sync {} }
}
