import Dispatch
import Jansson
import ShellCore
import ShellProtocol
import Synchronization
import Terminal

/// A host of this command's own, for a folder that nobody serves: the same application behind a wire of bytes.
final class LocalCaller: Caller {
  private let host: HostProcess
  private let conversation: Conversation
  private let inbox: Inbox
  private let lock: FolderLock
  private var lastID = 0
  private var notifications: [(method: String, params: JSONValue)] = []

  /// `clockMs`: the instant at which its clock stands; nil: the machine's clock.
  init(_ folder: DataFolder, clockMs: Int64? = nil) throws {
    try folder.create()
    lock = try FolderLock(folder)
    var options = ServeOptions()
    options.data = folder.path
    options.platform = "none"
    options.manualStartMs = clockMs
    host = try HostProcess(options)
    inbox = Inbox()
    let outlet = InboxOutlet(inbox)
    conversation = Conversation(host.shell.dispatcher, outlet: outlet)
    let (shell, conversation) = (host.shell, conversation)
    host.desk.execute { shell.connected(conversation, isOwner: true) }
  }

  func close() { host.stop() }

  func call(_ method: String, _ params: JSONValue, progress: ((JSONValue) -> Void)?) throws -> JSONValue {
    lastID += 1
    let id = JSONValue(lastID)
    let sent = progress == nil || !params.isObject ? params : params.setting("_meta", ["progressToken": id])
    let message: JSONValue = ["jsonrpc": "2.0", "id": id, "method": JSONValue(method), "params": sent]
    let (bytes, conversation) = (message.bytes(), conversation)
    host.desk.execute { unsafe conversation.receive(bytes.span.bytes) }
    while let text = inbox.take(withinMs: nil) {
      let answer = try JSONValue(parsing: text)
      if let name = answer["method"]?.string {
        let told = answer["params"] ?? .null
        if name == "$/progress" { progress?(told["value"] ?? .null) } else { notifications.append((name, told)) }
      } else if answer["id"] == id {
        if let error = answer["error"] { throw RefusedCall(error: error) }
        return answer["result"] ?? .null
      }
    }
    throw HostError(ru: "нет ответа", en: "no answer")
  }

  func notification(withinSeconds seconds: Int) throws -> (method: String, params: JSONValue)? {
    if !notifications.isEmpty { return notifications.removeFirst() }
    while let text = inbox.take(withinMs: Int64(seconds) * 1000) {
      let message = try JSONValue(parsing: text)
      if let name = message["method"]?.string { return (name, message["params"] ?? .null) }
    }
    return nil
  }
}

/// Messages on their way from the desk to the command's thread.
final class Inbox: Sendable {
  private let messages = Mutex<[[UInt8]]>([])
  private let arrived = DispatchSemaphore(value: 0)

  func put(_ message: [UInt8]) {
    messages.withLock { $0.append(message) }
    arrived.signal()
  }

  /// The oldest message; nil when none came in time. `ms` nil: waits as long as it takes.
  func take(withinMs ms: Int64?) -> [UInt8]? {
    if let ms {
      guard arrived.wait(timeout: .now() + .milliseconds(Int(ms))) == .success else { return nil }
    } else {
      arrived.wait()
    }
    return messages.withLock { $0.removeFirst() }
  }
}

private final class InboxOutlet: Outlet {
  private let inbox: Inbox
  init(_ inbox: Inbox) { self.inbox = inbox }
  func send(_ message: [UInt8]) { inbox.put(message) }
  func close() {}
}
