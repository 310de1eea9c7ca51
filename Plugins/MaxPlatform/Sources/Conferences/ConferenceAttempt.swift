import PluginKit

/// One attempt at one request.
struct ConferenceAttempt: Sendable {
  let client: PlatformClient
  let decision: ConferenceRun.Decision

  func perform() async -> ConferenceOutcome {
    do throws(PlatformFailure) { return try await ask() } catch { return .failed(error) }
  }

  private func ask() async throws(PlatformFailure) -> ConferenceOutcome {
    let externalID = decision.row.id
    if case .create(let start) = decision.call, let chat = decision.picture.chat {
      return .made(
        try await client.createCall(externalID: externalID, chat: chat, decision.picture.wanted, start: start))
    }
    guard let id = decision.row.callID else { return .read(try await client.call(externalID: externalID)) }
    switch decision.call {
    case .start: return .stands(try await client.startCall(id))
    case .finish: return .stands(try await client.finishCall(id))
    case .delete: return .stands(try await client.deleteCall(id))
    case .change(let plan):
      let movesStart = decision.picture.actual == .created
      return .stands(try await client.changeCall(id, plan, movesStart: movesStart))
    case .read, .create: return .read(try await client.call(externalID: externalID))
    }
  }
}
