import Dispatch
import Jansson
import ShellTime

extension PluginContext {
  typealias Answer = @Sendable (Result<JSONValue, PluginFailure>) -> Void

  /// Calls a service on behalf of a plugin. The answer never comes inside this call.
  func callService(_ name: String, _ params: JSONValue, call callID: UInt64, reply: @escaping Answer) {
    let answer = answering("service \(name)", reply)
    guard !isGuest else { return answer(.failure(.misuse("call_service inside a rehearsal; use rehearse"))) }
    guard params.isSane else { return answer(.failure(.misuse("params nested deeper than \(maxNesting)"))) }
    guard grants.services.contains(name) else { return answer(.failure(denied("service \(name)"))) }
    guard let host else { return answer(.failure(.stopping)) }
    used(.service(name))
    let caller = calls.record(callID)
    if callID != 0, caller == nil {
      return answer(.failure(.misuse("the call of this service call has ended")))
    }
    let remaining = caller?.deadline.map { $0 - monotonicMs() }
    let call = PluginCall(
      .service, name, params: params, session: caller?.call.session, deadlineMs: remaining,
      trace: caller?.call.trace ?? "\(id)")
    let handle = host.callService(call, from: id, completion: answer)
    caller?.adopt(handle)
  }

  /// Sends an HTTP request on behalf of a plugin. The answer never comes inside this call.
  func fetch(_ json: JSONValue, call callID: UInt64, reply: @escaping Answer) {
    let answer = answering("http", reply)
    guard !isGuest else { return answer(.failure(.misuse("there is no network inside a rehearsal"))) }
    // A method with a space or a line's end in it would write the head of another request.
    guard json.isSane, let url = json["url"]?.string, let method = json["method"]?.string,
      !method.isEmpty, method.utf8.count <= 16, method.utf8.allSatisfy({ (65...90).contains($0) })
    else {
      return answer(.failure(.misuse("an HTTP request needs a method and an url")))
    }
    guard let host else { return answer(.failure(.stopping)) }
    guard grants.allowsHTTP(url, platformURL: host.configuration.platformURL()) else {
      return answer(.failure(denied("http \(url.prefix { $0 != "?" })")))
    }
    used(.http(url))
    guard let client = host.configuration.http else {
      let failure = HTTPFailure(.unreachable, "this host has no way out to the network")
      return answer(.failure(PluginFailure(failure)))
    }
    var request = HTTPRequest(method: method, url: url)
    request.headers = (json["headers"]?.members ?? []).compactMap { name, value in
      value.string.map { (name, $0) }
    }
    request.body = json["body"]?.string.map { Array($0.utf8) }
    if let timeout = json["timeoutMs"]?.int64 { request.timeoutMs = max(1, timeout) }
    if let deadline = calls.record(callID)?.deadline {
      request.timeoutMs = max(1, min(request.timeoutMs, deadline - monotonicMs()))
    }
    client.fetch(request) { result in
      answer(result.map(\.abi).mapError { PluginFailure($0) })
    }
  }

  /// Whether this thread runs the plugin inside a rehearsal of another.
  private var isGuest: Bool { BodyScope.current?.guest === self }

  /// Wraps a plugin's reply: it runs on a thread of its own, journaled, and holds the plugin's instance.
  private func answering(_ name: String, _ reply: @escaping Answer) -> Answer {
    outside.began()
    return { result in
      // Elsewhere, since the plugin may hold a lock of its own around the request, and since an answer that
      // comes on another plugin's executor must not keep that one busy.
      // A queue of its own, not a global one: libdispatch watches those once a second from their first use on.
      DispatchQueue(label: "esh.plugin.answer").async { [self] in
        journaled(.other, "answer of \(name)") { reply(result) }
        outside.ended()
      }
    }
  }

  func present(_ message: JSONValue) {
    guard grants.mayPresent else { return _ = denied("present") }
    guard message.isSane, message.isObject else { return misbehaved("present with no object") }
    used(.present)
    host?.delegate?.present(message, from: id)
  }
}

extension HTTPResponse {
  /// The answer as the ABI has it. Repeated headers are joined with a comma.
  fileprivate var abi: JSONValue {
    var joined: [(String, String)] = []
    for (name, value) in headers {
      let name = name.lowercased()
      if let index = joined.firstIndex(where: { $0.0 == name }) {
        joined[index].1 += ", \(value)"
      } else {
        joined.append((name, value))
      }
    }
    return [
      "status": JSONValue(status), "headers": JSONValue(members: joined.map { ($0.0, JSONValue($0.1)) }),
      "body": JSONValue(String(decoding: body, as: UTF8.self)),
    ]
  }
}

extension PluginFailure {
  init(_ failure: HTTPFailure) {
    self.init(
      failure.cause == .timeout ? .timedOut : .refused, kind: failure.cause.rawValue,
      .init(verbatim: failure.message))
  }
}
