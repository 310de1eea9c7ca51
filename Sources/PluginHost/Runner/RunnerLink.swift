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
  /// Of the threads that listen to the runner, in bytes.
  private static let stack = 512 << 10

  let context: PluginContext
  let path: String
  let pipe: FramePipe
  private let runner: RunnerProcess
  /// Told once, with the reason, when the runner has ended and nobody had asked it to.
  private let whenCrashed: @Sendable (_ link: RunnerLink, _ reason: String) -> Void
  /// Calls that the runner enters at once; further ones wait there.
  private let width: Int
  /// Stops the statements of its transactions when the runner is ended.
  let brake = Atomic(false)
  /// Requests of the runner that are not answered yet.
  let open = Atomic(0)
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
    _ runner: RunnerProcess, path: String, _ concurrency: Manifest.Concurrency, context: PluginContext,
    whenCrashed: @escaping @Sendable (RunnerLink, String) -> Void
  ) {
    self.runner = runner
    self.path = path
    self.context = context
    self.whenCrashed = whenCrashed
    width = concurrency == .parallel ? PluginExecutor.parallelWidth : 1
    pipe = runner.pipe
    state = Mutex(State())
    pipe.limitSending(toSeconds: Self.sendLimitSeconds)
  }

  /// Begins to listen. False: there is no thread for it, and the runner is of no use.
  func begin() -> Bool {
    guard OwnThread.start("esh.runner.in", stack: Self.stack, { [self] in read() }) else { return false }
    guard runner.output >= 0 else { return true }
    return OwnThread.start("esh.runner.out", stack: Self.stack) { [context, runner] in
      copyOutput(runner.output, context)
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
    guard let description = answer.value(2), description.isSane else {
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
    runner.kill()
  }

  func kill(because reason: String) -> Bool {
    let isFirst = state.withLock { state in
      defer { state.killedBecause = state.killedBecause ?? reason }
      return state.killedBecause == nil
    }
    brake.store(true, ordering: .relaxed)
    if isFirst { runner.kill() }
    pipe.shut()
    return true
  }

  func cancel(_ id: UInt64) { pipe.send(FrameText(.cancel, id)) }

  func call(_ call: PluginCall, id: UInt64, deadlineMs: Int64) -> Int32 {
    // A rehearsal waits on this thread, and what the plugin does in it must be done on it.
    let isAttended = BodyScope.current != nil
    let box = isAttended ? waiting.open(id) : nil
    let (isHere, waits) = state.withLock { state -> (Bool, Bool) in
      guard !state.isGone else { return (false, false) }
      let waits = state.calls.count >= width
      state.calls[id] = "\(call.kind.word) '\(call.name)'"
      if isAttended { state.attended.insert(id) }
      return (true, waits)
    }
    if !waits { context.began(id, call) }
    var frame = FrameText(.call, id)
    frame.number(Int64(call.kind.rawValue))
    frame.text(call.name)
    frame.json(call.params)
    frame.json(call.session)
    frame.number(deadlineMs)
    frame.text(call.trace)
    frame.number(waits ? 1 : 0)
    guard isHere, frame.fits else {
      let failure =
        isHere ? PluginFailure.misuse("params larger than a runner takes") : .crashed(context.id, "its process is gone")
      if forget(id) || !isHere { context.fail(id, failure.abi) }
      context.inside.leave(id)
      waiting.forget(id)
      return Int32(SHELL_DONE)
    }
    switch pipe.send(frame) {
    case .whole: break
    case .late: _ = kill(because: "it does not take what it is sent")
    // How it ended the reader finds out, and tells.
    case .gone: pipe.shut()
    }
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
      brake.store(true, ordering: .relaxed)
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
