import Jansson
import ShellProtocol

/// One connection's side of the protocol: what may be asked when, in which order it runs, who is answered.
///
/// Bytes of whole messages come in through `receive`, whole messages go out through the outlet. Desk only.
package final class Conversation: @unchecked Sendable {
  package let dispatcher: Dispatcher
  package internal(set) var phase = Phase.new
  /// The language of everything that is written for a person. Russian until `initialize` says otherwise.
  package internal(set) var locale = Locale.ru { didSet { onLocale?(locale) } }
  /// `clientInfo` as `initialize` gave it; null before.
  package internal(set) var clientInfo = JSONValue.null
  /// Who is signed in; nil is nobody. Access rules ask this when a call starts.
  package var principal: Principal?
  /// What the rest of the host keeps for this connection.
  package var context: AnyObject?
  /// Told when `initialize` has chosen the language, for a transport that answers by itself.
  package var onLocale: ((Locale) -> Void)?
  /// Told once when the conversation is over, with the exit status for stdio: 0 after `shutdown`, else 1.
  package var onEnd: ((_ status: Int32) -> Void)?

  let outlet: any Outlet
  /// Requests that have an id and no answer yet, and those of a batch that is not written yet.
  var inFlight: [RequestID: Request] = [:]
  /// Calls that wait for their turn, in their order.
  var queue: [Request] = []
  var order = StartOrder()
  /// Calls that were started and have not really ended, those cancelled meanwhile among them.
  var running = 0
  /// Calls, and batches being taken in, that the end has to wait for.
  var unfinished = 0
  var whenDrained: [() -> Void] = []
  var isPumping = false
  var wasShutDown = false
  private var lingering: (any DeskAlarm)?
  private var isFinishing = false

  package enum Phase: Sendable {
    /// Before `initialize`.
    case new
    case serving
    /// After `shutdown`, or while the host drains: what runs is finished, nothing new is taken.
    case shuttingDown
    /// After `exit` or the end of the input: what runs is finished, nothing is read.
    case leaving
    case ended
  }

  package init(_ dispatcher: Dispatcher, outlet: any Outlet) {
    self.dispatcher = dispatcher
    self.outlet = outlet
  }

  /// Sends a notification. Nothing is sent before `initialize` was answered, or after the end.
  package func notify(_ method: String, _ params: Reply) {
    guard phase != .new, phase != .ended else { return }
    dispatcher.metrics.count(.sentNotifications)
    send { AnswerText.notification(method, params, into: &$0) }
  }

  /// Answers, with no id, what the transport could not make a message of.
  package func refuse(_ error: WireError) { answer(EnvelopeFault(error)) }

  /// Writes one message.
  func send(_ write: (inout [UInt8]) -> Void) {
    guard phase != .ended else { return }
    dispatcher.scratch.removeAll(keepingCapacity: true)
    write(&dispatcher.scratch)
    outlet.send(dispatcher.scratch)
    // A large answer's room is not kept for the small ones after it.
    if dispatcher.scratch.capacity > 1 << 16 { dispatcher.scratch = [] }
  }
}

// MARK: - The end

extension Conversation {
  /// Takes no more requests (−32600), and runs `action` once what was taken has ended.
  package func drain(_ action: @escaping () -> Void) {
    if phase == .new || phase == .serving { phase = .shuttingDown }
    whenFinished(action)
  }

  /// The input has ended, or the client said `exit`.
  ///
  /// What was asked is finished within the linger time, then the connection is closed.
  package func leave() {
    guard phase != .leaving, phase != .ended else { return }
    phase = .leaving
    lingering = dispatcher.desk.schedule(afterMs: dispatcher.lingerMs) { [weak self] in self?.finish() }
    whenFinished { [weak self] in self?.finish() }
  }

  /// The connection is gone: nothing can be written any more, and what runs is told so.
  package func disconnected() {
    guard phase != .ended else { return }
    phase = .ended
    abandonAll()
    over()
  }

  private func finish() {
    guard phase != .ended, !isFinishing else { return }
    isFinishing = true
    abandonAll()
    phase = .ended
    outlet.close()
    over()
  }

  private func over() {
    lingering?.cancel()
    lingering = nil
    let told = onEnd
    onEnd = nil
    told?(wasShutDown ? 0 : 1)
  }

  private func whenFinished(_ action: @escaping () -> Void) {
    if unfinished == 0 { action() } else { whenDrained.append(action) }
  }

  /// Counts one thing off that the end waited for.
  func finishedOne() {
    unfinished -= 1
    guard unfinished == 0, !whenDrained.isEmpty else { return }
    let actions = whenDrained
    whenDrained = []
    for action in actions { action() }
  }
}
