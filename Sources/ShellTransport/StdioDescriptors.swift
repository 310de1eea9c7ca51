import Glibc

/// The process's real standard input and output, moved away before any code of others can print on them.
package struct StdioDescriptors: Sendable {
  /// Private, closed on exec; at least 3.
  package let input: CInt
  package let output: CInt

  /// Descriptors that are the caller's own, for tests and for a wire that came another way.
  package init(input: CInt, output: CInt) {
    self.input = input
    self.output = output
  }

  /// Call it first of all, while the process has one thread. Afterwards whatever a library prints lands on stderr,
  /// whoever reads stdin finds its end, and a reader that goes away is an error code, not a signal.
  package static func protect() throws -> StdioDescriptors {
    _ = signal(SIGPIPE, SIG_IGN)
    // 1. A descriptor that the parent left closed would be the next one that somebody opens.
    for descriptor in 0..<3 as Range<CInt> where fcntl(descriptor, F_GETFD) < 0 {
      guard unsafe open("/dev/null", O_RDWR) == descriptor else { throw failure("open", "/dev/null") }
    }
    // 2. Keep the real ones, 3. put harmless ones in their place.
    let input = fcntl(0, F_DUPFD_CLOEXEC, 3)
    let output = fcntl(1, F_DUPFD_CLOEXEC, 3)
    guard input >= 0, output >= 0 else { throw failure("dup", "stdio") }
    let null = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard null >= 0, dup2(null, 0) == 0, dup2(2, 1) == 1 else { throw failure("dup2", "stdio") }
    close(null)
    return StdioDescriptors(input: input, output: output)
  }
}

/// Raises the number of files that the process may have open as far as it is allowed to: a thousand clients need more
/// than the usual 1,024. Call it before threads start.
package func raiseOpenFilesLimit() {
  var limit = rlimit()
  guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
  limit.rlim_cur = limit.rlim_max
  // As far as it goes: with fewer files there is room for fewer clients, which is told when it matters.
  unsafe _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
