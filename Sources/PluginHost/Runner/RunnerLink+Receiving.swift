import CShellPlugin
import Dispatch
import Jansson

/// What comes from a runner. The runner is not believed: a frame that makes no sense is counted and dropped, and what
/// it asks for goes the way of any plugin's wish, through the permissions of its context.
extension RunnerLink {
  /// [reader] Must not wait.
  func receive(_ frame: Frame) {
    switch frame.kind {
    case .done: waiting.put(frame, for: frame.id)
    case .complete, .fail, .returned: if !isWaitedFor(frame) { end(frame) }
    case .progress: if let value = frame.json(0) { context.progress(frame.id, value) }
    case .settled: context.calls.record(frame.id)?.settled()
    case .log: context.log(Int32(truncatingIfNeeded: frame.number(0)), frame.text(1), frame.json(2))
    case .present: context.present(frame.json(0) ?? .null)
    case .isCancelled:
      let isCancelled = context.calls.record(UInt64(bitPattern: frame.number(0)))?.isCancelled ?? true
      answer(frame.id, JSONValue(isCancelled ? 1 : 0))
    case .now: answer(frame.id, JSONValue(context.nowMs))
    case .settings:
      // May wait for whoever makes them.
      elsewhere { [self] in answer(frame.id, context.settings) }
    case .callService:
      ask(frame) { [context] in context.callService(frame.text(1), frame.json(2) ?? .emptyObject, call: $0, reply: $1) }
    case .http: ask(frame) { [context] in context.fetch(frame.json(2) ?? .emptyObject, call: $0, reply: $1) }
    case .transact:
      if isWaitedFor(frame) { return }
      let box = waiting.open(frame.id)
      elsewhere { [self] in serve(frame, box) }
    case .query, .insertMany, .queryColumns, .emit, .schedule, .unschedule, .setContext, .audit, .rehearse, .end:
      if !waiting.put(frame, for: frame.id) { strange(frame) }
    case .open, .create, .activate, .deactivate, .destroy, .call, .cancel, .answer: strange(frame)
    }
  }

  /// Gives a frame that belongs to an attended call to the thread that waits in it.
  private func isWaitedFor(_ frame: Frame) -> Bool {
    let call = frame.kind == .transact ? UInt64(bitPattern: frame.number(2)) : frame.id
    return isAttended(call) && waiting.put(frame, for: call)
  }

  /// The end of a call, or word that `call` has returned without one.
  private func end(_ frame: Frame) {
    switch frame.kind {
    case .complete:
      _ = forget(frame.id)
      context.complete(frame.id, frame.json(0) ?? .emptyObject)
    case .fail:
      _ = forget(frame.id)
      context.fail(frame.id, frame.json(0) ?? .emptyObject)
    default:
      guard frame.number(0) != Int64(SHELL_PENDING) else {
        context.inside.leave(frame.id)
        return
      }
      _ = forget(frame.id)
      context.returned(frame.id, Int32(truncatingIfNeeded: frame.number(0)))
    }
  }

  /// Waits on the caller's thread until the plugin has ended a call, and makes its transactions on that thread.
  func attend(_ call: UInt64, _ box: Mailbox) -> Int32 {
    while true {
      switch box.next(limitMs: Self.idleLimitMs) {
      case .frame(let frame) where frame.kind == .transact: serve(frame, waiting.open(frame.id))
      case .frame(let frame) where frame.kind == .returned:
        guard frame.number(0) == Int64(SHELL_PENDING) else {
          _ = forget(call)
          return Int32(truncatingIfNeeded: frame.number(0))
        }
        return Int32(SHELL_PENDING)
      case .frame(let frame):
        end(frame)
        return Int32(SHELL_DONE)
      case .late: _ = kill(because: "it kept a rehearsal waiting")
      case .closed:
        if forget(call) { fail(call, because: "its process ended") }
        return Int32(SHELL_DONE)
      }
    }
  }

  private func ask(_ frame: Frame, _ body: (UInt64, @escaping PluginContext.Answer) -> Void) {
    guard !isAttended(UInt64(bitPattern: frame.number(3))) else {
      return answer(frame.id, PluginFailure.misuse("only `rehearse` asks others inside a rehearsal"))
    }
    body(UInt64(bitPattern: frame.number(0))) { [self] result in
      switch result {
      case .success(let value): answer(frame.id, value)
      case .failure(let failure): answer(frame.id, failure)
      }
    }
  }

  /// Work that may wait: on a thread of its own, as `PluginExecutor` has it.
  private func elsewhere(_ work: @escaping @Sendable () -> Void) {
    DispatchQueue(label: "esh.runner.work").async(execute: work)
  }

  private func strange(_ frame: Frame) { context.misbehaved("its runner sent a frame out of place: \(frame.kind)") }

  // MARK: Answers

  func answer(_ request: UInt64, _ value: JSONValue, status: Int64 = 0, changes: Int64 = 0) {
    var frame = FrameText(.answer, request)
    frame.number(status)
    frame.json(value)
    frame.number(changes)
    guard frame.fits else { return answer(request, PluginFailure.misuse("an answer larger than a runner takes")) }
    pipe.send(frame)
  }

  func answer(_ request: UInt64, _ failure: PluginFailure) {
    var frame = FrameText(.answer, request)
    frame.number(-1)
    frame.json(failure.abi)
    pipe.send(frame)
  }
}

extension PluginContext {
  /// `call` of the plugin has returned, and the call has neither been ended nor goes on.
  func returned(_ callID: UInt64, _ status: Int32) {
    guard let left = calls.remove(callID) else { return }
    switch Int(status) {
    case SHELL_REJECT: end(left, .failure(.notFound(left.call.kind, left.call.name)))
    case SHELL_DONE: endBroken(left, "`call` returned DONE without complete or fail")
    default: endBroken(left, "`call` returned \(status)")
    }
  }

  func endBroken(_ record: CallRecord, _ what: String) {
    misbehaved(what, ["name": "\(record.call.name)"])
    end(record, .failure(.brokenContract(id, what)))
  }
}
