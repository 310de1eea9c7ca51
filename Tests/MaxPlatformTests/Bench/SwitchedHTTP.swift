import PluginHost
import ShellHTTP
import Synchronization

/// The way to the network, which can be cut as the end of a process cuts it: nothing goes out any more, and no
/// answer comes in.
final class SwitchedHTTP: HTTPFetching {
  typealias Completion = @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void

  private let network = NetworkClient()
  private let held = Mutex<(isCut: Bool, waiting: [Completion])>((false, []))

  func fetch(_ request: HTTPRequest, completion: @escaping Completion) {
    guard !hold(completion) else { return }
    network.fetch(request) { [self] result in
      if !hold(completion) { completion(result) }
    }
  }

  private func hold(_ completion: @escaping Completion) -> Bool {
    held.withLock { held in
      if held.isCut { held.waiting.append(completion) }
      return held.isCut
    }
  }

  func cut() { held.withLock { $0.isCut = true } }

  /// Ends all requests, also those that are held.
  func close() async {
    await network.close()
    let waiting = held.withLock { held in
      defer { held = (true, []) }
      return held.waiting
    }
    for completion in waiting { completion(.failure(HTTPFailure(.unreachable, "closed"))) }
  }
}
