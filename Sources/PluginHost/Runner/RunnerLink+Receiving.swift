import CShellPlugin
import Dispatch
import Jansson
import ShellTime

/// What comes from a runner. The runner is not believed: a frame that makes no sense is counted and dropped, and what
/// it asks for goes the way of any plugin's wish, through the permissions of its context.
extension RunnerLink {
  /// Transactions and requests that a runner may have open at once.
  static let mostOpen = 48

  /// [reader] Must not wait.
  func receive(_ frame: Frame) {
    do throws(PluginFailure) {
      try take(frame)
    } catch {
      context.misbehaved("its runner sent what cannot be read: \(error.message.en)")
    }
  }

  private func take(_ frame: Frame) throws(PluginFailure) {
    switch frame.kind {
    case .done: waiting.put(frame, for: frame.id)
    case .began: if let record = context.calls.record(frame.id) { context.began(frame.id, record.call) }
    case .complete, .fail, .returned: if !isWaitedFor(frame) { end(frame) }
    case .progress: if let value = try frame.json(0) { context.progress(frame.id, value) }
    case .settled: context.calls.record(frame.id)?.settled()
    case .log: context.log(fromRunner: Int32(truncatingIfNeeded: frame.number(0)), frame.text(1), try frame.json(2))
    case .present: context.present(try frame.json(0) ?? .null)
    case .isCancelled:
      let isCancelled = context.calls.record(UInt64(bitPattern: frame.number(0)))?.isCancelled ?? true
      answer(frame.id, JSONValue(isCancelled ? 1 : 0))
    case .now: answer(frame.id, JSONValue(context.nowMs))
    case .settings:
      // May wait for whoever makes them.
      elsewhere(frame) { [self] in answer(frame.id, context.settings) }
    case .callService:
      ask(frame) { [context] in context.callService(frame.text(1), $0, call: $1, reply: $2) }
    case .http: ask(frame) { [context] in context.fetch($0, call: $1, reply: $2) }
    case .transact:
      if isWaitedFor(frame) { return }
      let box = waiting.open(frame.id)
      elsewhere(frame) { [self] in serve(frame, box) }
    case .query, .insertMany, .queryColumns, .emit, .schedule, .unschedule, .setContext, .audit, .rehearse, .end:
      guard let queued = waiting.put(frame, for: frame.id) else { return strange(frame) }
      // Each step is answered before the next.
      if queued > 1 { _ = kill(because: "it does not wait for the answers of its transaction") }
    case .open, .create, .activate, .deactivate, .destroy, .call, .cancel, .answer: strange(frame)
    }
  }

  /// Gives a frame that belongs to an attended call to the thread that waits in it.
  private func isWaitedFor(_ frame: Frame) -> Bool {
    let call = frame.kind == .transact ? UInt64(bitPattern: frame.number(2)) : frame.id
    return isAttended(call) && waiting.put(frame, for: call) != nil
  }

  /// The end of a call, or word that `call` has returned without one.
  private func end(_ frame: Frame) {
    guard frame.kind != .returned || frame.number(0) != Int64(SHELL_PENDING) else {
      context.inside.leave(frame.id)
      return
    }
    _ = forget(frame.id)
    guard frame.kind != .returned else {
      return context.returned(frame.id, Int32(truncatingIfNeeded: frame.number(0)))
    }
    do throws(PluginFailure) {
      let value = try frame.json(0) ?? .emptyObject
      if frame.kind == .complete { context.complete(frame.id, value) } else { context.fail(frame.id, value) }
    } catch {
      context.endBroken(frame.id, error.message.en)
    }
  }

  /// Waits on the caller's thread until the plugin has ended a call, and makes its transactions on that thread.
  func attend(_ call: UInt64, _ box: Mailbox) -> Int32 {
    // Of the whole: somebody else's rehearsal holds the writer meanwhile.
    let limit = monotonicMs() + Self.writeLimitMs
    while true {
      switch box.next(limitMs: max(0, min(Self.idleLimitMs, limit - monotonicMs()))) {
      case .frame(let frame) where frame.kind == .transact: serve(frame, waiting.open(frame.id))
      case .frame(let frame) where frame.kind == .returned:
        _ = forget(call)
        return Int32(truncatingIfNeeded: frame.number(0))
      case .frame(let frame) where frame.kind == .began: continue
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

  private func ask(_ frame: Frame, _ body: (JSONValue, UInt64, @escaping PluginContext.Answer) -> Void) {
    do throws(PluginFailure) {
      guard !isAttended(UInt64(bitPattern: frame.number(3))) else {
        throw .misuse("only `rehearse` asks others inside a rehearsal")
      }
      let params = try frame.json(2) ?? .emptyObject
      try opens()
      body(params, UInt64(bitPattern: frame.number(0))) { [self] result in
        closes()
        switch result {
        case .success(let value): answer(frame.id, value)
        case .failure(let failure): answer(frame.id, failure)
        }
      }
    } catch {
      answer(frame.id, error)
    }
  }

  /// Work that may wait: on a queue of its own.
  private func elsewhere(_ frame: Frame, _ work: @escaping @Sendable () -> Void) {
    do throws(PluginFailure) {
      try opens()
    } catch {
      waiting.forget(frame.id)
      return answer(frame.id, error)
    }
    DispatchQueue(label: "esh.runner.work").async { [self] in
      work()
      closes()
    }
  }

  /// Each open request of a runner may hold a thread or memory of the host.
  private func opens() throws(PluginFailure) {
    guard open.add(1, ordering: .relaxed).newValue <= Self.mostOpen else {
      closes()
      throw .overBudget(context.id, "\(Self.mostOpen) requests to the host at once")
    }
  }

  private func closes() { open.subtract(1, ordering: .relaxed) }

  private func strange(_ frame: Frame) { context.misbehaved("its runner sent a frame out of place: \(frame.kind)") }

  // MARK: Answers

  /// False: it does not fit, and the runner was told so.
  @discardableResult
  func answer(_ request: UInt64, _ value: JSONValue, status: Int64 = 0, changes: Int64 = 0) -> Bool {
    var frame = FrameText(.answer, request)
    frame.number(status)
    frame.json(value)
    frame.number(changes)
    guard frame.fits else {
      answer(request, PluginFailure.misuse("an answer larger than a runner takes"))
      return false
    }
    pipe.send(frame)
    return true
  }

  func answer(_ request: UInt64, _ failure: PluginFailure) {
    var frame = FrameText(.answer, request)
    frame.number(-1)
    frame.json(failure.abi)
    guard frame.fits else { return answer(request, PluginFailure.misuse("an error larger than a runner takes")) }
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

  func endBroken(_ callID: UInt64, _ what: String) {
    if let record = calls.remove(callID) { endBroken(record, what) }
  }

  func endBroken(_ record: CallRecord, _ what: String) {
    misbehaved(what, ["name": "\(record.call.name)"])
    end(record, .failure(.brokenContract(id, what)))
  }
}
