import Jansson
import ShellProtocol
import Synchronization

/// The one answer to a deferred call. May be used from any thread; the answer is given on the desk.
///
/// Exactly once: a second answer is counted and ignored, and a responder that is let go without an answer
/// answers −32603 by itself, so no client waits for ever.
package final class Responder: Sendable {
  package let request: Request
  private let isUsed = Atomic<Bool>(false)

  init(_ request: Request) { self.request = request }

  deinit {
    guard !isUsed.load(ordering: .acquiring) else { return }
    let request = request
    request.conversation.dispatcher.desk.run {
      request.conversation.dispatcher.metrics.count(.abandonedAnswers)
      let error = request.defect("the handler let its responder go without an answer")
      request.conversation.end(request, .failure(error))
    }
  }

  package func answer(_ value: JSONValue) { complete(.reply(.value(value))) }
  package func answer(_ reply: Reply) { complete(.reply(reply)) }
  package func fail(_ error: WireError) { complete(.failure(error)) }

  package func complete(_ result: Result<Reply, WireError>) {
    switch result {
    case .success(let reply): complete(.reply(reply))
    case .failure(let error): complete(.failure(error))
    }
  }

  private func complete(_ outcome: Outcome) {
    let isFirst = isUsed.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing)
      .exchanged
    let request = request
    request.conversation.dispatcher.desk.run {
      if isFirst {
        request.conversation.end(request, outcome)
      } else {
        request.conversation.dispatcher.metrics.count(.doubleAnswers)
      }
    }
  }
}

extension Desk {
  /// Runs `action` now when the caller is on the desk, else hands it in.
  func run(_ action: @escaping @Sendable () -> Void) {
    if isCurrent { action() } else { execute(action) }
  }
}
