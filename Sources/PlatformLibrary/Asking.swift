import CPlatformLibrary
import Jansson
import PlatformSimulator

/// The few questions that the host's own commands put to a simulator.
enum Asking {
  static func ask(
    _ folder: UnsafePointer<CChar>?, _ question: UnsafePointer<json_t>?,
    _ error: UnsafeMutablePointer<UnsafeMutablePointer<json_t>?>?
  ) -> UnsafeMutablePointer<json_t>? {
    do {
      return unsafe try answer(folder: unsafe text(folder), unsafe JSONValue(borrowing: question)).retainedPointer()
    } catch let failure {
      unsafe report(failure, to: error)
      return nil
    }
  }

  private static func answer(folder: String, _ question: JSONValue) throws -> JSONValue {
    let phone = question["phone"]?.string ?? ""
    switch question["ask"]?.string {
    case "inbox":
      let client = try SimulatorClient(folder: folder)
      return try JSONValue(parsing: SimulatorClient.json(try waiting { try await client.inbox(phone: phone) }))
    case "press":
      let client = try SimulatorClient(folder: folder)
      let button = question["button"]?.string ?? ""
      _ = try waiting { try await client.press(phone: phone, button: button) }
      return .emptyObject
    case "chats":
      let client = try SimulatorClient(folder: folder)
      return try JSONValue(
        parsing: SimulatorClient.json(try waiting { try await client.chats(question["chat"]?.string) }))
    case "kick":
      let client = try SimulatorClient(folder: folder)
      let chat = question["chat"]?.string ?? ""
      _ = try waiting { try await client.kick(chat: chat, phone: phone) }
      return .emptyObject
    case "conferences":
      let client = try SimulatorClient(folder: folder)
      return try JSONValue(parsing: SimulatorClient.json(try waiting { try await client.conferences() }))
    case "join", "leave":
      let client = try SimulatorClient(folder: folder)
      let (call, joins) = (question["call"]?.string ?? "", question["ask"] == "join")
      _ = try waiting {
        try await joins ? client.joinCall(call, phone: phone) : client.leaveCall(call, phone: phone)
      }
      return .emptyObject
    case "register":
      let users = (question["users"]?.array ?? []).map {
        (phone: $0["phone"]?.string ?? "", name: $0["name"]?.string ?? "")
      }
      try Simulator.register(users: users, stateFile: question["state"]?.string ?? "")
      return .emptyObject
    default: throw UnknownQuestion()
    }
  }

  private struct UnknownQuestion: Error, CustomStringConvertible {
    var description: String { "the platform's library does not know this question" }
  }
}
