import CJansson
import CShellPlugin
import Dispatch
import Jansson
import ShellTime
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The runner's side: opens one plugin's library, enters it as the host would, and lends it a host table whose
/// functions ask the host by frames.
///
/// One thread reads and never waits; the plugin's code runs on its executor, as in the host.
@safe package final class RunnerGuest: @unchecked Sendable {
  // Safe to share: `code` and the rest of the plugin's are set by the executor before calls come.

  /// Descriptor of the socket in a runner process.
  package static let socket: Int32 = 3

  let pipe: FramePipe
  /// Requests to the host that a thread waits for, by their numbers.
  let waiting = Mailboxes()
  let calls = GuestCalls()
  let transactions: GuestTransactions
  private let nextRequest = Atomic<UInt64>(1)
  private let keptSettings = Mutex<JSONValue?>(nil)
  /// What waits for the answer of a service or of the network.
  let replies = Mutex<[UInt64: GuestReply]>([:])

  private let executor: PluginExecutor
  private var library: PluginLibrary?
  private var instance: UnsafeMutableRawPointer?
  /// Whether the host's clock is the machine's, so that nobody need be asked for the time.
  private var hasMachinesClock = false

  /// Which walls of `RunnerWall` stand around this process.
  private let walls: Int32

  package init(_ pipe: FramePipe, plugin: String, isParallel: Bool, walls: Int32 = 0) {
    self.walls = walls
    self.pipe = pipe
    transactions = GuestTransactions(pipe, waiting)
    executor = PluginExecutor(plugin: plugin, parallel: isParallel)
  }

  /// Serves the host until it is gone. Then the process is to end, whatever the plugin's threads do.
  package func serve() {
    var reader = FrameReader(pipe)
    while let frame = reader.next() { receive(frame) }
    waiting.close()
  }

  func newRequest() -> UInt64 { nextRequest.wrappingAdd(1, ordering: .relaxed).oldValue }

  // MARK: What the host asks

  private func receive(_ frame: Frame) {
    switch frame.kind {
    case .open: onExecutor(frame) { [self] reply throws(PluginLoadError) in try open(frame.text(0), &reply) }
    case .create:
      onExecutor(frame) { [self] _ throws(PluginLoadError) in
        hasMachinesClock = frame.number(0) == 1
        try create()
      }
    case .activate: onExecutor(frame) { [self] _ throws(PluginLoadError) in try activate() }
    case .deactivate:
      onExecutor(frame) { [self] _ in
        if let instance = unsafe instance { unsafe library?.table.deactivate(instance) }
      }
    case .destroy:
      // After the last `cancel`.
      executorOfCancels.run { [self] in
        onExecutor(frame) { [self] _ in
          if let instance = unsafe instance { unsafe library?.table.destroy(instance) }
          unsafe instance = nil
        }
      }
    case .call:
      calls.arrived(frame.id)
      executor.run { [self] in call(frame) }
    case .cancel:
      guard calls.cancel(frame.id) == .inside else { return }
      // A library's `cancel` must not wait, but nobody else may wait for one that does.
      executorOfCancels.run { [self] in
        if let instance = unsafe instance { unsafe library?.table.cancel(instance, frame.id) }
      }
    case .answer:
      if waiting.put(frame, for: frame.id) == nil { reply(frame) }
    default: break
    }
  }

  private let executorOfCancels = PluginExecutor(plugin: "cancel", parallel: false)

  private func onExecutor(_ frame: Frame, _ body: @escaping @Sendable (inout FrameText) throws(PluginLoadError) -> Void)
  {
    executor.run { [self] in
      var reply = FrameText(.done, frame.id)
      reply.number(0)
      do throws(PluginLoadError) {
        try body(&reply)
      } catch {
        reply = FrameText(.done, frame.id)
        reply.number(-1)
        reply.text("\(error)")
      }
      pipe.send(reply)
    }
  }

  private func open(_ path: String, _ reply: inout FrameText) throws(PluginLoadError) {
    let opened = try PluginLibrary.open(path)
    let description = try opened.table.describe()
    library = opened
    reply.text(opened.table.id)
    reply.json(description)
    reply.number(Int64(walls))
  }

  private func create() throws(PluginLoadError) {
    guard let library else { throw .createFailed("the library is not open") }
    unsafe instance = try library.table.create(hostTable())
  }

  private func activate() throws(PluginLoadError) {
    guard let library, let instance = unsafe instance else { throw .activateFailed("it was not created") }
    unsafe try library.table.activate(instance)
  }

  // MARK: Calls

  /// [exec]
  private func call(_ frame: Frame) {
    guard let library, let instance = unsafe instance,
      let kind = PluginCall.Kind(rawValue: UInt32(truncatingIfNeeded: frame.number(0)))
    else { return returned(frame.id, Int32(SHELL_REJECT)) }
    var call = PluginCall(kind, frame.text(1), params: frame.value(2) ?? .emptyObject, session: frame.value(3))
    call.trace = frame.text(5)
    guard calls.begin(frame.id) else { return end(.fail, frame.id, PluginFailure.cancelled.abi) }
    if frame.number(6) == 1 { pipe.send(FrameText(.began, frame.id)) }
    let status = transactions.inCall(frame.id) {
      unsafe library.table.call(instance, call, id: frame.id, deadlineMs: frame.number(4))
    }
    // One that has been ended needs no word more.
    guard calls.contains(frame.id) else { return }
    if status != SHELL_PENDING { calls.ended(frame.id) }
    returned(frame.id, status)
  }

  private func returned(_ call: UInt64, _ status: Int32) {
    var frame = FrameText(.returned, call)
    frame.number(Int64(status))
    pipe.send(frame)
  }

  // MARK: Asking the host

  /// Sends a request and waits for its answer; nil: the host is gone.
  func ask(_ kind: Frame.Kind, _ fill: (inout FrameText) -> Void = { _ in }) -> Frame? {
    let request = newRequest()
    let box = waiting.open(request)
    defer { waiting.forget(request) }
    var frame = FrameText(kind, request)
    fill(&frame)
    pipe.send(frame)
    guard case .frame(let answer) = box.next(limitMs: nil) else { return nil }
    return answer
  }

  /// The host's clock.
  var nowMs: Int64 { hasMachinesClock ? SystemClock().nowMs : ask(.now)?.value(1)?.int64 ?? 0 }

  /// What the host was configured with for this plugin; asked for once, kept to the end of the process.
  var settings: JSONValue {
    keptSettings.withLock { kept in
      if let kept { return kept }
      let asked = ask(.settings)?.value(1) ?? .emptyObject
      kept = asked
      return asked
    }
  }

  /// The answer of a service or of the network.
  private func reply(_ frame: Frame) {
    guard let reply = replies.withLock({ $0.removeValue(forKey: frame.id) }) else { return }
    answer(
      reply,
      frame.number(0) == 0 ? .success(frame.value(1) ?? .emptyObject) : .failure(GuestTransactions.failure(frame)))
  }

  /// Tells the plugin, on a thread of its own: a reply may wait for another.
  func answer(_ reply: GuestReply, _ result: Result<JSONValue, PluginFailure>) {
    DispatchQueue(label: "esh.plugin.answer").async { reply(result) }
  }
}
