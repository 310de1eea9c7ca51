import PluginKit
import Testing

enum Opened {
  /// The window that an outcome opens last.
  static func window(_ outcome: JSONValue) throws -> JSONValue {
    let effect = outcome["effects"]?.array?.last { $0["type"] == "openWindow" }
    return try #require(effect?["window"], "\(outcome.text())")
  }
}
