import MaxPlatformPlugin
import PluginKit
import Testing

/// Updates about group chats, in the platform's own shapes.
@Suite struct ChatEventTests {
  private func read(_ text: String) throws -> (key: String, update: PlatformUpdate) {
    try PlatformUpdate.read(try JSONValue(parsing: text))
  }

  @Test func `who is added is the user, whatever else the update carries`() throws {
    let (key, update) = try read(
      """
      {"update_type":"user_added","timestamp":5,"chat_id":-70801090403050,"user":{"user_id":123456789,
       "first_name":"John","is_bot":false},"user_id":234567890,"inviter_id":7,"is_channel":false}
      """)
    #expect(key == "user_added|5|-70801090403050|123456789")
    #expect(
      update == .inChat(ChatEvent(chatID: -70_801_090_403_050, atMs: 5, happening: .joined(member: 123_456_789, by: 7)))
    )
  }

  @Test(arguments: [("null", nil), ("9", 9)] as [(String, Int64?)])
  func `no administrator means that they left by themselves`(_ administrator: String, _ by: Int64?) throws {
    let (_, update) = try read(
      #"{"update_type":"user_removed","timestamp":1,"chat_id":-1,"user":{"user_id":2},"admin_id":"#
        + administrator + #","is_channel":false}"#)
    #expect(update == .inChat(ChatEvent(chatID: -1, atMs: 1, happening: .left(member: 2, by: by))))
  }

  @Test func `a member without a user object is tolerated`() throws {
    let (_, update) = try read(#"{"update_type":"user_removed","timestamp":1,"chat_id":-1,"user_id":2,"admin_id":3}"#)
    #expect(update == .inChat(ChatEvent(chatID: -1, atMs: 1, happening: .left(member: 2, by: 3))))
  }

  @Test func `titles and the bot's standing are about nobody`() throws {
    let title = try read(
      #"{"update_type":"chat_title_changed","timestamp":1,"chat_id":-1,"user":{"user_id":4},"title":"Т"}"#)
    #expect(title.update == .inChat(ChatEvent(chatID: -1, atMs: 1, happening: .retitled(by: 4))))
    let rights = try read(
      #"{"update_type":"bot_admin_permissions_changed","timestamp":1,"chat_id":-1,"user_id":4,"bot_id":5,"is_admin":false}"#
    )
    #expect(rights.update == .inChat(ChatEvent(chatID: -1, atMs: 1, happening: .botRights)))
    let added = try read(#"{"update_type":"bot_added","timestamp":1,"chat_id":-1,"user":{"user_id":4}}"#)
    #expect(added.update == .inChat(ChatEvent(chatID: -1, atMs: 1, happening: .botAdded(by: 4))))
  }

  @Test func `bots and channels are nobody's business`() throws {
    let bot = try read(#"{"update_type":"user_added","timestamp":1,"chat_id":-1,"user":{"user_id":4,"is_bot":true}}"#)
    #expect(bot.update == .other)
    let channel = try read(
      #"{"update_type":"user_added","timestamp":1,"chat_id":-1,"user":{"user_id":4},"is_channel":true}"#)
    #expect(channel.update == .other)
  }

  @Test(arguments: [
    #"{"update_type":"user_added","timestamp":1,"user":{"user_id":4}}"#,
    #"{"update_type":"user_removed","timestamp":1,"chat_id":-1}"#,
  ])
  func `an update that does not say where or who can't be read`(_ text: String) throws {
    let json = try JSONValue(parsing: text)
    #expect(throws: UnreadableUpdate.self) { _ = try PlatformUpdate.read(json) }
  }
}
