import Glibc
import Jansson
import PluginHost
import ShellCore
import ShellProtocol
import Terminal

/// A way to ask the school's host: through its socket, or, when none runs, with one made for this command alone.
protocol Caller: AnyObject {
  /// Asks one method and waits for its answer. `progress` gets what the host tells meanwhile.
  func call(_ method: String, _ params: JSONValue, progress: ((JSONValue) -> Void)?) throws -> JSONValue
  /// Waits for the next notification, at most `seconds`; nil when none came.
  func notification(withinSeconds seconds: Int) throws -> (method: String, params: JSONValue)?
  func close()
}

extension Caller {
  func call(_ method: String, _ params: JSONValue = .emptyObject) throws -> JSONValue {
    try call(method, params, progress: nil)
  }

  /// Runs a command and answers with its result.
  func command(_ id: String, _ arguments: JSONValue = .emptyObject, progress: ((JSONValue) -> Void)? = nil) throws
    -> JSONValue
  {
    let outcome = try call(
      "command/execute", ["command": JSONValue(id), "arguments": arguments], progress: progress)
    return outcome["result"] ?? .null
  }
}

/// The host refused; `error` is the JSON-RPC error.
struct RefusedCall: Error, CustomStringConvertible {
  let error: JSONValue

  var description: String {
    var text = error["message"]?.string ?? "error"
    for issue in error["data"]?["issues"]?.array ?? [] {
      let words = issue["message"]?.string ?? ""
      if !text.contains(words) { text += "\n  \(issue["path"]?.string ?? ""): \(words)" }
    }
    return text
  }

  var kind: String { error["data"]?["kind"]?.string ?? "" }
}

enum Callers {
  /// The folder's host if one runs, signed in as its owner; else one of our own for as long as the command runs.
  /// `clockMs`: where the clock of ours stands; a host that runs has its own.
  static func open(
    _ folder: DataFolder, signIn: Bool = true, locale: String = "ru", clockMs: Int64? = nil
  ) throws -> any Caller {
    let caller = try reach(folder, clockMs)
    try greet(caller, locale: locale)
    if signIn { _ = try caller.call("session/claim") }
    return caller
  }

  /// Another command may have the folder for a moment, or a host be just starting: worth half a minute.
  private static func reach(_ folder: DataFolder, _ clockMs: Int64?) throws -> any Caller {
    let end = monotonicMilliseconds() + 30_000
    // Looking who has the folder takes its lock for an instant, so the first refusals may mean nothing.
    var grace = monotonicMilliseconds() + 1000
    while true {
      do {
        guard FolderLock.holder(folder) != nil else { return try LocalCaller(folder, clockMs: clockMs) }
        // Somebody's a moment ago: a refusal that follows may only mean that it is free again.
        grace = monotonicMilliseconds() + 1000
        guard clockMs == nil else {
          throw HostError(
            ru: "--clock: папку обслуживает сервер, у него свои часы",
            en: "--clock: a host serves the folder, and has a clock of its own")
        }
        return try SocketCaller(path: folder.socket)
      } catch let error as HostError {
        let now = monotonicMilliseconds()
        guard clockMs == nil, now < end, now < grace || FolderLock.holder(folder) != nil else { throw error }
        usleep(50_000)
      }
    }
  }

  static func greet(_ caller: any Caller, locale: String = "ru") throws {
    _ = try caller.call(
      "initialize",
      ["clientInfo": ["name": "esh", "version": JSONValue(HostProcess.version)], "locale": JSONValue(locale)])
  }
}
