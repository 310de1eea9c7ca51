import Jansson

/// The platform's side of the story, through `esh max …` as a person at a terminal has it.
struct PlatformInHand {
  let folder: String

  init(_ folder: SchoolFolder) { self.folder = folder.path }

  struct Message {
    let text: String
    let buttons: [String]
  }

  /// One request that the platform received.
  struct Entry {
    let method: String
    let path: String
    let effect: String
    /// What it was about, such as `call:<id>`.
    let target: String
  }

  func inbox(_ phone: String) throws -> [Message] {
    try array("max", "inbox", "--phone", phone).map { message in
      Message(
        text: message["text"]?.string ?? "", buttons: (message["buttons"]?.array ?? []).compactMap(\.string))
    }
  }

  /// Waits for a message with buttons.
  func question(for phone: String, within seconds: Double = 20) throws -> Message? {
    try awaited(within: seconds) { try inbox(phone).first { !$0.buttons.isEmpty } }
  }

  func press(_ phone: String, _ button: String) throws {
    let run = try command("press", "--phone", phone, "--button", button)
    guard run.succeeded else { throw TestTrouble("'\(button)' was not pressed: \(run.errors)") }
  }

  func addUser(_ phone: String, _ name: String) throws {
    _ = try array("max", "user", "add", "--phone", phone, "--name", name)
  }

  func log() throws -> [Entry] {
    try array("max", "log").map { entry in
      Entry(
        method: entry["method"]?.string ?? "", path: entry["path"]?.string ?? "",
        effect: entry["effect"]?.string ?? "", target: entry["target"]?.string ?? "")
    }
  }

  /// Requests about people's bindings, and messages to them; the chats have a traffic of their own.
  func askedAboutBindings() throws -> [Entry] {
    try log().filter { $0.path.hasPrefix("/sferum/v1/bindings") || $0.path.hasPrefix("/messages") }
  }

  /// How many such requests had an effect.
  func applied(_ method: String, _ path: String) throws -> Int {
    try log().count { $0.method == method && $0.path.hasPrefix(path) && $0.effect == "applied" }
  }

  func fault(_ operation: String, _ kind: String, _ more: String...) throws {
    let run = try command(["fault", "--operation", operation, "--kind", kind] + more)
    guard run.succeeded else { throw TestTrouble("no fault was set: \(run.errors)\(run.output)") }
  }

  func clearFaults() throws {
    let run = try command("fault", "clear")
    guard run.succeeded else { throw TestTrouble("the faults were not cleared: \(run.errors)\(run.output)") }
  }

  /// Changes something: once, but not before the host's simulator has come up. Who finds no address or a closed door
  /// has changed nothing.
  func command(_ words: String...) throws -> CommandRun { try command(words) }

  func command(_ words: [String]) throws -> CommandRun {
    var last: CommandRun?
    _ = try awaited(within: 30) { () -> Bool? in
      let run = try CommandRun([BuildProducts.esh, "max"] + words + ["--data", folder])
      last = run
      let isClosed = run.errors.contains("has left its address") || run.errors.contains("Connection refused")
      return isClosed ? nil : true
    }
    guard let last else { throw TestTrouble("esh max \(words) was not run") }
    return last
  }

  /// Asks; until the host's simulator has come up, again and again.
  private func array(_ arguments: String...) throws -> [JSONValue] { try asked(arguments) }

  func asked(_ arguments: String...) throws -> [JSONValue] { try asked(arguments) }

  func asked(_ arguments: [String]) throws -> [JSONValue] {
    var last: CommandRun?
    let answer = try awaited(within: 30) { () -> JSONValue? in
      let run = try CommandRun([BuildProducts.esh] + arguments + ["--json", "--data", folder])
      last = run
      return run.succeeded ? try run.json() : nil
    }
    guard let answer else { throw TestTrouble("\(arguments) fails: \(last?.errors ?? "")") }
    return answer.array ?? [answer]
  }
}
