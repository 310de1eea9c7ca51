import Jansson
import ShellProtocol
import Synchronization
import Testing

@testable import ShellCore

/// A desk whose clock is moved by hand.
final class RehearsalDesk: Desk, @unchecked Sendable {
  // Used by one test on one thread, but for `handedIn`, which is behind its lock.
  final class Alarm: DeskAlarm, @unchecked Sendable {
    let dueMs: Int64
    var action: (@Sendable () -> Void)?
    init(_ dueMs: Int64, _ action: @escaping @Sendable () -> Void) {
      self.dueMs = dueMs
      self.action = action
    }
    func cancel() { action = nil }
  }

  private let handedIn = Mutex<[@Sendable () -> Void]>([])
  private let current = Mutex(true)
  private var alarms: [Alarm] = []
  private var nowMs: Int64 = 0

  var isCurrent: Bool {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }
  var pendingAlarms: Int { alarms.filter { $0.action != nil }.count }

  func execute(_ action: @escaping @Sendable () -> Void) { handedIn.withLock { $0.append(action) } }

  func schedule(afterMs ms: Int64, _ action: @escaping @Sendable () -> Void) -> any DeskAlarm {
    let alarm = Alarm(nowMs + ms, action)
    alarms.append(alarm)
    return alarm
  }

  /// Runs what other threads handed in.
  func runHandedIn() {
    let actions = handedIn.withLock { actions in
      let taken = actions
      actions = []
      return taken
    }
    for action in actions { action() }
  }

  func advance(_ ms: Int64) {
    nowMs += ms
    while let due = alarms.filter({ $0.dueMs <= nowMs && $0.action != nil }).min(by: { $0.dueMs < $1.dueMs }) {
      let action = due.action
      due.action = nil
      action?()
    }
  }
}

/// Keeps what a conversation sends.
final class RehearsalOutlet: Outlet {
  private(set) var messages: [String] = []
  private(set) var isClosed = false

  func send(_ message: [UInt8]) { messages.append(String(decoding: message, as: UTF8.self)) }
  func close() { isClosed = true }

  func takeAll() -> [String] {
    let taken = messages
    messages = []
    return taken
  }
}

/// A store of answers in memory.
final class RehearsalAnswers: IdempotencyStore {
  private var answers: [String: (hash: Int64, answer: [UInt8])] = [:]

  func lookup(user: String, key: String, requestHash: Int64) -> IdempotencyLookup {
    guard let kept = answers["\(user)/\(key)"] else { return .unknown }
    return kept.hash == requestHash ? .answered(kept.answer) : .mismatch
  }

  func storeAnswer(user: String, key: String, requestHash: Int64, answer: [UInt8]) {
    answers["\(user)/\(key)"] = (requestHash, answer)
  }
}

/// A conversation with a small host: `read`, `write`, `barrier` and `anyone` run until the test ends them by
/// their `name`; the others answer on the spot.
final class Rehearsal {
  let desk: RehearsalDesk
  let dispatcher: Dispatcher
  let outlet = RehearsalOutlet()
  let conversation: Conversation
  let host: Host

  /// What the handlers of a host have seen.
  final class Host {
    var started: [String] = []
    var cancelled: [String] = []
    var defects: [String] = []
    var running: [String: Responder] = [:]
  }

