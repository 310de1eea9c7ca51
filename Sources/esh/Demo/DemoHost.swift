import Glibc
import Terminal

/// The demonstration's host: this very executable in a process of its own.
final class DemoHost {
  private let id: pid_t
  private var status: Int32?

  init(_ arguments: [String]) throws {
    var words = unsafe (["esh"] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var started: pid_t = 0
    let code = unsafe posix_spawn(&started, "/proc/self/exe", nil, nil, &words, environ)
    guard code == 0 else {
      let reason = unsafe String(cString: strerror(code))
      throw HostError(ru: "сервер не запускается: \(reason)", en: "the host does not start: \(reason)")
    }
    id = started
  }

  var isRunning: Bool {
    if status == nil { collect(WNOHANG) }
    return status == nil
  }

  /// Asks it to end and waits; the exit status, or 128 and the signal's number.
  func end() -> Int32 {
    if status == nil {
      kill(id, SIGTERM)
      collect(0)
    }
    return status ?? -1
  }

  private func collect(_ options: Int32) {
    var raw: Int32 = 0
    var found = unsafe waitpid(id, &raw, options)
    while found < 0, errno == EINTR { found = unsafe waitpid(id, &raw, options) }
    if found == id { status = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + raw & 0x7f }
  }
}
