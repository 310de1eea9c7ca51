import Foundation
import PlatformSimulator
import Testing

/// A chat of a test, as its maker knows it.
struct TestChat {
  var id: Int64
  var title: String
  /// Target of the Bot API's requests.
  var path: String { "/chats/\(id)" }
  var gatewayPath: String { "/sferum/v1/chats/\(id)" }
}

extension RunningPlatform {
  /// Asks the gateway for a chat.
  func makeChat(
    _ externalId: String = "c1", title: String = "Class 7A", kind: String = "class", members: [Int64] = [],
    administrators: [Int64] = []
  ) async throws -> Answer {
    try await send(
      "POST", "/sferum/v1/chats",
      """
      {"external_id":"\(externalId)","title":"\(title)","kind":"\(kind)","member_user_ids":\(members),
      "admin_user_ids":\(administrators)}
      """)
  }

  /// Makes a chat and forgets the updates of its making.
  func chat(
    _ externalId: String = "c1", title: String = "Class 7A", members: [Int64] = [], administrators: [Int64] = []
  ) async throws -> TestChat {
    let made = try await makeChat(externalId, title: title, members: members, administrators: administrators)
    _ = try await news()
    return TestChat(id: try #require(made.number("chat.chat_id")), title: title)
  }

  /// Registers so many people; their ids.
  func people(_ count: Int) async throws -> [Int64] {
    _ = try await control.addUsers(
      (1...count).map { (phone: String(79_130_000_000 + $0), name: "Pupil \($0)") })
    return try await control.users().filter { $0.phone.hasPrefix("7913") }.map(\.userId)
  }

  /// The updates that nobody has fetched, each a dictionary; they are committed.
  func news() async throws -> [[String: Any]] {
    let answer = try await send("GET", "/updates?timeout=0")
    _ = try await send("GET", "/updates?timeout=0&marker=\(answer.number("marker") ?? 0)")
    return answer.list("updates").compactMap { $0 as? [String: Any] }
  }

  func add(_ userIds: [Int64], to chat: TestChat) async throws -> Answer {
    try await send("POST", "\(chat.path)/members", #"{"user_ids":\#(userIds)}"#)
  }

  func appoint(_ userId: Int64, in chat: TestChat, _ permissions: [String], more: String = "") async throws -> Answer {
    let list = permissions.map { "\"\($0)\"" }.joined(separator: ",")
    return try await send(
      "POST", "\(chat.path)/members/admins", #"{"admins":[{"user_id":\#(userId),"permissions":[\#(list)]\#(more)}]}"#)
  }

  /// User ids on the Bot API's list of members, the bot left out.
  func members(of chat: TestChat) async throws -> [Int64] {
    try await send("GET", "\(chat.path)/members?count=100").users("members")
  }

  /// Effects of the requests about a chat, of one method, reads left out.
  func effects(on chat: TestChat, _ method: String) async throws -> [String] {
    try await control.log().filter { $0.target == "chat:\(chat.id)" && $0.method == method }.map(\.effect)
  }
}

extension RunningPlatform.Answer {
  /// People's ids on a list of users.
  func users(_ path: String) -> [Int64] {
    list(path).compactMap { $0 as? [String: Any] }.filter { $0["is_bot"] as? Bool == false }
      .compactMap { ($0["user_id"] as? NSNumber)?.int64Value }
  }

  func numbers(_ path: String) -> [Int64] { list(path).compactMap { ($0 as? NSNumber)?.int64Value } }
}
