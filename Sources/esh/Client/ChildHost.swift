import Glibc
import Terminal

/// A host for as long as a command wants one: this very executable in a process of its own.
final class ChildHost {
  private let id: pid_t
  private var status: Int32?

  /// `errors`: the file that gets what the host says on its standard error; nil: where this process says its own.
  init(_ arguments: [String], errors: String? = nil) throws {
    var words = unsafe (["esh"] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var started: pid_t = 0
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    if let errors {
      unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    }
    let code = unsafe posix_spawn(&started, "/proc/self/exe", &actions, nil, &words, environ)
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
