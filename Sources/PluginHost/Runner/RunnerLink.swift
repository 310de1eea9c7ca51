import CShellPlugin
import Dispatch
import Jansson
import ShellTime
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A plugin's code in a runner, as the host sees it: asks by frames, and does for the plugin what the runner asks back,
/// through the same `PluginContext` that serves a plugin in this process.
///
/// One thread of its own reads. What may wait (transactions) runs on queues; what must not be lost with the runner
/// (calls under way) is ended by that thread when the runner is gone.
final class RunnerLink: PluginCode {
  /// Seconds in which a runner must make room for what it is sent.
  private static let sendLimitSeconds = 10

  let context: PluginContext
  let path: String
  let pipe: FramePipe
  private let runner: RunnerProcess
  /// Told once, with the reason, when the runner has ended and nobody had asked it to.
  private let whenCrashed: @Sendable (_ link: RunnerLink, _ reason: String) -> Void
  /// Answers to what the host has asked, transactions, and calls that a thread of the host waits in.
  let waiting = Mailboxes()
  private let state: Mutex<State>

  private struct State {
    var id = ""
    var nextRequest: UInt64 = 1
    /// Calls that the plugin has, each with its name.
    var calls: [UInt64: String] = [:]
    /// Calls that a thread of the host waits in.
    var attended: Set<UInt64> = []
    var isEnding = false
    var isGone = false
    var walls: [RunnerWall] = []
    /// Why the host ended it.
    var killedBecause: String?
    /// Why it ended, when nobody had asked it to.
    var endedBecause: String?
  }

  init(
    _ runner: RunnerProcess, path: String, context: PluginContext,
    whenCrashed: @escaping @Sendable (RunnerLink, String) -> Void
  ) {
    self.runner = runner
    self.path = path
    self.context = context
    self.whenCrashed = whenCrashed
    pipe = runner.pipe
    state = Mutex(State())
    pipe.limitSending(toSeconds: Self.sendLimitSeconds)
    RunnerThreads.start("esh.runner") { [self] in read() }
    if runner.output >= 0 {
      RunnerThreads.start("esh.runner.out") { [context, runner] in copy(runner.output, context) }
    }
  }

  var id: String { state.withLock { $0.id } }
  var image: LibraryImage? { nil }
  var process: Int32? { runner.id }
  var walls: [RunnerWall] { state.withLock { $0.walls } }
  var endedBecause: String? { state.withLock { $0.endedBecause } }

  // MARK: What the host asks

  func describe() throws(PluginLoadError) -> JSONValue {
    let answer = try ask(.open) { frame in frame.text(path) }
    state.withLock { state in
      state.id = answer.text(1)
      state.walls = RunnerWall.allCases.filter { answer.number(3) & $0.mask != 0 }
    }
    guard let description = answer.json(2), description.isSane else {
      throw .badDescription(path: path, reason: "the runner sent no JSON")
    }
    return description
  }

  func create() throws(PluginLoadError) {
    let hasMachinesClock = context.host?.clock is SystemClock
    _ = try ask(.create) { $0.number(hasMachinesClock ? 1 : 0) }
  }

  func activate() throws(PluginLoadError) { _ = try ask(.activate) }

  func deactivate() {
    // try?: a runner that is gone has nothing left to end.
    _ = try? ask(.deactivate)
  }

  func destroy() {
    state.withLock { $0.isEnding = true }
    // try?: as above.
    _ = try? ask(.destroy)
    pipe.shut()
  }

  func kill(because reason: String) -> Bool {
    let isFirst = state.withLock { state in
      defer { state.killedBecause = state.killedBecause ?? reason }
      return state.killedBecause == nil
    }
    if isFirst { runner.kill() }
    pipe.shut()
    return true
  }

  func cancel(_ id: UInt64) { pipe.send(FrameText(.cancel, id)) }

