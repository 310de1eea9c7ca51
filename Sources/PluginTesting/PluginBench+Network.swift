import PluginKit
import ShellTesting

/// What a server answers.
public struct HTTPAnswer: Sendable {
  public var status: Int
  public var headers: [String: String]
  public var body: String

  public init(_ status: Int, _ body: String = "", headers: [String: String] = [:]) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// The world outside: the test answers, and nothing is sent anywhere.
extension PluginBench {
  /// From now on `answer` gets each request of the plugin, `{"method", "url", "headers", "body"}`, that the manifest's
  /// `permissions.http` lets out. What it throws means that there was no answer, as if nothing is said here.
  public func answerHTTP(_ answer: @escaping @Sendable (JSONValue) throws -> HTTPAnswer) {
    network.answer(by: { request in
      let answer = try answer(request)
      return TestNetwork.Answer(status: answer.status, headers: answer.headers, body: answer.body)
    })
  }

  /// Requests that were let out so far, the oldest first.
  public var requests: [JSONValue] { network.asked }
}
