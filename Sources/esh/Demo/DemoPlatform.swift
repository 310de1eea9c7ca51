import Jansson
import Terminal

/// What a person does on the platform.
struct DemoPlatform {
  let folder: DataFolder

  /// The person's messages, newest first.
  func inbox(_ phone: String) throws(HostError) -> [JSONValue] {
    try PlatformLibrary.open().ask(folder, ["ask": "inbox", "phone": JSONValue(phone)]).array ?? []
  }

  /// Presses the button in the newest message that has it.
  func press(_ phone: String, _ button: String) throws(HostError) {
    try PlatformLibrary.open().ask(
      folder, ["ask": "press", "phone": JSONValue(phone), "button": JSONValue(button)])
  }

  /// Phones of the people in a chat; nil when there is no such chat.
  func people(inChat title: String) throws(HostError) -> Set<String>? {
    let chats = try PlatformLibrary.open().ask(folder, ["ask": "chats"]).array ?? []
    let chat = chats.first { $0["title"]?.string == title }
    return chat.map { Set(($0["members"]?.array ?? []).compactMap { $0["phone"]?.string }) }
  }

  /// Somebody comes into a conference that goes on, by its link.
  func join(_ link: String, _ phone: String) throws(HostError) {
    try PlatformLibrary.open().ask(folder, ["ask": "join", "call": JSONValue(link), "phone": JSONValue(phone)])
  }

  func leave(_ link: String, _ phone: String) throws(HostError) {
    try PlatformLibrary.open().ask(folder, ["ask": "leave", "call": JSONValue(link), "phone": JSONValue(phone)])
  }

  /// The state of the conference with that link.
  func state(ofCall link: String) throws(HostError) -> String? {
    let calls = try PlatformLibrary.open().ask(folder, ["ask": "conferences"]).array ?? []
    return calls.first { $0["link"]?.string == link }?["state"]?.string
  }

  /// Takes somebody out of a chat on the platform's side.
  func kick(_ phone: String, chat title: String) throws(HostError) {
    try PlatformLibrary.open().ask(folder, ["ask": "kick", "chat": JSONValue(title), "phone": JSONValue(phone)])
  }
}
