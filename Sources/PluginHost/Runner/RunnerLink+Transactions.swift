import CShellPlugin
import Jansson
import ShellStore
import ShellTime

/// Transactions of a plugin in a runner: the host's thread runs the body, and does in it what the runner asks for, until
/// it says how the body ended.
extension RunnerLink {
  /// Milliseconds for which a body may leave the host waiting: nobody else writes meanwhile.
  static let idleLimitMs: Int64 = 10_000
  /// Milliseconds that a body may take in all: one that only reads keeps nobody else from anything.
  static let writeLimitMs: Int64 = 30_000
  static let readLimitMs: Int64 = 300_000

  /// `frame`: the runner's `transact`; `box` gets what follows under its id.
  func serve(_ frame: Frame, _ box: Mailbox) {
    defer { waiting.forget(frame.id) }
    guard let mode = TransactMode(rawValue: Int32(truncatingIfNeeded: frame.number(1))) else {
      return answer(frame.id, PluginFailure.misuse("transact with an unknown mode \(frame.number(1))"))
    }
    do throws(PluginFailure) {
      let isWanted = unsafe try context.transact(call: UInt64(bitPattern: frame.number(0)), mode) { _ in
        guard let scope = BodyScope.current else { return false }
        answer(frame.id, .null, status: Int64(GuestTransactions.begun))
        return run(scope, frame.id, box)
      }
      answer(frame.id, .null, status: isWanted ? 0 : Int64(GuestTransactions.rolledBack))
    } catch {
      answer(frame.id, error)
    }
  }

  /// True: the body wants its changes kept.
  private func run(_ scope: BodyScope, _ id: UInt64, _ box: Mailbox) -> Bool {
    let limit = monotonicMs() + (scope.writes ? Self.writeLimitMs : Self.readLimitMs)
    // A statement that does not end by itself ends with the runner, or with the time of the body.
    return scope.transaction.stoppingStatements(
      when: { [self] in brake.load(ordering: .relaxed) || monotonicMs() > limit }
    ) {
      steps(of: scope, id, box, until: limit)
    }
  }

  private func steps(of scope: BodyScope, _ id: UInt64, _ box: Mailbox, until limit: Int64) -> Bool {
    while true {
      switch box.next(limitMs: Self.idleLimitMs) {
      case .closed: return false
      case .frame(let frame) where frame.kind == .end:
        scope.finishesJob = scope.finishesJob || frame.number(1) == 1
        return frame.number(0) == 1
      case .frame(let frame) where monotonicMs() < limit:
        do throws(PluginFailure) {
          let value = try step(frame, scope)
          let isSent = answer(id, value, changes: Int64(scope.transaction.changes))
          if !isSent { fail(scope, frame, .misuse("an answer larger than a runner takes")) }
        } catch {
          fail(scope, frame, error)
          answer(id, error)
        }
      case .frame, .late:
        _ = kill(because: "it held a transaction for too long")
        return false
      }
    }
  }

  /// A statement that failed fails its transaction, whatever the body says then; a request to the host may be one that
  /// the plugin can do without.
  private func fail(_ scope: BodyScope, _ frame: Frame, _ failure: PluginFailure) {
    guard [.query, .insertMany, .queryColumns].contains(frame.kind), scope.failure == nil else { return }
    scope.failure = failure
  }

  private func step(_ frame: Frame, _ scope: BodyScope) throws(PluginFailure) -> JSONValue {
    switch frame.kind {
    case .query: return try scope.query(frame.text(0), try frame.json(1) ?? .emptyArray)
    case .insertMany: return JSONValue(try scope.insertMany(frame.text(0), try frame.json(1) ?? .emptyArray))
    case .queryColumns: return try SentColumns.query(frame, scope)
    case .emit: try scope.emit(frame.text(0), try frame.json(1) ?? .null)
    case .schedule: try scope.schedule(try frame.json(0) ?? .null)
    case .unschedule: return JSONValue(try scope.unschedule(frame.text(0), key: frame.text(1)) ? 1 : 0)
    case .setContext:
      let user = frame.number(0) == 1 ? frame.text(1) : nil
      try scope.setContext(user: user, key: frame.text(2), value: try frame.json(3))
    case .audit: try scope.audit(try frame.json(0) ?? .null)
    case .rehearse: return try scope.rehearse(frame.text(0), try frame.json(1) ?? .emptyObject)
    default: throw .misuse("\(frame.kind) inside a transaction")
    }
    return .null
  }
}
