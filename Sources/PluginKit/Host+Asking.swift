import CShellPlugin
import Jansson
import Synchronization

extension Host {
  /// Calls a service of another plugin, one that the manifest's permissions name.
  public func callService(_ name: String, _ params: JSONValue) async throws -> JSONValue {
    try await unsafe ask { reply, user in
      unsafe table.pointee.call_service(
        table.pointee.context, callID, name, params.retainedPointer(), reply, user)
    }
  }

  /// One HTTP request. Every answer of the server is a result, also 500; an error means that there was none.
  public func fetch(_ request: HTTPRequest) async throws -> HTTPResponse {
    let json = try await unsafe ask { reply, user in
      unsafe table.pointee.http(table.pointee.context, callID, request.json.retainedPointer(), reply, user)
    }
    return HTTPResponse(json)
  }

  private func ask(_ send: (shell_reply, UnsafeMutableRawPointer) -> Void) async throws -> JSONValue {
    let question = Question()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        guard question.expect(continuation) else { return }
        unsafe send(receiveAnswer, Unmanaged.passRetained(question).toOpaque())
      }
    } onCancel: {
      // The answer may still come; nobody waits for it any more.
      question.end(.failure(CancellationError()))
    }
  }
}

/// A continuation on its way through C and back, ended once: by the answer, or by the end of the task.
private final class Question: Sendable {
  private enum State {
    case new
    case waiting(CheckedContinuation<JSONValue, any Error>)
    case ended
  }
  private let state = Mutex(State.new)

  /// False when the task was cancelled before it could ask; the continuation is ended then.
  func expect(_ continuation: CheckedContinuation<JSONValue, any Error>) -> Bool {
    let mayAsk = state.withLock { state -> Bool in
      guard case .new = state else { return false }
      state = .waiting(continuation)
      return true
    }
    if !mayAsk { continuation.resume(throwing: CancellationError()) }
    return mayAsk
  }

  func end(_ result: Result<JSONValue, any Error>) {
    let waiting = state.withLock { state -> CheckedContinuation<JSONValue, any Error>? in
      defer { state = .ended }
      if case .waiting(let continuation) = state { return continuation }
      return nil
    }
    waiting?.resume(with: result)
  }
}

private func receiveAnswer(
  _ user: UnsafeMutableRawPointer?, _ result: UnsafePointer<json_t>?, _ error: UnsafePointer<json_t>?
) {
  guard let user = unsafe user else { return }
  let question = unsafe Unmanaged<Question>.fromOpaque(user).takeRetainedValue()
  if let result = unsafe result {
    unsafe question.end(.success(JSONValue(borrowing: result)))
  } else {
    unsafe question.end(.failure(PluginError(JSONValue(borrowing: error))))
  }
}

/// A request to the world outside; its address must match a pattern of the manifest.
public struct HTTPRequest: Sendable {
  public var method: String
  public var url: String
  public var headers: [String: String]
  public var body: String?
  public var timeoutMs: Int64

  public init(
    _ method: String, _ url: String, headers: [String: String] = [:], body: String? = nil, timeoutMs: Int64 = 30_000
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeoutMs = timeoutMs
  }

  var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("method", JSONValue(method)), ("url", JSONValue(url)), ("timeoutMs", JSONValue(timeoutMs)),
      ("headers", JSONValue(headers.mapValues { JSONValue($0) })),
    ]
    if let body { members.append(("body", JSONValue(body))) }
    return JSONValue(members: members)
  }
}

/// A server's answer. Header names are in lower case.
public struct HTTPResponse: Sendable {
  public let status: Int
  public let headers: [String: String]
  public let body: String

  init(_ json: JSONValue) {
    status = json["status"]?.int ?? 0
    headers = Dictionary(
      (json["headers"]?.members ?? []).map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { first, _ in first })
    body = json["body"]?.string ?? ""
  }

  /// The body as JSON; nil when it is none.
  public var json: JSONValue? { try? JSONValue(parsing: body) }  // a body that is no JSON is for the caller to judge
}
