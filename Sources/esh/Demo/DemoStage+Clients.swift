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

  /// Types into a field by its label.
  func type(_ client: any Caller, _ window: JSONValue, label: String, _ value: JSONValue) throws {
    let field = window["fields"]?.array?.first { $0["label"]?.string == label }
    guard let id = field?["id"]?.string else { throw DemoFailure(text: "нет поля «\(label)» / no such field") }
    _ = try client.call("window/set", ["window": window["id"] ?? "", "values": [id: value]])
  }

  /// The window as it is now.
  func look(_ client: any Caller, _ window: JSONValue) throws -> JSONValue {
    try client.call("window/get", ["window": window["id"] ?? ""])
  }

  /// Binds an account from end to end, with `client` signed in as its person.
  func bind(_ client: any Caller, phone: String, _ platform: DemoPlatform) throws {
    let asked = try client.command("sferum.bindAccount", ["phone": JSONValue(phone)])
    say("запрос / request: \(asked["status"]?.string ?? "")")
    guard try awaited({ try platform.inbox(phone).first { $0["buttons"]?.count ?? 0 > 0 } }) != nil else {
      throw DemoFailure(text: "сообщение не пришло / no message came")
    }
    try platform.press(phone, "Подключить")
    let isBound = try awaited {
      let shortcuts = titles(try client.call("desktop/get")["shortcuts"])
      return shortcuts.contains("Перейти в Сферум") ? true : nil
    }
    try expect(isBound == true, "учётная запись привязана")
  }

  /// Moves the clock of host and platform to a time of day; what falls due until then is done when this returns.
  func advance(_ client: any Caller, to time: String) throws {
    heading("Часы переведены на \(time) / The clock is moved")
    let day = Self.start.prefix(10)
    _ = try client.call("clock/advance", ["to": JSONValue("\(day)T\(time):00+03:00")])
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

  /// Asks until there is an answer, for at most ten seconds. Meanwhile a second passes on the clock that is moved by
  /// hand for each second that passes here: limits and pauses go by it.
  func awaited<Value>(_ ask: () throws -> Value?) throws -> Value? {
    let end = monotonicMilliseconds() + 10_000
    var nextSecond = monotonicMilliseconds() + 1000
    while monotonicMilliseconds() < end {
      if let value = try ask() { return value }
      usleep(50_000)
      guard monotonicMilliseconds() >= nextSecond else { continue }
      try passSecond()
      nextSecond += 1000
    }
    return nil
  }
}
