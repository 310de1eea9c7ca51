import Jansson
import NIOCore
import NIOHTTP1
import ShellProtocol
import Synchronization

/// What is behind each path: `/` and the page's files, `/session`, `/rpc`, `/metrics`, `/health`.
final class WebRoutes: Sendable {
  let names: HostNames
  private let ask: AskHost
  /// Sign-ins that the host is busy with. Each costs it a tenth of a second of a processor, on purpose.
  private let signIns = Atomic<Int>(0)
  private static let signInsAtOnce = 32

  init(_ options: WebOptions, _ ask: @escaping AskHost) {
    names = HostNames(listeningAt: options.address, names: options.names)
    self.ask = ask
  }

  /// Hands the answer over, now or later, on any thread, once.
  func answer(_ request: WebRequest, _ done: @escaping @Sendable (WebResponse) -> Void) {
    if let refusal = refusal(request) { return done(refusal) }
    switch request.path {
    case "/rpc": done(Self.rpcRefusal(request))
    case "/session": session(request, done)
    case "/health": health(request, done)
    case "/metrics": metrics(request, done)
    default: done(file(request))
    }
  }

  /// What speaks against any request that does not name this host.
  func refusal(_ request: WebRequest) -> WebResponse? {
    guard let host = request.host, Authority(host) != nil else {
      return WebResponse(.badRequest, text: "one Host header is needed")
    }
    guard names.allows(host) else {
      return WebResponse(
        .misdirectedRequest, text: "'\(Authority(host)?.name ?? "")' is not this host; see esh serve --http-host NAME")
    }
    return nil
  }

  /// What speaks against opening a WebSocket; nil: nothing.
  func upgradeRefusal(_ request: WebRequest) -> WebResponse? {
    if let refusal = refusal(request) { return refusal }
    guard request.path == "/rpc" else { return WebResponse(.notFound, text: "WebSockets are at /rpc") }
    guard request.isFromOwnPage else { return WebResponse(.forbidden, text: "a page of another origin") }
    return nil
  }

  /// The answer to an ordinary request where only a WebSocket makes sense, or to one that was refused.
  private static func rpcRefusal(_ request: WebRequest) -> WebResponse {
    guard request.isFromOwnPage else { return WebResponse(.forbidden, text: "a page of another origin") }
    return WebResponse(.upgradeRequired, text: "this is ESh: JSON-RPC 2.0 over a WebSocket, version 13")
      .with("Upgrade", "websocket").with("Sec-WebSocket-Version", "13")
  }

  private func file(_ request: WebRequest) -> WebResponse {
    guard request.method == .GET || request.method == .HEAD else { return Self.notAllowed("GET, HEAD") }
    let name = request.path == "/" ? "index.html" : String(request.path.dropFirst())
    guard let file = PageFiles.all[name] else { return WebResponse(.notFound, text: "no such file") }
    return WebResponse(file: file, condition: request.single("if-none-match"))
  }

  private static func notAllowed(_ methods: String) -> WebResponse {
    WebResponse(.methodNotAllowed, text: "allowed: \(methods)").with("Allow", methods)
  }
}

// MARK: - Sessions

extension WebRoutes {
  private func session(_ request: WebRequest, _ done: @escaping @Sendable (WebResponse) -> Void) {
    guard request.isFromOwnPage else {
      let words = LocalizedText(
        ru: "Запрос со страницы другого сайта", en: "The request comes from another site's page")
      return done(WebResponse(.forbidden, WireError(.forbidden, kind: "web.origin", words), request.locale))
    }
    switch request.method {
    case .POST: signIn(request, done)
    case .DELETE: signOut(request, done)
    default: done(Self.notAllowed("POST, DELETE"))
    }
  }

