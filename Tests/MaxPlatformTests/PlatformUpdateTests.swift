import MaxPlatformPlugin
import PluginKit
import Testing

@Suite struct PlatformUpdateTests {
  /// The shape of a press, as the platform's own samples have it.
  private static let press = """
    {"callback":{"timestamp":1775026702210,"callback_id":"f9LHodD0","user":{"user_id":123456789,"first_name":"J",
     "is_bot":false,"last_activity_time":1775026693000,"name":"J D"},"payload":"bind:b-1:yes"},
     "message":{"recipient":{"chat_id":182182182,"chat_type":"dialog","user_id":123456789},
     "timestamp":1775026671403,"body":{"mid":"mid.1","seq":116328147937082782,"text":"…"}},
     "timestamp":1775026702210,"user_locale":"ru","update_type":"message_callback"}
    """

  @Test func `a press names its binding`() throws {
    let (key, update) = try PlatformUpdate.read(try JSONValue(parsing: Self.press))
    #expect(update == .pressed(callbackID: "f9LHodD0", bindingID: "b-1"))
    #expect(key == "message_callback|1775026702210|f9LHodD0")
  }

  @Test func `a press on a message that is gone is a press`() throws {
    let json = try JSONValue(parsing: Self.press).setting("message", .null)
    #expect(try PlatformUpdate.read(json).update == .pressed(callbackID: "f9LHodD0", bindingID: "b-1"))
  }

  @Test(arguments: ["picture", "bind:", "bind::yes", "bind:b-1:maybe", "bind:b-1:yes:no", "unbind:b-1:yes"])
  func `buttons of others are not ours`(_ payload: String) throws {
    let callback: JSONValue = ["callback_id": "c", "payload": JSONValue(payload)]
    #expect(try PlatformUpdate.read(["update_type": "message_callback", "callback": callback]).update == .other)
  }

  @Test func `who starts the bot again can be written to`() throws {
    let json: JSONValue = [
      "update_type": "bot_started", "timestamp": 5, "chat_id": 10, "user": ["user_id": 2], "payload": .null,
    ]
    #expect(try PlatformUpdate.read(json).update == .started(chatID: 10, memberID: 2))
  }

  @Test func `an update of a kind that nobody knows yet is left out`() throws {
    #expect(try PlatformUpdate.read(["update_type": "comment_created", "timestamp": 1]).update == .other)
  }

  @Test(
    arguments: [
      .null, [], .emptyObject, ["timestamp": 1], ["update_type": "message_callback"],
      ["update_type": "message_callback", "callback": .null],
      ["update_type": "message_callback", "callback": ["payload": "bind:b:yes"]],
    ] as [JSONValue])
  func `an update of no known shape is an error of its own`(_ json: JSONValue) {
    #expect(throws: UnreadableUpdate.self) { try PlatformUpdate.read(json) }
  }
}
