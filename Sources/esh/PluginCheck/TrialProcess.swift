import Glibc
import Jansson
import ShellProtocol
import Terminal

/// One process that tries a plugin out, followed to its end.
final class TrialProcess {
  private let id: pid_t
  /// What it tells, what it prints, what it says on standard error.
  private let descriptors: [CInt]
  private(set) var findings: [CheckFinding] = []
  private(set) var tried: [String: Int] = [:]
  private(set) var uses: Set<String> = []
  /// The step that it is in.
  private(set) var step = 0
  /// What is being called, for people.
  private(set) var current = "load"
  /// It went through everything.
  private(set) var isComplete = false
  /// It said itself why it could not go on.
  private var isStuck = false
  private var stepEnd = Int64.max
  private var told: [UInt8] = []
  private var printed: [UInt8] = []
  private var complaints: [UInt8] = []

  private static let startLimitMs: Int64 = 30_000
  /// Bytes of standard error that are kept, its end.
  private static let keptBytes = 16_384

  init(_ arguments: [String]) throws {
    var pipes: [(reading: CInt, writing: CInt)] = []
    for _ in 0..<3 {
      var ends: [CInt] = [0, 0]
      guard unsafe pipe(&ends) == 0 else {
        throw HostError(ru: HostError.systemReason, en: HostError.systemReason)
      }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      pipes.append((ends[0], ends[1]))
    }
    descriptors = pipes.map(\.reading)
    id = try Self.spawn(arguments, output: pipes[1].writing, errors: pipes[2].writing, told: pipes[0].writing)
    for pipe in pipes { close(pipe.writing) }
  }

  deinit { for descriptor in descriptors { close(descriptor) } }

  /// A group of its own, so that whatever the plugin starts ends with it.
  private static func spawn(_ arguments: [String], output: CInt, errors: CInt, told: CInt) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
    unsafe posix_spawn_file_actions_adddup2(&actions, told, TrialWire.descriptor)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    unsafe posix_spawnattr_setpgroup(&attributes, 0)

