import GRDB

extension Reception {
  private enum Step: Sendable {
    case done(Reply)
    case wait(upTo: Duration, isLone: Bool)
  }

  /// `GET /updates`: answers at once when there is something, else waits for it.
  func poll(_ call: Call) async throws -> Reply {
    let arrivedAt = clock()
    let started = ContinuousClock.now
    var isFirst = true
    var holdsLone = true
    var disturbance = Disturbance()

    while true {
      let seen = bell.rings
      let waited = ContinuousClock.now - started
      let (step, met) = try await state.database.write { [isFirst, holdsLone, disturbance] db in
        let met = isFirst ? try Disturbance.take(db, call) : disturbance
        let step = try self.look(
          call,
          met,
          db,
          arrivedAt: arrivedAt,
          waited: waited,
          isFirst: isFirst,
          holdsLone: holdsLone
        )
        return (step, met)
      }
      disturbance = met
      isFirst = false
      switch step {
      case .done(let reply):
        await hold(ms: disturbance.delayMs)
        return reply
      case .wait(let limit, let isLone):
        await bell.wait(after: seen, upTo: limit)
        try Task.checkCancellation()
        if isLone { holdsLone = false }
      }
    }
  }

  /// One look into the queue.
  ///
  /// Only the look that ends the poll is logged.
  private func look(
    _ call: Call,
    _ disturbance: Disturbance,
    _ db: Database,
    arrivedAt: Int64,
    waited: Duration,
    isFirst: Bool,
    holdsLone: Bool
  ) throws -> Step {
    switch disturbance.outcome {
    case .dropBefore, .status:
      return .done(try outcome(disturbance, call, db, arrivedAt: arrivedAt) { _ in Answer(.internalError) })
    case .dropAfter, nil: break
    }
    let found: Answer
    do {
      if isFirst { try admit(call) }
      let request = try UpdatePoll(call)
      let left = Duration.milliseconds(request.timeoutMs) - waited
      let isOver = left <= .zero || clock() >= arrivedAt + request.timeoutMs || bell.isClosed
      switch try UpdateDelivery.look(db, request, holdsLone: holdsLone && !isOver, now: clock()) {
      case .batch(let answer): found = answer
      case .lone(let waitMs): return .wait(upTo: min(left, .milliseconds(waitMs)), isLone: true)
      case .nothing(let answer):
        guard isOver else { return .wait(upTo: left, isLone: false) }
        found = answer
      }
    } catch let refusal as Refusal {
      found = Answer(refusal)
    }
    return .done(try outcome(disturbance, call, db, arrivedAt: arrivedAt) { _ in found })
  }
}
