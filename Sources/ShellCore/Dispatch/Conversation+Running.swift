import Jansson
import ShellProtocol

extension Conversation {
  /// Starts a call, or queues it behind those that it has to wait for.
  func take(_ request: Request) {
    if mayStartNow(request) {
      count(request)
      register(request, onlyIf: request.batch != nil || request.isDeferred)
      start(request)
    } else if queue.count < dispatcher.limits.queued {
      count(request)
      register(request, onlyIf: true)
      request.stage = .queued
      queue.append(request)
    } else {
      refuseOverload(request)
    }
    if request.stage != .ended { setDeadline(request) }
  }

  private func mayStartNow(_ request: Request) -> Bool {
    // What needs nothing and ends on the spot may as well have waited; `shutdown` is not to be refused.
    if request.hold == .free, !request.isDeferred || request.entry.role == .shutdown { return true }
    return queue.isEmpty && running < dispatcher.limits.inFlight && order.canStart(request.hold)
  }

  private func count(_ request: Request) {
    unfinished += 1
    request.delaysEnd = true
  }

  private func register(_ request: Request, onlyIf isNeeded: Bool) {
    guard let id = request.id else { return }
    if let batch = request.batch { request.batchPlace = batch.reserve(id) }
    guard isNeeded else { return }
    inFlight[id] = request
    request.isRegistered = true
  }

  private func refuseOverload(_ request: Request) {
    request.stage = .ended
    dispatcher.metrics.count(.overloads)
    guard request.id != nil else { return dispatcher.metrics.count(.droppedNotifications) }
    answer(
      EnvelopeFault(id: request.id, .tooManyQueued(retryAfterMs: dispatcher.retryAfterMs)), request.batch)
  }

  private func setDeadline(_ request: Request) {
    guard let ms = request.meta.deadlineMs else { return }
    request.alarm = dispatcher.desk.schedule(afterMs: ms) { [weak request] in
      guard let request else { return }
      request.conversation.expire(request)
    }
  }

  /// Starts what may start now. Only the first of the queue is asked: calls start in the order they came.
  func pump() {
    guard !isPumping else { return }
    isPumping = true
    defer { isPumping = false }
    while let first = queue.first, running < dispatcher.limits.inFlight, order.canStart(first.hold) {
      queue.removeFirst()
      start(first)
    }
  }

  private func start(_ request: Request) {
    request.stage = .running
    running += 1
    order.take(request.hold)
    request.holdsPlace = true
    if let refusal = refusal(request) { return end(request, .failure(refusal)) }
    if enterGate(request) { handle(request) }
  }

  /// What speaks against a call at the moment when it starts: rights, then params.
  private func refusal(_ request: Request) -> WireError? {
    switch request.entry.definition.access {
    case .beforeInitialize, .initialized: break
    case .signedIn: if principal == nil { return .signInRequired }
    case .administrator:
      guard let principal else { return .signInRequired }
      if !principal.isAdministrator { return .forbidden("administrator") }
    }
    let issues = request.entry.check.issues(request.params)
    return issues.isEmpty ? nil : .invalidParams(issues, locale)
  }

  /// Whether the call is to be run; one that repeats another gets the other's answer instead.
  private func enterGate(_ request: Request) -> Bool {
    // Before a sign-in there is no user to whom a key could belong.
    guard let key = request.meta.idempotencyKey, let principal, request.isChange else { return true }
    let scope = IdempotencyScope(user: principal.userID, key: key)
    switch dispatcher.idempotency.enter(request, scope) {
    case .run:
      request.firstOf = scope
      return true
    case .replay(let member):
      dispatcher.metrics.count(.replays)
      end(request, .replay(member))
    case .wait:
      dispatcher.metrics.count(.replays)
      request.repeats = scope
    case .mismatch: end(request, .failure(.idempotencyMismatch(locale)))
    }
    return false
  }

  private func handle(_ request: Request) {
    switch request.entry.definition.handler {
    case .constant(let text): end(request, .reply(.rendered(text)))
    case .immediate(let handler):
      do throws(WireError) {
        end(request, .reply(try handler(request)))
      } catch {
        end(request, .failure(error))
      }
    case .deferred(let handler): handler(request, Responder(request))
    }
  }
}

extension Request {
  fileprivate var isDeferred: Bool {
    if case .deferred = entry.definition.handler { true } else { false }
  }

  fileprivate var isChange: Bool {
    guard case .write = entry.definition.mode else { return false }
    return entry.definition.access == .signedIn || entry.definition.access == .administrator
  }
}
