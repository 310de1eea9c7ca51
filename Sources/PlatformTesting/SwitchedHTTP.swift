import PluginHost
import ShellHTTP
import Synchronization

/// The way to the network, which can be cut as the end of a process cuts it: nothing goes out any more, and no
/// answer comes in.
package final class SwitchedHTTP: HTTPFetching {
  package typealias Completion = @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void

  private let network = NetworkClient()
  private struct Held {
    var isCut = false
    var isClosed = false
    var waiting: [Completion] = []
    var sent: [HTTPRequest] = []
  }

  private let held = Mutex(Held())

  package init() {}

  package func fetch(_ request: HTTPRequest, completion: @escaping Completion) {
    guard !hold(completion) else { return }
    held.withLock { $0.sent.append(request) }
    network.fetch(request) { [self] result in
      if !hold(completion) { completion(result) }
    }
  }

  private func hold(_ completion: @escaping Completion) -> Bool {
    let (isCut, isClosed) = held.withLock { held in
      if held.isCut, !held.isClosed { held.waiting.append(completion) }
      return (held.isCut, held.isClosed)
    }
    if isClosed { completion(.failure(HTTPFailure(.unreachable, "closed"))) }
    return isCut || isClosed
  }

  /// The requests that went out, in the order in which they were asked for, whatever becomes of them on the way.
  package var sent: [HTTPRequest] { held.withLock { $0.sent } }

  package func cut() { held.withLock { $0.isCut = true } }

  /// Ends all requests, also those that are held.
  package func close() async {
    await network.close()
    let waiting = held.withLock { held in
      defer { held = Held(isCut: true, isClosed: true) }
      return held.waiting
    }
    for completion in waiting { completion(.failure(HTTPFailure(.unreachable, "closed"))) }
  }
}
