import PluginKit

/// One attempt at one errand: asks the platform, and says what is to be noted. Every errand may be run again
/// after an attempt whose end nobody saw.
struct ErrandRun: Sendable {
  let client: PlatformClient
  let item: OutboxItem
  let binding: Binding
  let traffic: Traffic

  var now: Int64 { client.host.nowMs }

  func perform() async -> Verdict {
    do throws(PlatformFailure) {
      return switch item.kind {
      case .bind: try await bind()
      case .message: try await message()
      case .check: try await check()
      case .answer: try await answer()
      case .retire: try await retire()
      case .withdraw: try await withdraw()
      case .unbind: try await unbind()
      }
    } catch {
      guard case .refused(_, let code, _) = error else { return .later(error) }
      return refused(code)
    }
  }

  /// A refusal that no errand expected.
  private func refused(_ code: String) -> Verdict {
    .refused(code: code) { [self] transaction in
      guard item.kind == .bind || item.kind == .message else { return }
      guard let current = try Bindings.find(transaction, item.requestID), !current.state.isOver else { return }
      try Bindings.update(transaction, item.requestID, state: .failed, nowMs: now)
      try Bindings.tell(transaction, current, .failed, reason: code, nowMs: now)
      // A request that the person can never be asked about must not stay on the platform's side.
      if current.bindingID != nil {
        try Outbox.add(transaction, .unbind, key: "unbind:\(item.requestID)", binding: current, nowMs: now)
      }
    }
  }
}

// MARK: Buttons and their messages

extension ErrandRun {
  /// POST /messages knows no idempotency key: after an attempt whose end is unknown the dialog is looked through
  /// first.
  private func message() async throws(PlatformFailure) -> Verdict {
    guard binding.state == .waiting, let bindingID = binding.bindingID, let member = binding.memberID else {
      return .nothing
    }
    if item.attempts > 1, let sent = try await find(bindingID) { return delivered(sent) }
    do throws(PlatformFailure) {
      // A profile that cannot be read any more was written by another version; the refusal says so.
      guard let profile = try? Profile(binding.profile) else { return refused("profile.unreadable") }
      return delivered(
        try await client.sendMessage(to: member, CommunityMessage.confirmation(profile, bindingID: bindingID)))
    } catch {
      guard case .refused(_, "chat.denied", _) = error else { throw error }
      return .parked(code: "chat.denied") { [self] transaction in
        guard let current = try Bindings.find(transaction, item.requestID), current.state == .waiting else { return }
        try Bindings.tell(transaction, current, .pending, reason: "dialog.suspended", nowMs: now)
      }
    }
  }

  private func delivered(_ mid: String?) -> Verdict {
    .done { [self] transaction in
      try Bindings.update(transaction, item.requestID, mid: mid, nowMs: now)
      guard let current = try Bindings.find(transaction, item.requestID), current.state == .waiting else { return }
      try Bindings.tell(transaction, current, .pending, nowMs: now)
    }
  }

  /// The message that an earlier attempt may have left in the dialog.
  private func find(_ bindingID: String) async throws(PlatformFailure) -> String? {
    guard let chat = binding.chatID else { return nil }
    var before: Int64?
    for _ in 0..<10 {
      traffic.limiter.spend(hostMs: now)
      let page: [JSONValue]
      do throws(PlatformFailure) {
        page = try await client.messages(chat: chat, after: binding.platformAtMs ?? 0, before: before)
      } catch {
        // No such dialog yet: nothing was sent into it.
        guard case .refused = error else { throw error }
        return nil
      }
      if let message = page.first(where: { CommunityMessage.asks($0, about: bindingID) }) {
        return message["body"]?["mid"]?.string
      }
      guard page.count == 100, let oldest = page.last?["timestamp"]?.int64, oldest != before else { return nil }
      before = oldest
    }
    return nil
  }

  /// Answering twice does no harm; a callback that is gone needs no answer.
  private func answer() async throws(PlatformFailure) -> Verdict {
    guard let callback = item.body["callbackId"]?.string else { return .nothing }
    do throws(PlatformFailure) {
      try await client.answerCallback(callback, CommunityMessage.outcome(binding.state))
    } catch {
      guard case .refused(let status, let code, _) = error else { throw error }
      return status == 404 ? .nothing : .refused(code: code) { _ in }
    }
    return .nothing
  }

  private func retire() async throws(PlatformFailure) -> Verdict {
    guard let mid = binding.mid, binding.state.isOver else { return .nothing }
    let state: Binding.State = item.body["expired"]?.bool == true ? .expired : binding.state
    do throws(PlatformFailure) {
      try await client.editMessage(mid, CommunityMessage.outcome(state))
    } catch {
      guard case .refused(let status, let code, _) = error else { throw error }
      return status == 404 ? .nothing : .refused(code: code) { _ in }
    }
    return .nothing
  }
}
