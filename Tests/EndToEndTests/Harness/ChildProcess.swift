import Dispatch
import Foundation
import Glibc
import Synchronization

/// A process of ours, and how it ended.
final class ChildProcess: Sendable {
  enum End: Equatable, Sendable {
    case status(Int32)
    case signal(Int32)
  }

  let id: pid_t
  private let outcome: Outcome

  private final class Outcome: Sendable {
    let end = Mutex<End?>(nil)
    let done = DispatchSemaphore(value: 0)
  }

  /// Starts `arguments[0]`. Descriptors stay the caller's; a nil one is /dev/null.
  init(
    _ arguments: [String], environment: [String: String] = [:], input: CInt? = nil, output: CInt? = nil,
    errors: CInt? = nil
  ) throws {
    let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (number, descriptor) in [input, output, errors].enumerated() {
      unsafe posix_spawn_file_actions_adddup2(&actions, descriptor ?? null, CInt(number))
    }
    var variables = ProcessInfo.processInfo.environment
    variables.merge(environment) { $1 }
    let words = CStrings(arguments)
    let settings = CStrings(variables.map { "\($0.key)=\($0.value)" })
    var started: pid_t = 0
    let code = birth.withLock { _ in
      unsafe posix_spawn(&started, arguments[0], &actions, nil, words.pointers, settings.pointers)
    }
    guard code == 0 else {
      throw TestTrouble("cannot start \(arguments[0]): \(unsafe String(cString: strerror(code)))")
    }
    id = started
    outcome = Outcome()
    Thread.detachNewThread { [id, outcome] in
      var status: Int32 = 0
      while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
      let end = status & 0x7f == 0 ? End.status((status >> 8) & 0xff) : .signal(status & 0x7f)
      outcome.end.withLock { $0 = end }
      outcome.done.signal()
    }
  }

  /// How it ended; nil when it has not within `seconds`.
  func wait(within seconds: Double) -> End? {
    if let end = outcome.end.withLock({ $0 }) { return end }
    guard outcome.done.wait(timeout: .now() + seconds) == .success else { return nil }
    outcome.done.signal()
    return outcome.end.withLock { $0 }
  }

  var isRunning: Bool { outcome.end.withLock { $0 == nil } }

  func send(_ signal: Int32) {
    if isRunning { kill(id, signal) }
  }

  /// Ends it at once, as a power cut would, and waits for that.
  func killAndWait() {
    send(SIGKILL)
    _ = wait(within: 10)
  }

  deinit {
    if outcome.end.withLock({ $0 == nil }) { kill(id, SIGKILL) }
  }
}

/// An array of C strings that ends with a null pointer.
@safe private final class CStrings {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    unsafe pointers = .allocate(capacity: strings.count + 1)
    for (index, string) in strings.enumerated() { unsafe pointers[index] = strdup(string) }
    unsafe pointers[strings.count] = nil
  }

  deinit {
    for index in 0..<count { unsafe free(pointers[index]) }
    unsafe pointers.deallocate()
  }
}

/// Two ends of a pipe that no child inherits by accident.
struct PipeEnds {
  let reading: CInt
  let writing: CInt

  init() throws {
    var ends: [CInt] = [0, 0]
    let made = birth.withLock { _ -> Bool in
      guard unsafe pipe(&ends) == 0 else { return false }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      return true
    }
    guard made else { throw TestTrouble("no pipe: errno \(errno)") }
    (reading, writing) = (ends[0], ends[1])
  }
}

/// Held while a pipe is made and while a child is: no child is born with a pipe that is not closed to it yet.
private let birth = Mutex(())
