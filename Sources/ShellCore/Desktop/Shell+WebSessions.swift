import Jansson
import PluginHost
import ShellProtocol
import ShellStore

/// The session of a browser behind a connection: it outlives the connection, and ends with a sign-out.
struct WebTie {
  /// By which the store knows the session.
  let key: String
  /// Milliseconds since 1970.
  let endsAtMs: Int64
  /// Ends it on the host's own clock.
  let alarm: (any DeskAlarm)?
}

// All of this runs on the desk.
extension Shell {
  /// From the network anybody may connect: whoever does not sign in holds a place, and not for ever.
  package func expectSignIn(_ conversation: Conversation, withinMs ms: Int64) {
    guard let session = conversation.context as? DesktopSession else { return }
    session.signInMs = ms
    session.expectSignIn()
  }

  /// Signs a browser in: the session is on disk when `done` hears of it, with nil. `replaced`: the key of the session
  /// that the browser had before. The same counters as of `session/login` lock a login.
  package func signInWeb(
    login: String, password: String, key: String, replaced: String?, _ done: @escaping (WireError?) -> Void
  ) {
    let trace = dispatcher.nextTrace()
    let started = endings.count
    let params: JSONValue = ["login": JSONValue(login), "password": JSONValue(password)]
    call(PluginCall(.service, "authentication.verify", params: params, trace: trace), request: nil) { [self] result in
      switch result {
      case .failure(let failure): done(failure.wire)
      case .success(let answer):
        let user = SignedIn(sessionID: nextSessionID(), user: answer["user"] ?? .emptyObject, context: [:])
        // Blocked, or with another password, since it was looked at.
        guard endings.last(of: user.userID) <= started else { return done(.signInRequired) }
        if let replaced { endWebConnections(key: replaced, reason: "replaced") }
        keep(user, key: key, replaced: replaced, trace: trace, done)
      }
    }
  }

  private func keep(
    _ user: SignedIn, key: String, replaced: String?, trace: String, _ done: @escaping (WireError?) -> Void
  ) {
    let line = auditLine(of: user, client: "web", "session.login", trace: trace)
    let carried = DeskBound(done)
    background.write { [store, logger, desk] in
      var failure: WireError?
      do {
        try store.keepWebSession(key: key, user: user.userID, name: user.sessionID, replaced: replaced, line)
      } catch {
        logger.error("a session is not kept", metadata: ["reason": "\(error)"])
        failure = .defect(trace: trace)
      }
      desk.execute { [failure] in carried.value(failure) }
    }
  }

  /// Signs a connection in that a browser opened with the key of a session. One that is over signs nobody in.
  package func resumeWeb(_ conversation: Conversation, key: String, _ done: @escaping () -> Void) {
    guard let kept = webSession(key) else { return done() }
    let params: JSONValue = ["id": JSONValue(kept.user)]
    call(PluginCall(.service, "authentication.user", params: params), request: nil) { [self] result in
      defer { done() }
      guard let session = conversation.context as? DesktopSession else { return }
      // Once more: it may have ended meanwhile. Whoever is refused, or cannot be asked about, is not signed in.
      guard let kept = webSession(key), let user = (try? result.get())?["user"] else { return }
      webConnections += 1
      session.begin(user, sessionID: "\(kept.name).\(webConnections)")
      session.web = tie(session, key, kept)
      touchWebSession(key)
    }
  }

  private func webSession(_ key: String) -> WebSession? {
    do {
      return try store.webSession(key: key)
    } catch {
      logger.error("cannot read sessions", metadata: ["reason": "\(error)"])
      return nil
    }
  }

  private func tie(_ session: DesktopSession, _ key: String, _ kept: WebSession) -> WebTie {
    let alarm = desk.schedule(afterMs: max(0, kept.endsAtMs - clock.nowMs)) { [weak self] in self?.endExpiredWeb() }
    return WebTie(key: key, endsAtMs: kept.endsAtMs, alarm: alarm)
  }

  /// Ends the connections whose session is over. After a step of the clock, and when one falls due.
  package func endExpiredWeb() {
    let due = Set(sessions.values.compactMap(\.web).filter { $0.endsAtMs <= clock.nowMs }.map(\.key))
    for key in due { endWebConnections(key: key, reason: "expired") }
  }

  /// Signs a browser out: its session is gone when `done` is called, and its connections are told.
  package func signOutWeb(key: String, _ done: @escaping () -> Void) {
    guard let kept = webSession(key) else { return done() }
    var line = AuditLine(user: kept.user, action: "session.logout", object: "session", trace: dispatcher.nextTrace())
    (line.login, line.session, line.client, line.method) = (kept.login, kept.name, "web", "session.logout")
    (line.title, line.objectTitle) = (Self.auditTitles["session.logout"], Self.sessionTitle)
    endWebConnections(key: key, reason: "logout")
    forgetWebSession(key, line, done)
  }

  /// Signs the connections of a session out, `spared` not.
  func endWebConnections(key: String, reason: String, sparing spared: DesktopSession? = nil) {
    for session in sessions.values where session.web?.key == key && session !== spared {
      session.end()
      session.conversation.notify("session/didEnd", .value(["reason": JSONValue(reason)]))
    }
  }

  func forgetWebSession(_ key: String, _ line: AuditLine? = nil, _ done: @escaping () -> Void = {}) {
    let carried = DeskBound(done)
    background.write { [store, logger, desk] in
      do {
        try store.endWebSession(key: key, line)
      } catch {
        logger.error("a session is not forgotten", metadata: ["reason": "\(error)"])
      }
      desk.execute { carried.value() }
    }
  }

  func touchWebSession(_ key: String) {
    let now = clock.nowMs
    background.write { [store, logger] in
      do {
        try store.touchWebSession(key: key, atMs: now)
      } catch {
        logger.warning("the use of a session is not noted", metadata: ["reason": "\(error)"])
      }
    }
  }
}

/// Which users were signed out everywhere, in which order: whoever is being signed in meanwhile is not.
struct SessionEndings {
  private(set) var count = 0
  private var numbers: [String: Int] = [:]

  mutating func note(_ user: String) {
    count += 1
    numbers[user] = count
  }

  /// The number of a user's last one; 0 when there was none.
  func last(of user: String) -> Int { numbers[user] ?? 0 }
}
