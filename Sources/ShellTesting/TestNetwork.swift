import Jansson
import PluginHost
import Synchronization

/// The world outside of a host under test: the test answers, and nothing is sent anywhere. With no answer there is no
/// server.
package final class TestNetwork: HTTPFetching {
  /// What a server answers.
  package struct Answer: Sendable {
    let status: Int
    let headers: [String: String]
    let body: String

    package init(status: Int, headers: [String: String], body: String) {
      self.status = status
      self.headers = headers
      self.body = body
    }
  }

  /// Gets `{"method", "url", "headers", "body"}`; what it throws means that there was no answer.
  package typealias Handler = @Sendable (JSONValue) throws -> Answer

  private struct State {
    var handler: Handler?
    var asked: [JSONValue] = []
  }
  private let state = Mutex(State())

  package init() {}

  /// Requests so far, the oldest first.
  package var asked: [JSONValue] { state.withLock { $0.asked } }

  package func answer(by handler: @escaping Handler) { state.withLock { $0.handler = handler } }

  package func fetch(
    _ request: HTTPRequest, completion: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
  ) {
    let json: JSONValue = [
      "method": JSONValue(request.method), "url": JSONValue(request.url),
      "headers": JSONValue(members: request.headers.map { ($0.name, JSONValue($0.value)) }),
      "body": JSONValue(request.body.map { String(decoding: $0, as: UTF8.self) }),
    ]
    let handler = state.withLock { state in
      state.asked.append(json)
      return state.handler
    }
    guard let handler else { return completion(.failure(HTTPFailure(.unreachable, "the test answers no requests"))) }
    do {
      let answer = try handler(json)
      completion(
        .success(
          HTTPResponse(
            status: answer.status, headers: answer.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
            body: Array(answer.body.utf8))))
    } catch {
      completion(.failure(HTTPFailure(.unreachable, "\(error)")))
    }
  }
}