  func call(_ call: PluginCall, id: UInt64, deadlineMs: Int64) -> Int32 {
    // A rehearsal waits on this thread, and what the plugin does in it must be done on it.
    let isAttended = BodyScope.current != nil
    let box = isAttended ? waiting.open(id) : nil
    context.inside.enter(id, call)
    let isHere = state.withLock { state in
      guard !state.isGone else { return false }
      state.calls[id] = "\(call.kind.word) '\(call.name)'"
      if isAttended { state.attended.insert(id) }
      return true
    }
    var frame = FrameText(.call, id)
    frame.number(Int64(call.kind.rawValue))
    frame.text(call.name)
    frame.json(call.params)
    frame.json(call.session)
    frame.number(deadlineMs)
    frame.text(call.trace)
    guard isHere, frame.fits else {
      let failure =
        isHere ? PluginFailure.misuse("params larger than a runner takes") : .crashed(context.id, "its process is gone")
      if forget(id) || !isHere { context.fail(id, failure.abi) }
      context.inside.leave(id)
      return Int32(SHELL_DONE)
    }
    if !pipe.send(frame) { _ = kill(because: "it does not take what it is sent") }
    guard let box else { return Int32(SHELL_PENDING) }
    defer { waiting.forget(id) }
    return attend(id, box)
  }

  /// Whether the plugin still had the call.
  func forget(_ call: UInt64) -> Bool {
    context.inside.leave(call)
    return state.withLock { state in
      state.attended.remove(call)
      return state.calls.removeValue(forKey: call) != nil
    }
  }

  /// Ends a call that the plugin can't end any more.
  func fail(_ call: UInt64, because reason: String) {
    context.fail(call, PluginFailure.crashed(context.id, reason).abi)
  }

  func isAttended(_ call: UInt64) -> Bool { state.withLock { $0.attended.contains(call) } }

  /// Asks the runner and waits for its answer. The wait ends with the runner, which whoever bounds it ends.
  private func ask(
    _ kind: Frame.Kind, _ fill: (inout FrameText) -> Void = { _ in }
  ) throws(PluginLoadError) -> Frame {
    let request = state.withLock { state in
      defer { state.nextRequest += 1 }
      return state.nextRequest | 1 << 63
    }
    let box = waiting.open(request)
    defer { waiting.forget(request) }
    var frame = FrameText(kind, request)
    fill(&frame)
    pipe.send(frame)
    guard case .frame(let answer) = box.next(limitMs: nil) else {
      throw .runner(state.withLock { $0.killedBecause } ?? "its process ended: \(endWords)")
    }
    guard answer.number(0) == 0 else { throw .runner(answer.text(1)) }
    return answer
  }

  // MARK: The runner's end

  private let end = Mutex("")
  private var endWords: String { end.withLock { $0 } }

  /// [reader] Reads to the end, then tells everybody who waits.
  private func read() {
    var reader = FrameReader(pipe)
    while let frame = reader.next() { receive(frame) }
    runner.kill()
    let how = runner.ended()
    end.withLock { $0 = how }
    let (calls, crash) = state.withLock { state -> ([UInt64: String], String?) in
      state.isGone = true
      // Who waits in a call ends it.
      let left = state.calls.filter { !state.attended.contains($0.key) }
      guard !state.isEnding else { return (left, nil) }
      let names = Set(state.calls.values).sorted()
      let during = names.isEmpty ? "" : " while running \(names.prefix(3).joined(separator: ", "))"
      let crash = (state.killedBecause ?? "its process ended: \(how)") + during
      state.endedBecause = crash
      return (left, crash)
    }
    waiting.close()
    // First: whoever is told of the crash by a call that fails finds it noted.
    if let crash { whenCrashed(self, crash) }
    for id in calls.keys where forget(id) { fail(id, because: crash ?? "its process was ended") }
  }
}

/// Threads that live as long as a runner: libdispatch would count a blocked one against its pool.
enum RunnerThreads {
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  static func start(_ name: String, _ run: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setstacksize(&attributes, 512 << 10)
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let body = unsafe Unmanaged.passRetained(Body(run)).toOpaque()
    let status = unsafe pthread_create(
      &thread, &attributes,
      { pointer in
        if let pointer = unsafe pointer { unsafe Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run() }
        return nil
      }, body)
    precondition(status == 0, "no thread for a plugin's runner: \(name)")
    unsafe pthread_attr_destroy(&attributes)
  }
}

/// Takes what a plugin prints into the log, a line at a time, under its name.
private func copy(_ output: Int32, _ context: PluginContext) {
  defer { close(output) }
  var line: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(output, $0.baseAddress, $0.count) }
    guard count > 0 else { break }
    for byte in chunk[..<count] {
      if byte == UInt8(ascii: "\n") || line.count >= 1000 {
        context.printed(String(decoding: line, as: UTF8.self))
        line = []
      }
      if byte != UInt8(ascii: "\n") { line.append(byte) }
    }
  }
  if !line.isEmpty { context.printed(String(decoding: line, as: UTF8.self)) }
}
