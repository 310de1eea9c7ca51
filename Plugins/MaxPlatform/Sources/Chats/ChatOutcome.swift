/// What came of a call.
enum ChatOutcome: Sendable {
  /// Made, or found made: with those who were not taken.
  case created(PlatformChat, refused: [Int64: String])
  case found(PlatformChat?)
  case rights(Bool)
  case title(PlatformChat)
  case everything(PlatformChat, [PlatformMember])
  case members([PlatformMember])
  case added(refused: [Int64: String])
  case done
  case failed(PlatformFailure)
}

/// One attempt at one call.
struct ChatAttempt: Sendable {
  let client: PlatformClient
  let chat: ChatRow
  let call: ChatCall
  /// Waits for the limit's leave to read another page.
  let nextTurn: @Sendable () async throws -> Void

  func perform() async throws -> ChatOutcome {
    do throws(PlatformFailure) {
      if let platformID = chat.platformID { return try await ask(platformID) }
      return try await askForNew()
    } catch {
      // A reading of several pages may have been stopped between them.
      try Task.checkCancellation()
      return .failed(error)
    }
  }

  private func askForNew() async throws(PlatformFailure) -> ChatOutcome {
    switch call {
    case .create(let members, let administrators):
      let (made, refused) = try await client.createChat(
        externalID: chat.externalID, title: chat.title, kind: chat.kind, members: members,
        administrators: administrators)
      return .created(made, refused: refused)
    default: return .found(try await client.chat(externalID: chat.externalID))
    }
  }

  private func ask(_ id: Int64) async throws(PlatformFailure) -> ChatOutcome {
    switch call {
    case .find, .create: return .found(try await client.chat(externalID: chat.externalID))
    case .delete: try await client.deleteChat(id)
    case .readRights: return .rights(try await client.hasRights(inChat: id))
    case .readTitle: return .title(try await client.chat(id))
    case .readAll: return .everything(try await client.chat(id), try await allMembers(id))
    case .readMembers(let members): return .members(try await client.members(ofChat: id, members))
    case .remove(let member): try await client.removeMember(member, fromChat: id)
    case .rename(let title): try await client.renameChat(id, title)
    case .add(let members): return .added(refused: try await client.addMembers(members, toChat: id))
    case .unmake(let member): try await client.unmakeAdministrator(member, ofChat: id)
    case .make(let members): try await client.makeAdministrators(members, ofChat: id)
    }
    return .done
  }

  private func allMembers(_ id: Int64) async throws(PlatformFailure) -> [PlatformMember] {
    var members: [PlatformMember] = []
    var marker: Int64?
    repeat {
      do { try await nextTurn() } catch { throw .unreachable("cancelled") }
      let page = try await client.members(ofChat: id, after: marker)
      members += page.members
      // A marker that stands still would never end.
      marker = page.next == marker ? nil : page.next
    } while marker != nil
    return members
  }
}
