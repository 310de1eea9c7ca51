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
}
