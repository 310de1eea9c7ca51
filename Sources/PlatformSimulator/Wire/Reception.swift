import Foundation
import GRDB

/// Takes every request through the same steps: faults, authorization, limits, the operation, the log.
///
/// Steps and log entry are one transaction, so the log tells of every effect and of no other.
final class Reception: Sendable {
  /// What the HTTP face does with a request.
  enum Reply: Sendable {
    case answer(Answer)
    /// Close the connection without a word.
    case dropped
  }

  let state: State
  let clock: @Sendable () -> Int64
  let bell: Bell
  let limiter: RateLimiter
  private let platform: RouteTable
  private let control: RouteTable

  init(state: State, clock: @escaping @Sendable () -> Int64, bell: Bell, limiter: RateLimiter) {
    self.state = state
    self.clock = clock
    self.bell = bell
    self.limiter = limiter
    var platform = RouteTable()
    BotOperations.register(in: &platform)
    ChatOperations.register(in: &platform)
    MemberOperations.register(in: &platform)
    AdministratorOperations.register(in: &platform)
    MessageOperations.register(in: &platform)
    AnswerOperation.register(in: &platform)
    BindingOperations.register(in: &platform)
    ChatGateway.register(in: &platform)
    ConferenceGateway.register(in: &platform)
    // Served by `poll`; stands here so that other methods on the path get their 405.
    platform.on("GET", "/updates") { _ in throw Refusal.internalError }
    self.platform = platform
    control = ControlTable.make()
  }

  func receive(_ call: Call) async -> Reply {
    do {
      if call.path.hasPrefix("/control/") { return .answer(try await steer(call)) }
      if call.method == "GET", call.path == "/updates" { return try await poll(call) }
      return try await serve(call)
    } catch let refusal as Refusal {
      return .answer(Answer(refusal))
    } catch is CancellationError {
      return .dropped  // the simulator stops; nothing was committed
    } catch {
      return .answer(Answer(.internalError))
    }
  }

  private func serve(_ call: Call) async throws -> Reply {
    let arrivedAt = clock()
    let (reply, hasNews, delayMs) = try await state.database.write { db in
      let disturbance = try Disturbance.take(db, call)
      let end = try UpdateQueue.end(db)
      let reply = try self.outcome(disturbance, call, db, arrivedAt: arrivedAt) {
        try self.perform($0, self.platform, db, isLimited: true)
      }
      return (reply, try UpdateQueue.end(db) > end, disturbance.delayMs)
    }
    // What the bot itself does is news for its poll, too.
    if hasNews { bell.ring() }
    await hold(ms: delayMs)
    return reply
  }

  /// The control interface: its own token, no faults, no limits, no log.
  private func steer(_ call: Call) async throws -> Answer {
    guard call.authorization == state.controlToken else {
      throw Refusal(status: 401, code: "control.token", message: "the control token is missing or wrong")
    }
    let answer = try await state.database.write { db in
      try self.perform(call, self.control, db, isLimited: false)
    }
    if call.method != "GET" { bell.ring() }
    return answer
  }

  /// Does what the disturbance leaves of a request, and notes it.
  func outcome(
    _ disturbance: Disturbance,
    _ call: Call,
    _ db: Database,
    arrivedAt: Int64,
    _ work: (Call) throws -> Answer
  ) throws -> Reply {
    let fault = disturbance.outcome?.kind
    switch disturbance.outcome {
    case .dropBefore:
      try RequestLog.add(db, call, at: arrivedAt, status: 0, effect: .none, target: nil, fault: fault)
      return .dropped
    case .status(let status):
      let answer = Answer(.injected(status))
      try RequestLog.add(db, call, at: arrivedAt, answer, fault: fault)
      return .answer(answer)
    case .dropAfter:
      try RequestLog.add(db, call, at: arrivedAt, try work(call), fault: fault)
      return .dropped
    case nil:
      let answer = try work(call)
      try RequestLog.add(db, call, at: arrivedAt, answer)
      return .answer(answer)
    }
  }

  /// Authorization and limits of the platform's own interface.
  func admit(_ call: Call) throws(Refusal) {
    try Authorization.check(call, token: state.botToken)
    try limiter.admitRequest()
  }

  /// Runs the operation; a refusal undoes what it wrote and becomes the answer.
  private func perform(_ call: Call, _ routes: RouteTable, _ db: Database, isLimited: Bool) throws -> Answer {
    do {
      if isLimited { try admit(call) }
      let operation: Operation
      let pieces: [String: String]
      switch routes.match(call.method, call.path) {
      case .found(let found, let named): (operation, pieces) = (found, named)
      case .wrongMethod: throw Refusal.wrongMethod
      case .nothing: throw Refusal.nothingThere
      }
      let exchange = Exchange(db: db, call: call, pieces: pieces, now: clock(), limiter: limiter)
      var answer: Answer?
      try db.inSavepoint {
        answer = try operation(exchange)
        return .commit
      }
      return answer ?? Answer(.internalError)
    } catch let refusal as Refusal {
      return Answer(refusal)
    }
  }

  /// Waits until the clock has moved so far or as much real time has passed: a manual clock may stand still.
  func hold(ms: Int64) async {
    guard ms > 0 else { return }
    let due = clock() + ms
    let end = ContinuousClock.now + .milliseconds(ms)
    while !Task.isCancelled {
      let seen = bell.rings
      let left = end - ContinuousClock.now
      guard clock() < due, left > .zero, !bell.isClosed else { return }
      await bell.wait(after: seen, upTo: left)
    }
  }
}
