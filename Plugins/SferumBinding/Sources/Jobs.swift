import PluginKit

/// What carries requests on, from the disk: a restart at any point goes on with them.
enum Jobs {
  /// Hands a request to the platform's plugin. Key: the request.
  static let send = "sferum.sendRequest"
  /// Ends a request whose term is over. Key: the request.
  static let expire = "sferum.expireRequest"
  /// Tells the platform's plugin to undo a binding or take a request back. Key: the request.
  static let undo = "sferum.undoBinding"

  static func sendRequest(_ call: Call) async throws {
    guard let id = call.params["key"]?.string, let request = try call.read({ try Requests.find($0, id) }),
      request.state == .requested
    else { return }
    // Repeating it is safe: the service knows the request by its id. When it fails, the host tries the job again.
    _ = try await call.host.callService(
      "platform.bind",
      request.profile.merging([
        "requestId": JSONValue(request.id), "userId": JSONValue(request.userID), "phone": JSONValue(request.phone),
      ]))
  }

  static func expireRequest(_ call: Call, _ waiters: Waiters) throws {
    guard let id = call.params["key"]?.string else { return }
    let now = call.host.nowMs
    let expired = try call.write { transaction -> Request? in
      defer { transaction.finishJob() }
      guard let request = try Requests.find(transaction, id), request.state == .requested else { return nil }
      try Requests.move(transaction, request, to: .expired, nowMs: now)
      try transaction.schedule(undo, key: id, dueAtMs: now, payload: ["service": "platform.cancelRequest"])
      return request
    }
    guard let expired, !waiters.tell(id, .expired) else { return }
    call.host.present(to: .user(expired.userID), [Word.expired.dialog])
  }

  static func undoBinding(_ call: Call) async throws {
    guard let id = call.params["key"]?.string else { return }
    let service =
      call.params["payload"]?["service"]?.string == "platform.unbind" ? "platform.unbind" : "platform.cancelRequest"
    _ = try await call.host.callService(service, ["requestId": JSONValue(id)])
  }
}
