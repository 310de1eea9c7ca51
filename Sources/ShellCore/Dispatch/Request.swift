import Jansson
import ShellProtocol

/// One call that a client made, from its arrival until its handler has really ended.
///
/// Desk only, like everything that it reaches; `Sendable` so that a closure may carry it elsewhere and back.
package final class Request: @unchecked Sendable {
  /// Nil for a notification: nobody waits for an answer.
  package let id: RequestID?
  /// The params without `_meta`: an object. Checked against the schema before the handler sees them.
  package let params: JSONValue
  package let meta: RequestMeta
  package let conversation: Conversation

  let entry: MethodEntry
  let hold: StartOrder.Hold
  let batch: BatchAnswer?
  let arrivedNs: UInt64

  var stage = Stage.arrived
  /// The client has its answer, or none is owed.
  var isAnswered = false
  /// Known by its id, so that it can be cancelled and its id cannot be used again.
  var isRegistered = false
  /// Has a place in the order that others wait for.
  var holdsPlace = false
  /// The end of the conversation waits for it.
  var delaysEnd = false
  var batchPlace = 0
  var alarm: (any DeskAlarm)?
  /// Set while it is the first of its key.
  var firstOf: IdempotencyScope?
  /// Set while it waits for the first of its key.
  var repeats: IdempotencyScope?
  private(set) var cancelReason: CancelReason?
  private var cancelActions: [(CancelReason) -> Void] = []
  private var ownTrace: String?

  /// How far its handler is.
  enum Stage { case arrived, queued, running, ended }

  init(
    id: RequestID?, entry: MethodEntry, params: JSONValue, meta: RequestMeta, conversation: Conversation,
    batch: BatchAnswer?
  ) {
    self.id = id
    self.entry = entry
    self.params = params
    self.meta = meta
    self.conversation = conversation
    self.batch = batch
    hold = StartOrder.Hold(entry.definition.mode) { params }
    arrivedNs = monotonicNs()
  }

  /// The method's name.
  package var method: String { entry.definition.name }

  /// The language of the session.
  package var locale: Locale { conversation.locale }

  /// Milliseconds that are left until its deadline, 0 when it has passed; nil when it has none.
  package var remainingMs: Int64? {
    meta.deadlineMs.map { max(0, $0 - Int64(clamping: (monotonicNs() &- arrivedNs) / 1_000_000)) }
  }

  /// Names this call in logs: the caller's trace id, or one of ours.
  package var trace: String {
    if let own = ownTrace { return own }
    let made = meta.traceID ?? conversation.dispatcher.nextTrace()
    ownTrace = made
    return made
  }
}

// MARK: - What a handler may do with it

extension Request {
  /// Sends a notification on this connection. It goes out before the answer.
  package func notify(_ method: String, _ params: Reply) { conversation.notify(method, params) }

  /// Tells the caller how far the work is, when it asked to be told. Nothing is sent after the answer.
  package func progress(_ value: JSONValue) {
    guard let token = meta.progressToken, !isAnswered else { return }
    conversation.notify(progressNotification.name, .value(["token": token, "value": value]))
  }

  /// Lets later calls go on although this one is still waiting for news: the change that it makes is done.
  package func settled() { conversation.settle(self) }

  /// Whether the caller was told already that this came to nothing.
  package var isCancelled: Bool { cancelReason != nil }

  /// Runs `action` on the desk when the call is cancelled while it runs; at once if it is already.
  package func onCancel(_ action: @escaping (CancelReason) -> Void) {
    if let cancelReason {
      action(cancelReason)
    } else if stage != .ended {
      cancelActions.append(action)
    }
  }

  /// A defect of ours: writes `details` to the log under this call's trace and makes the error that names it.
  package func defect(_ details: String) -> WireError {
    conversation.dispatcher.onDefect(trace, method, details)
    return .defect(trace: trace)
  }

  func cancelled(_ reason: CancelReason) {
    guard cancelReason == nil else { return }
    cancelReason = reason
    let actions = cancelActions
    cancelActions = []
    for action in actions { action(reason) }
  }

  /// Lets go of what handlers left behind, so that nothing is kept alive in a ring.
  func forgetCancelActions() { cancelActions = [] }
}

/// Why a call came to nothing.
package enum CancelReason: String, Sendable {
  /// `$/cancelRequest`.
  case client
  /// `_meta.deadlineMs` has passed.
  case deadline
  /// The connection is gone.
  case disconnect
}
