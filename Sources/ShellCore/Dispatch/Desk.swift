/// The one thread that owns connections, sessions and windows: the event loop.
///
/// Everything in this folder runs on it, so there are no locks here. What is `@unchecked Sendable` may be
/// carried through other threads by a closure, and is touched only back on the desk.
package protocol Desk: AnyObject, Sendable {
  /// Whether the caller runs on the desk already.
  var isCurrent: Bool { get }

  /// Runs `action` on the desk, after what was handed in before it.
  func execute(_ action: @escaping @Sendable () -> Void)

  /// Runs `action` on the desk once `ms` milliseconds (0 or more) have passed.
  func schedule(afterMs ms: Int64, _ action: @escaping @Sendable () -> Void) -> any DeskAlarm
}

/// A scheduled action that may still be called off.
package protocol DeskAlarm: Sendable {
  /// Calls the action off. Does nothing once it has run. Desk only.
  func cancel()
}

/// The way out of one connection; the transport frames what goes in and writes it.
package protocol Outlet: AnyObject {
  /// Takes one whole message of JSON text, without framing. The bytes are copied or kept before it returns,
  /// and the order of calls is the order on the wire.
  func send(_ message: [UInt8])

  /// Writes what was sent so far and closes the connection.
  func close()
}
