import Glibc
import Jansson
import Terminal

/// What a client does in every story: presses buttons by their labels, and shows windows as text.
extension DemoStage {
  func press(_ client: any Caller, _ window: JSONValue, label: String) throws -> JSONValue {
    let button = window["buttons"]?.array?.first { $0["label"]?.string == label && $0["visible"] == true }
    guard let id = button?["id"] else { throw DemoFailure(text: "нет кнопки «\(label)» / no such button") }
    say("→ [\(label)]")
    return try client.call("window/press", ["window": window["id"] ?? "", "button": id])
  }

  func opened(_ outcome: JSONValue) throws -> JSONValue {
    let windows = (outcome["effects"]?.array ?? []).filter { $0["type"] == "openWindow" }
    guard let window = windows.last?["window"] else {
      throw DemoFailure(text: "окно не открылось / no window opened: \(outcome.text())")
    }
    return window
  }

  func show(_ client: any Caller, _ window: JSONValue) throws {
    say(try client.call("window/render", ["window": window["id"] ?? "", "width": 76])["text"]?.string ?? "")
  }

  func titles(_ items: JSONValue?) -> [String] { (items?.array ?? []).compactMap { $0["title"]?.string } }

  /// Asks until there is an answer, for at most ten seconds.
  func awaited<Value>(_ ask: () throws -> Value?) throws -> Value? {
    let end = monotonicMilliseconds() + 10_000
    while monotonicMilliseconds() < end {
      if let value = try ask() { return value }
      usleep(50_000)
    }
    return nil
  }
}
