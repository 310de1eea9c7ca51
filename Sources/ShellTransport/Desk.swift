/// The one thread that owns connections, sessions, windows and everything else that changes.
///
/// What runs on it must not wait: a read that a client could notice is ten microseconds long.
package final class Desk: @unchecked Sendable {
  // Safe to share: `unflushed` is touched on the loop's thread only.
  let loop: EventLoop
  /// Connections that were written to outside of a read.
  private var unflushed: [WireConnection] = []

  package init() {
    loop = EventLoop(name: "esh.desk")
    loop.execute { [self] in
      loop.endOfTurn = { [unowned self] in flushDue() }
    }
  }

  /// Whether the caller runs on the desk.
  package var isCurrent: Bool { loop.isCurrent }

  /// Runs `work` on the desk, after what was asked for before. From any thread.
  package func execute(_ work: @escaping @Sendable () -> Void) { loop.execute(work) }

  /// The same; false when the desk has ended.
  package func tryExecute(_ work: @escaping @Sendable () -> Void) -> Bool { loop.execute(work) }

  /// Runs `work` on the desk in so many milliseconds of real time. From any thread.
  @discardableResult
  package func schedule(afterMs delay: Int64, _ work: @escaping @Sendable () -> Void) -> DeskTimer {
    loop.schedule(afterMs: delay, work)
  }

  /// Runs `work` on the desk and waits for what it returns. Not from the desk itself.
  package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let taken = loop.execute { continuation.resume(with: Result { try work() }) }
      if !taken { continuation.resume(throwing: DeskEnded()) }
    }
  }

  /// Ends the thread, once what runs now is done. Not from the desk itself, and once.
  package func shutDown() { loop.end() }

  /// Writes out what a connection was given outside of a read, once everything that is due now has run: answers that
  /// come back from other threads together leave together.
  func flushSoon(_ connection: WireConnection) { unflushed.append(connection) }

  private func flushDue() {
    guard !unflushed.isEmpty else { return }
    let due = unflushed
    unflushed = []
    for connection in due { connection.flush() }
  }
}

/// The desk has been shut down.
package struct DeskEnded: Error, CustomStringConvertible {
  package var description: String { "the desk has ended" }
}