    var words = unsafe (["esh"] + arguments).map { unsafe strdup($0) } + [nil]
    // A trace of a crash takes Swift's own tool half a minute; the signal and the last lines say enough.
    // Freed blocks that malloc keeps for each thread would look like memory that grows.
    let settings =
      ["SWIFT_BACKTRACE=enable=no", "GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0"]
      + Self.environment
    var variables = unsafe settings.map { unsafe strdup($0) } + [nil]
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var started: pid_t = 0
    let code = unsafe posix_spawn(&started, "/proc/self/exe", &actions, &attributes, &words, &variables)
    guard code == 0 else {
      let reason = unsafe String(cString: strerror(code))
      throw HostError(ru: "процесс не запускается: \(reason)", en: "the process does not start: \(reason)")
    }
    return started
  }

  private static var environment: [String] {
    var found: [String] = []
    var place = unsafe environ
    while let text = unsafe place.pointee {
      found.append(unsafe String(cString: text))
      unsafe place += 1
    }
    return found.filter { !$0.hasPrefix("SWIFT_BACKTRACE=") && !$0.hasPrefix("GLIBC_TUNABLES=") }
  }

  // MARK: Following it

  /// Reads until it is gone, and ends it when a step takes too long or `end` has come.
  func follow(until end: Int64) {
    stepEnd = monotonicMilliseconds() + Self.startLimitMs
    var open = descriptors
    var wasKilled = false
    while open.contains(where: { $0 >= 0 }) {
      let left = min(end, stepEnd) - monotonicMilliseconds()
      if left <= 0, !wasKilled {
        if stepEnd < end { findings.append(hanging) }
        kill(-id, SIGKILL)
        wasKilled = true
      }
      var entries = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard unsafe poll(&entries, nfds_t(entries.count), Int32(max(1, min(left, 1000)))) >= 0 || errno == EINTR else {
        break
      }
      for (index, entry) in entries.enumerated() where entry.revents != 0 {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(open[index], $0.baseAddress, $0.count) }
        if count > 0 { take(chunk[..<count], from: index) } else { open[index] = -1 }
      }
      // A child of the plugin's may hold the pipes open after the end.
      if isGone { kill(-id, SIGKILL) }
    }
    finish(wasKilled: wasKilled)
  }

  private var status: Int32?

  private var isGone: Bool {
    if status == nil {
      var raw: Int32 = 0
      if unsafe waitpid(id, &raw, WNOHANG) == id { status = raw }
    }
    return status != nil
  }

  private func finish(wasKilled: Bool) {
    var raw: Int32 = 0
    if status == nil {
      while unsafe waitpid(id, &raw, 0) < 0, errno == EINTR {}
      status = raw
    }
    kill(-id, SIGKILL)
    if !printed.isEmpty { findings.append(printing) }
    guard !isComplete, !isStuck, !wasKilled, let status else { return }
    findings.append(status & 0x7f == 0 ? exiting((status >> 8) & 0xff) : crashing(status & 0x7f))
  }

  private func take(_ bytes: ArraySlice<UInt8>, from index: Int) {
    switch index {
    case 0:
      told += bytes
      while let end = told.firstIndex(of: 10) {
        // try?: what a plugin writes onto the descriptor is no message.
        if let message = try? JSONValue(parsing: Array(told[..<end])) { read(message) }
        told.removeSubrange(...end)
      }
    case 1: if printed.count < 1024 { printed += bytes }
    default:
      complaints += bytes
      if complaints.count > 2 * Self.keptBytes { complaints.removeFirst(complaints.count - Self.keptBytes) }
    }
  }

  private func read(_ message: JSONValue) {
    if let number = message["step"]?.int { step = number }
    if let what = message["began"]?.string {
      current = what
      stepEnd = monotonicMilliseconds() + (message["limitMs"]?.int64 ?? Self.startLimitMs)
    }
    if let finding = message["finding"].flatMap({ CheckFinding($0) }) { findings.append(finding) }
    for (name, count) in message["did"]?.members ?? [] { tried[name, default: 0] += count.int ?? 0 }
    for name in message["uses"]?.array ?? [] { if let name = name.string { uses.insert(name) } }
    if message["stuck"] == true { isStuck = true }
    if message["ended"] == true { isComplete = true }
  }

  // MARK: What its end says

  private var hanging: CheckFinding {
    CheckFinding(
      "call.hangs", .error, at: current,
      LocalizedText(ru: "не кончилось за отведённое время", en: "it did not end in its time"),
      advice: LocalizedText(
        ru: "не ждите внутри вызова: верните SHELL_PENDING и завершите вызов позже из своего потока",
        en: "do not wait inside a call: return SHELL_PENDING and complete the call later from a thread of your own"))
  }

  private var printing: CheckFinding {
    let text = String(decoding: printed.prefix(60), as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
    return CheckFinding(
      "stdout.used", .warning, at: current,
      LocalizedText(ru: "модуль пишет в стандартный вывод: «\(text)»", en: "it prints to standard output: '\(text)'"),
      advice: LocalizedText(
        ru: "пишите в журнал функцией log сервера (в Swift call.log): у сервера вывод занят протоколом",
        en: "write to the log with the host's log (call.log in Swift): a host's output belongs to the protocol"))
  }

  private func exiting(_ status: Int32) -> CheckFinding {
    CheckFinding(
      "process.exit", .error, at: current,
      LocalizedText(
        ru: "модуль завершил процесс (exit, состояние \(status)): с ним кончился бы весь сервер",
        en: "it ended the process (exit, status \(status)): the whole host would have gone with it"),
      advice: LocalizedText(
        ru: "сообщайте об ошибке функцией fail, а из create и activate через error",
        en: "report an error with fail, and from create and activate through error"))
  }

  private func crashing(_ signal: Int32) -> CheckFinding {
    let lines = String(decoding: complaints, as: UTF8.self).split(separator: "\n").suffix(2)
    let last = lines.isEmpty ? "" : ": \(lines.joined(separator: " ⏎ ").prefix(300))"
    let name = Self.names[signal] ?? "\(signal)"
    return CheckFinding(
      "call.crashes", .error, at: current,
      LocalizedText(ru: "модуль упал с \(name)\(last)", en: "it crashed with \(name)\(last)"),
      advice: LocalizedText(
        ru: "повторите под отладчиком; аргументы здесь могут быть любыми, что пропускает схема, а чужие значения и "
          + "строки NULL, когда члена нет",
        en: "repeat it under a debugger; arguments may be anything that the schema lets through, and what is not there "
          + "is NULL"))
  }

  private static let names: [Int32: String] = [
    SIGSEGV: "SIGSEGV", SIGBUS: "SIGBUS", SIGILL: "SIGILL", SIGABRT: "SIGABRT", SIGFPE: "SIGFPE", SIGTRAP: "SIGTRAP",
    SIGKILL: "SIGKILL", SIGPIPE: "SIGPIPE", SIGTERM: "SIGTERM",
  ]
}
