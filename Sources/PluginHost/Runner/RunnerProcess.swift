import CRunner
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A process that runs one plugin, and the way to it.
package struct RunnerProcess: Sendable {
  let pipe: FramePipe
  /// nil: a thread of this process, in tests.
  let id: Int32?
  /// What the plugin and its libraries print; -1: it goes where this process's does.
  let output: Int32
  /// Ends it at once. Any thread, any number of times.
  let kill: @Sendable () -> Void
  /// Waits for its end, which must be near, and tells how it came: "SIGSEGV", "exit status 3".
  let ended: @Sendable () -> String
}

/// What the kernel keeps a runner from, as `runner_wall_in` of CRunner has it.
package enum RunnerWall: String, Sendable, CaseIterable {
  /// The network, other programs and processes, changes to files.
  case calls
  /// Reading files, but for libraries and what the system has for everybody.
  case files

  var mask: Int64 { self == .calls ? 1 : 2 }
}

/// Who starts runners.
package protocol RunnerLaunching: Sendable {
  func launch(
    _ plugin: String, library path: String, isParallel: Bool, memoryMB: Int64
  ) throws(PluginLoadError) -> RunnerProcess
}

/// Starts runners as processes of this very executable, by the words that `RunnerGuest.main` understands.
package struct RunnerLauncher: RunnerLaunching {
  /// The first word of a runner's command line.
  package static let word = "plugin-runner"
  private let executable: String

  package init(executable: String = "/proc/self/exe") { self.executable = executable }

  package func launch(
    _ plugin: String, library path: String, isParallel: Bool, memoryMB: Int64
  ) throws(PluginLoadError) -> RunnerProcess {
    guard let (ours, theirs) = FramePipe.pair() else { throw .runner("no socket for it: \(Self.reason(errno))") }
    let words = ["esh", Self.word, plugin, isParallel ? "parallel" : "serial", String(memoryMB), path]
    // Two arenas: each reserves 64 MiB, which would count against the limit of the runner's memory.
    let environment = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "MALLOC_ARENA_MAX=2", "SWIFT_BACKTRACE=enable=no"]
    var output: Int32 = -1
    var id: pid_t = 0
    let status = unsafe withCStrings(words) { words in
      unsafe withCStrings(environment) { environment in
        unsafe runner_start(executable, words, environment, theirs.file, RunnerGuest.socket, &output, &id)
      }
    }
    guard status == 0 else { throw .runner("cannot start a process for it: \(Self.reason(status))") }
    let child = ChildProcess(id)
    return RunnerProcess(
      pipe: ours, id: id, output: output, kill: { child.kill() }, ended: { Self.words(ofStatus: child.wait()) })
  }

  private static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

  private static func words(ofStatus status: Int32) -> String {
    let signal = status & 0x7f
    guard signal != 0 else { return "exit status \((status >> 8) & 0xff)" }
    return unsafe runner_signal_name(signal).map { unsafe "SIG\(String(cString: $0))" } ?? "signal \(signal)"
  }
}

/// A child of this process. Its number is its own until it has been waited for, and nobody is signalled after that.
private final class ChildProcess: Sendable {
  private let id: Int32
  private let isOver = Mutex(false)

  init(_ id: Int32) { self.id = id }

  func kill() {
    isOver.withLock { isOver in
      if !isOver { _ = Glibc.kill(id, SIGKILL) }
    }
  }

  func wait() -> Int32 {
    var info = unsafe siginfo_t()
    // Without reaping: until the number is given up below, it may be signalled.
    while unsafe waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    return isOver.withLock { isOver in
      isOver = true
      var status: Int32 = 0
      while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
      return status
    }
  }
}

/// NULL-terminated C strings for the length of `body`.
private func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count + 1)
  defer { unsafe list.deallocate() }
  for place in texts.indices { unsafe (list + place).initialize(to: strdup(texts[place])) }
  unsafe (list + texts.count).initialize(to: nil)
  defer { for place in texts.indices { unsafe free(list[place]) } }
  return unsafe body(UnsafePointer(list))
}
