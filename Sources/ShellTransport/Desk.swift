import NIOCore
import NIOPosix

/// The one thread that owns connections, sessions, windows and everything else that changes.
///
/// What runs on it must not wait: a read that a client could notice is ten microseconds long.
package final class Desk: Sendable {
  private let group: MultiThreadedEventLoopGroup
  let loop: any EventLoop
  /// Connections that were written to outside of a read; touched on the desk only.
  private let unflushed: NIOLoopBoundBox<[WireConnection]>

  package init() {
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    loop = group.next()
    unflushed = .makeBoxSendingValue([], eventLoop: loop)
  }

  /// Whether the caller runs on the desk.
  package var isCurrent: Bool { loop.inEventLoop }

  /// Runs `work` on the desk, after what was asked for before. From any thread.
  package func execute(_ work: @escaping @Sendable () -> Void) { loop.execute(work) }

  /// Runs `work` on the desk in so many milliseconds of real time. From any thread.
  @discardableResult
  package func schedule(afterMs delay: Int64, _ work: @escaping @Sendable () -> Void) -> DeskTimer {
    DeskTimer(scheduled: loop.scheduleTask(in: .milliseconds(max(0, delay)), work))
  }

  /// Runs `work` on the desk and waits for what it returns. Not from the desk itself.
  package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await loop.submit(work).get()
  }

  /// Ends the thread, once what runs now is done. Not from the desk itself.
  package func shutDown() async throws { try await group.shutdownGracefully() }

  /// Writes out what a connection was given outside of a read, once everything that is due now has run: answers that
  /// come back from other threads together leave together.
  func flushSoon(_ connection: WireConnection) {
    unflushed.value.append(connection)
    guard unflushed.value.count == 1 else { return }
    loop.execute { [self] in
      let due = unflushed.value
      unflushed.value.removeAll()
      for connection in due { connection.flush() }
    }
  }
}

/// Something that the desk will do later, unless it is cancelled.
package struct DeskTimer: Sendable {
  let scheduled: Scheduled<Void>

  /// From any thread; nothing happens when it has run or was cancelled before.
  package func cancel() { scheduled.cancel() }
}
