import Jansson
import Testing

/// A headless Chromium that looks at the web desktop. It ends with the test.
final class Browser {
  private let driver: WebDriver
  private let session: String
  /// The host whose page it is: it lives as long as the browser.
  let web: WebHost

  /// Keys that have no letter, as WebDriver names them.
  enum Key: String {
    case tab = "\u{E004}"
    case enter = "\u{E007}"
    case escape = "\u{E00C}"
    case space = " "
    case left = "\u{E012}"
    case up = "\u{E013}"
    case right = "\u{E014}"
    case down = "\u{E015}"
    case home = "\u{E011}"
    case end = "\u{E010}"
    case delete = "\u{E017}"
    case shift = "\u{E008}"
    case control = "\u{E009}"
    case f6 = "\u{E036}"
    case f8 = "\u{E038}"
    case f10 = "\u{E03A}"
  }

  /// Sizes in CSS pixels.
  init(at web: WebHost, width: Int = 1280, height: Int = 800, language: String = "ru") throws {
    self.web = web
    driver = try WebDriver.shared.get()
    let arguments: JSONValue = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-prefers-reduced-motion",
      // What a link leads to outside of this machine is nobody's business here.
      "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
      JSONValue("--window-size=\(width),\(height)"), JSONValue("--lang=\(language)"),
    ]
    let options: JSONValue = [
      "args": arguments, "binary": "/usr/bin/chromium",
      "prefs": ["intl.accept_languages": JSONValue(language), "intl.selected_languages": JSONValue(language)],
    ]
    let wanted: JSONValue = [
      "capabilities": [
        "alwaysMatch": ["goog:chromeOptions": options, "goog:loggingPrefs": ["browser": "ALL"]]
      ]
    ]
    session = try driver.call("POST", "/session", wanted)["sessionId"]?.string ?? ""
    try resize(width, height)
  }

  // A session that cannot be ended goes with the driver.
  deinit { _ = try? driver.call("DELETE", "/session/\(session)") }

  @discardableResult
  private func call(_ path: String, _ body: JSONValue = .emptyObject) throws -> JSONValue {
    try driver.call("POST", "/session/\(session)\(path)", body)
  }

  func open() throws { try call("/url", ["url": JSONValue(web.url)]) }

  @discardableResult
  func devTools(_ command: String, _ params: JSONValue) throws -> JSONValue {
    try call("/goog/cdp/execute", ["cmd": JSONValue(command), "params": params])
  }

  func resize(_ width: Int, _ height: Int) throws {
    try devTools(
      "Emulation.setDeviceMetricsOverride",
      ["width": JSONValue(width), "height": JSONValue(height), "deviceScaleFactor": 1, "mobile": false])
  }

  func prefersDark(_ dark: Bool) throws {
    let scheme: JSONValue = ["name": "prefers-color-scheme", "value": JSONValue(dark ? "dark" : "light")]
    try devTools("Emulation.setEmulatedMedia", ["features": [scheme]])
  }

  /// Runs JavaScript in the page; what it returns.
  @discardableResult
  func run(_ script: String, _ arguments: JSONValue...) throws -> JSONValue {
    try call("/execute/sync", ["script": JSONValue(script), "args": JSONValue(arguments)])
  }

  /// Waits until an expression of the page is true.
  func wait(_ expression: String, _ what: String, within seconds: Double = 30) throws {
    let came = try awaited(within: seconds) { try run("return Boolean(\(expression))").bool == true ? true : nil }
    guard came == true else { throw TestTrouble("the page never had: \(what)\n\(try text())") }
  }

  /// The element at an XPath, waited for.
  func element(_ path: String, within seconds: Double = 30) throws -> String {
    let found = try awaited(within: seconds) { () -> String? in
      do {
        return try call("/element", ["using": "xpath", "value": JSONValue(path)]).members?.first?.value.string
      } catch let refusal as WebDriverRefusal where refusal.error == "no such element" { return nil }
    }
    guard let found else { throw TestTrouble("nothing at \(path)\n\(try text())") }
    return found
  }

  /// Presses the mouse on an element, where nothing lies over it.
  func click(_ path: String) throws {
    try retried { try call("/element/\(try element(path))/click") }
  }

  func type(_ text: String, into path: String) throws {
    try retried { try call("/element/\(try element(path))/value", ["text": JSONValue(text)]) }
  }

  func clear(_ path: String) throws {
    try call("/element/\(try element(path))/clear")
  }

  /// The page may draw an element anew between finding and using it.
  private func retried(_ action: () throws -> Void) throws {
    var last: WebDriverRefusal?
    let done = try awaited(within: 30) { () -> Bool? in
      do {
        try action()
        return true
      } catch let refusal as WebDriverRefusal {
        last = refusal
        return nil
      }
    }
    if done != true, let last { throw last }
  }

  /// Presses keys one after the other; those of one array together.
  func keys(_ strokes: [String]...) throws {
    let actions = strokes.flatMap { stroke in
      stroke.map { JSONValue(["type": "keyDown", "value": JSONValue($0)]) }
        + stroke.reversed().map { JSONValue(["type": "keyUp", "value": JSONValue($0)]) }
    }
    try call(
      "/actions", ["actions": [["type": "key", "id": "keyboard", "actions": JSONValue(actions)]]])
  }

  func press(_ keys: Key...) throws { try self.keys(keys.map(\.rawValue)) }

  func write(_ text: String) throws {
    for letter in text { try keys([String(letter)]) }
  }

  /// What a person can read now.
  func text() throws -> String { try run("return document.body.innerText").string ?? "" }

  /// Lines of the console, errors of the page among them.
  func console() throws -> [String] {
    (try call("/se/log", ["type": "browser"]).array ?? []).compactMap { $0["message"]?.string }
  }

  /// Nothing was written to the console, but for the wrong passwords that a test tried.
  func expectQuiet(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let lines = try console().filter { !$0.contains("401 (Unauthorized)") }
    #expect(lines.isEmpty, "\(lines)", sourceLocation: sourceLocation)
  }

  /// How many tabs are open.
  func tabs() throws -> Int { try driver.call("GET", "/session/\(session)/window/handles").array?.count ?? 0 }

  /// A picture of the page, as base64 of a PNG.
  func picture() throws -> String { try driver.call("GET", "/session/\(session)/screenshot").string ?? "" }
}
