import ShellTime

extension Deliveries {
  /// Deliveries of one instant past which something runs in a circle.
  private static let mostAtOneInstant = 100_000

  /// Moves the manual clock from due instant to due instant up to `ms`, and runs what falls due.
  func runDue(upTo ms: Int64) async {
    await settle()
    guard let clock = clock as? ManualClock else { return }
    while let next = nextInstant(after: clock.nowMs), next <= ms {
      clock.advance(toMs: next)
      await settle()
    }
    clock.advance(toMs: ms)
    await settle()
  }

  private func nextInstant(after now: Int64) -> Int64? {
    let (retry, stopped) = state.withLock { state in
      let retries = state.subscribers.filter { $0.instance.isAvailable }.compactMap { $0.stuck?.retryAtMs }
      return (retries.filter { $0 > now }.min(), state.stopped)
    }
    guard !stopped else { return nil }
    let job = attempt("next due job") { try store.nextDueMs(after: now) } ?? nil
    return [retry, job].compactMap { $0 }.min()
  }

  /// Returns when nothing is due now, and nothing runs but background jobs.
  private func settle() async {
    await withCheckedContinuation { continuation in
      let waits = state.withLock { state -> Bool in
        guard state.started, !state.stopped else { return false }
        state.idleWaiters.append(continuation)
        state.budget = Self.mostAtOneInstant
        return true
      }
      if waits { kick(events: true, jobs: true) } else { continuation.resume() }
    }
    let exhausted = state.withLock { state in
      defer { state.budget = .max }
      return state.budget == 0
    }
    if exhausted { logger.error("deliveries at one instant never end", metadata: ["at": "\(clock.nowMs)"]) }
  }
}
