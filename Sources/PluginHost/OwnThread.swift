import CRunner

#if canImport(Glibc)
  import Glibc
#endif

/// A thread outside of libdispatch's pool, which would count a blocked one against its width, wake for its idle ones
/// and watch them once a second.
enum OwnThread {
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Signals that no plugin's code is to be interrupted by: all but those that it raises itself, as on the threads of
  /// libdispatch.
  private static let notTheirs: sigset_t = {
    var signals = sigset_t()
    unsafe sigfillset(&signals)
    for own in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS, SIGPIPE] { unsafe sigdelset(&signals, own) }
    return signals
  }()

  /// Starts one that ends with `run`. `name`: what `top -H` shows, its first 15 bytes; `stack`: bytes, nil: the system's
  /// default. False: the process has no thread left.
  static func start(_ name: String, stack: Int? = nil, _ run: @escaping @Sendable () -> Void) -> Bool {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    if let stack { unsafe pthread_attr_setstacksize(&attributes, stack) }
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let named = Body {
      unsafe runner_name_thread(String(decoding: name.utf8.prefix(15), as: UTF8.self))
      run()
    }
    let body = unsafe Unmanaged.passRetained(named).toOpaque()
    // A new thread has the mask of the one that starts it.
    var (blocked, before) = (Self.notTheirs, sigset_t())
    unsafe pthread_sigmask(SIG_SETMASK, &blocked, &before)
    let status = unsafe pthread_create(
      &thread, &attributes,
      { pointer in
        if let pointer = unsafe pointer { unsafe Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run() }
        return nil
      }, body)
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    unsafe pthread_attr_destroy(&attributes)
    if status != 0 { unsafe Unmanaged<Body>.fromOpaque(body).release() }
    return status == 0
  }
}