  private func signIn(_ request: WebRequest, _ done: @escaping @Sendable (WebResponse) -> Void) {
    let credentials: WebCredentials
    switch WebCredentials.read(request) {
    case .failure(let refusal): return done(refusal.response)
    case .success(let read): credentials = read
    }
    let underway = signIns.add(1, ordering: .relaxed).newValue
    guard underway <= Self.signInsAtOnce else {
      signIns.subtract(1, ordering: .relaxed)
      let words = LocalizedText(ru: "Сейчас входят слишком многие", en: "Too many are signing in just now")
      let error = WireError(.overloaded, kind: "web.overloaded", words, data: ["retryAfterMs": 1000])
      return done(WebResponse(.serviceUnavailable, error, credentials.locale).with("Retry-After", "1"))
    }
    let (token, key) = SessionCookie.new()
    let question = HostQuestion.signIn(
      login: credentials.login, password: credentials.password, key: key,
      replaces: SessionCookie.key(in: request.head.headers), locale: credentials.locale.rawValue)
    ask(question) { [self] answer in
      signIns.subtract(1, ordering: .relaxed)
      if let error = answer["error"] { return done(Self.refused(error)) }
      done(WebResponse(.noContent).with("Set-Cookie", SessionCookie.set(token, isSecure: request.isSecure)))
    }
  }

  /// A refused sign-in, with the status that goes with its code.
  private static func refused(_ error: JSONValue) -> WebResponse {
    let wait = error["data"]?["retryAfterMs"]?.int
    let status: HTTPResponseStatus =
      switch error["code"]?.int {
      case ErrorCode.signInRequired.rawValue: wait == nil ? .unauthorized : .tooManyRequests
      case ErrorCode.invalidParams.rawValue: .badRequest
      case ErrorCode.pluginUnavailable.rawValue, ErrorCode.overloaded.rawValue: .serviceUnavailable
      case ErrorCode.timedOut.rawValue: .gatewayTimeout
      default: .internalServerError
      }
    let response = WebResponse(status, json: error)
    guard let wait else { return response }
    return response.with("Retry-After", "\(max(1, (wait + 999) / 1000))")
  }

  private func signOut(_ request: WebRequest, _ done: @escaping @Sendable (WebResponse) -> Void) {
    let gone = WebResponse(.noContent).with("Set-Cookie", SessionCookie.clear(isSecure: request.isSecure))
    guard let key = SessionCookie.key(in: request.head.headers) else { return done(gone) }
    ask(HostQuestion.signOut(key: key)) { answer in
      if let error = answer["error"] { return done(WebResponse(.internalServerError, json: error)) }
      done(gone)
    }
  }
}

// MARK: - For whoever watches over the host

extension WebRoutes {
  private func health(_ request: WebRequest, _ done: @escaping @Sendable (WebResponse) -> Void) {
    guard request.method == .GET || request.method == .HEAD else { return done(Self.notAllowed("GET, HEAD")) }
    ask(HostQuestion.health) { answer in
      let status = answer["status"]?.string ?? "failed"
      done(WebResponse(status == "failed" ? .serviceUnavailable : .ok, json: ["status": JSONValue(status)]))
    }
  }

  /// Counters for this machine only: nothing in them names a person, but they tell how busy the host is.
  private func metrics(_ request: WebRequest, _ done: @escaping @Sendable (WebResponse) -> Void) {
    let isLocal = request.isLocal && !request.isForwarded && HostNames.isLoopback(host: request.host ?? "")
    guard isLocal else { return done(WebResponse(.notFound, text: "no such file")) }
    guard request.method == .GET || request.method == .HEAD else { return done(Self.notAllowed("GET, HEAD")) }
    ask(HostQuestion.metrics) { answer in
      guard let text = answer["text"]?.string else { return done(WebResponse(.internalServerError, json: answer)) }
      var response = WebResponse(.ok)
      response.headers = [("Content-Type", "text/plain; version=0.0.4; charset=utf-8"), ("Cache-Control", "no-store")]
      response.body = ByteBuffer(string: text)
      done(response)
    }
  }
}
