import PluginKit

/// The platform's operations on group chats. Source: PLATFORM, "Bot API operations" and "Proposed Sferum gateway".
extension PlatformClient {
  /// What an administrator of a school chat needs. `read_all_messages` is needed by the others.
  static let administratorPermissions = [
    "read_all_messages", "add_remove_members", "add_admins", "change_chat_info", "pin_message", "write", "edit_link",
    "can_call",
  ]
  /// What the bot needs to keep a chat as it is wanted.
  static let ownPermissions: Set = ["read_all_messages", "add_remove_members", "add_admins", "change_chat_info"]

  /// Our own member id.
  func ownID() async throws(PlatformFailure) -> Int64? { try await send("GET", "/me")["user_id"]?.int64 }

  /// Makes a chat, or gets the living one of that external id as it is.
  func createChat(
    externalID: String, title: String, kind: ChatKind, members: [Int64], administrators: [Int64]
  ) async throws(PlatformFailure) -> (PlatformChat, refused: [Int64: String]) {
    let body: JSONValue = [
      "external_id": JSONValue(externalID), "title": JSONValue(title), "kind": JSONValue(kind.rawValue),
      "member_user_ids": JSONValue(members.map { JSONValue($0) }),
      "admin_user_ids": JSONValue(administrators.map { JSONValue($0) }),
    ]
    let answer = try await send("POST", "/sferum/v1/chats", body: body.text())
    guard let chat = PlatformChat(answer["chat"]) else { throw .broken(status: 200, retryAfterMs: nil) }
    return (chat, Refusals.read(answer))
  }

  func chat(externalID: String) async throws(PlatformFailure) -> PlatformChat? {
    let answer = try await send("GET", "/sferum/v1/chats", query: [("external_id", externalID)])
    guard let chats = answer["chats"]?.array else { throw .broken(status: 200, retryAfterMs: nil) }
    return PlatformChat(chats.first)
  }

  func deleteChat(_ id: Int64) async throws(PlatformFailure) { _ = try await send("DELETE", "/sferum/v1/chats/\(id)") }

  func chat(_ id: Int64) async throws(PlatformFailure) -> PlatformChat {
    guard let chat = PlatformChat(try await send("GET", "/chats/\(id)")) else {
      throw .broken(status: 200, retryAfterMs: nil)
    }
    return chat
  }

  func renameChat(_ id: Int64, _ title: String) async throws(PlatformFailure) {
    let body: JSONValue = ["title": JSONValue(title)]
    _ = try await send("PATCH", "/chats/\(id)", body: body.text())
  }

  /// Whether the bot may do all that it needs there.
  func hasRights(inChat id: Int64) async throws(PlatformFailure) -> Bool {
    let answer = try await send("GET", "/chats/\(id)/members/me")
    guard let permissions = answer["permissions"]?.array else {
      // An owner may have all of them without a list.
      return answer["is_owner"]?.bool == true && answer["is_admin"]?.bool == true
    }
    return Set(permissions.compactMap(\.string)).isSuperset(of: Self.ownPermissions)
  }

  /// Those of `ids` (a hundred at most) who are in the chat.
  func members(ofChat id: Int64, _ ids: [Int64]) async throws(PlatformFailure) -> [PlatformMember] {
    let list = ids.map { "\($0)" }.joined(separator: ",")
    return try await page(of: id, [("user_ids", list)]).members
  }

  /// A page of a hundred, and where the next one begins; nil after the last.
  func members(
    ofChat id: Int64, after marker: Int64?
  ) async throws(PlatformFailure) -> (members: [PlatformMember], next: Int64?) {
    var query = [("count", "100")]
    if let marker { query.append(("marker", "\(marker)")) }
    return try await page(of: id, query)
  }

  private func page(
    of id: Int64, _ query: [(String, String)]
  ) async throws(PlatformFailure) -> (members: [PlatformMember], next: Int64?) {
    let answer = try await send("GET", "/chats/\(id)/members", query: query)
    guard let members = answer["members"]?.array else { throw .broken(status: 200, retryAfterMs: nil) }
    return (members.compactMap { PlatformMember($0) }, answer["marker"]?.int64)
  }

  /// Returns those who were not taken. That nobody was is no failure of the call.
  func addMembers(_ ids: [Int64], toChat id: Int64) async throws(PlatformFailure) -> [Int64: String] {
    let body: JSONValue = ["user_ids": JSONValue(ids.map { JSONValue($0) })]
    let answer = try await send(
      "POST", "/chats/\(id)/members", body: body.text(), isResult: { !Refusals.read($0).isEmpty })
    return Refusals.read(answer)
  }

  func removeMember(_ member: Int64, fromChat id: Int64) async throws(PlatformFailure) {
    _ = try await send("DELETE", "/chats/\(id)/members", query: [("user_id", "\(member)"), ("block", "false")])
  }

  func makeAdministrators(_ ids: [Int64], ofChat id: Int64) async throws(PlatformFailure) {
    let permissions = JSONValue(Self.administratorPermissions.map { JSONValue($0) })
    let body: JSONValue = [
      "admins": JSONValue(ids.map { ["user_id": JSONValue($0), "permissions": permissions] as JSONValue })
    ]
    _ = try await send("POST", "/chats/\(id)/members/admins", body: body.text())
  }

  func unmakeAdministrator(_ member: Int64, ofChat id: Int64) async throws(PlatformFailure) {
    _ = try await send("DELETE", "/chats/\(id)/members/admins/\(member)")
  }
}
