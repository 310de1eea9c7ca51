import Glibc

/// SIGTERM and SIGINT, which end a serving process in order.
///
/// They are blocked before the first thread starts, so that every thread inherits the mask, and then waited for. A
/// signal that comes too soon stays pending; a handler, or a dispatch source that is set up in the background, would
/// leave a gap in which it is lost.
package enum EndSignals {
  private static var set: sigset_t {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, SIGTERM)
    unsafe sigaddset(&set, SIGINT)
    return set
  }

  /// Keeps the signals from now on. On the main thread, before there is another.
  package static func hold() {
    var held = set
    unsafe pthread_sigmask(SIG_BLOCK, &held, nil)
  }

  /// Waits for one of them, sent from outside or by `send`.
  package static func wait() {
    var awaited = set
    var number: CInt = 0
    while unsafe sigwait(&awaited, &number) != 0 {}
  }

  /// Ends the wait from inside.
  package static func send() { kill(getpid(), SIGTERM) }
}