  init(
    user: String? = "u1", administrator: Bool = false, limits: Limits = Limits(),
    store: RehearsalAnswers? = nil,
    initialized: Bool = true
  ) {
    let host = Host()
    let desk = RehearsalDesk()
    var builder = MethodCatalogBuilder()
    builder.add(Self.methods(host))
    let dispatcher = Dispatcher(
      builder.build(), desk: desk, identity: HostIdentity(version: "1.2"), limits: limits, idempotency: store)
    dispatcher.onDefect = { host.defects.append("\($1): \($2)") }
    (self.host, self.desk, self.dispatcher) = (host, desk, dispatcher)
    conversation = Conversation(dispatcher, outlet: outlet)
    if initialized {
      client(
        #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"clientInfo":{"name":"t"},"locale":"en"}}"#)
      _ = outlet.takeAll()
    }
    conversation.principal = user.map { Principal(userID: $0, isAdministrator: administrator) }
  }

  /// A second connection to the same host.
  init(beside other: Rehearsal, user: String) {
    (host, desk, dispatcher) = (other.host, other.desk, other.dispatcher)
    conversation = Conversation(dispatcher, outlet: outlet)
    client(
      #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"clientInfo":{"name":"t"},"locale":"en"}}"#)
    _ = outlet.takeAll()
    conversation.principal = Principal(userID: user, isAdministrator: false)
  }

  func client(_ text: String) {
    let bytes = Array(text.utf8)
    unsafe conversation.receive(bytes.span.bytes)
  }

  func call(_ id: Int, _ method: String, _ params: String = "{}") {
    client(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#)
  }

  /// What was sent since the last question.
  func heard() -> [String] { outlet.takeAll() }

  func heardOne() throws -> JSONValue {
    let all = heard()
    try #require(all.count == 1, "\(all)")
    return try JSONValue(parsing: all[0])
  }

  func finish(_ name: String) { host.running.removeValue(forKey: name)?.answer(["did": JSONValue(name)]) }

  private static func methods(_ host: Host) -> [MethodDefinition] {
    let named: JSONValue = [
      "type": "object", "required": ["name"],
      "properties": ["name": ["type": "string"], "scope": ["type": "string"]],
    ]
    let park = MethodDefinition.Handler.deferred { request, responder in
      let name = request.params["name"]?.string ?? ""
      host.started.append(name)
      host.running[name] = responder
      request.onCancel { host.cancelled.append("\(name) \($0.rawValue)") }
    }
    func row(
      _ name: String, _ mode: MethodDefinition.Mode, for access: MethodDefinition.Access = .signedIn,
      params: JSONValue = ["type": "object"], _ handler: MethodDefinition.Handler
    ) -> MethodDefinition {
      MethodDefinition(
        name, LocalizedText(verbatim: name), params: params, access: access, mode: mode, handler: handler)
    }
    return [
      row("read", .read, params: named, park),
      row("write", .write(scope: { $0["scope"]?.string ?? "s" }), params: named, park),
      row("barrier", .barrier, params: named, park),
      row("anyone", .read, for: .initialized, params: named, park),
      row("admin", .read, for: .administrator, .immediate { _ throws(WireError) in .empty }),
      row("now", .read, .immediate { _ throws(WireError) in .value(["now": true]) }),
      row("text", .read, .immediate { _ throws(WireError) in .rendered(Array(#"{"rows":[1,2]}"#.utf8)) }),
      row(
        "refused", .read,
        .immediate { _ throws(WireError) in
          throw WireError(
            .refused, kind: "chats.full", LocalizedText(ru: "Чат полон", en: "The chat is full"))
        }),
      row(
        "tell", .write("s"),
        .immediate { request throws(WireError) in
          request.notify("desktop/didChange", .value(["revision": 2]))
          return .value(["revision": 2])
        }),
      row(
        "typed", .free,
        params: [
          "type": "object", "required": ["phone"],
          "properties": ["phone": ["type": "string", "minLength": 3], "count": ["type": "integer"]],
        ], .immediate { request throws(WireError) in .value(request.params) }),
      row("forgets", .read, .deferred { _, _ in }),
      row(
        "twice", .read,
        .deferred { _, responder in
          responder.answer(["first": true])
          responder.answer(["second": true])
        }),
    ]
  }
}

extension Rehearsal {
  static func error(_ json: JSONValue) -> String {
    "\(json["error"]?["code"]?.int ?? 0) \(json["error"]?["data"]?["kind"]?.string ?? "")"
  }
}
