import Jansson
import ShellCore
import ShellProtocol
import ShellTransport
import Synchronization

/// A client in this process: its messages are bytes, as on any wire.
package final class TestClient: Sendable {
  private let desk: ShellTransport.Desk
  private let conversation: Conversation
  private let mailbox = Mailbox()
  private let lastID = Mutex(0)

  init(_ shell: Shell, _ desk: ShellTransport.Desk, owner: Bool) {
    self.desk = desk
    conversation = Conversation(shell.dispatcher, outlet: MailboxOutlet(mailbox))
    let conversation = conversation
    desk.execute { shell.connected(conversation, isOwner: owner) }
  }

  /// The result of a call; throws `Refusal` with the error when it was refused.
  @discardableResult
  package func call(_ method: String, _ params: JSONValue = .emptyObject) async throws -> JSONValue {
    let id = lastID.withLock { last in
      last += 1
      return last
    }
    let request: JSONValue = ["jsonrpc": "2.0", "id": JSONValue(id), "method": JSONValue(method), "params": params]
    let answer = await withCheckedContinuation { (continuation: CheckedContinuation<JSONValue, Never>) in
      mailbox.await(id, continuation)
      let (bytes, conversation) = (request.bytes(), conversation)
      desk.execute { unsafe conversation.receive(bytes.span.bytes) }
    }
    if let error = answer["error"] { throw Refusal(error) }
    return answer["result"] ?? .null
  }

  /// Notifications that came so far, oldest first.
  package var notifications: [JSONValue] { mailbox.notifications }

  /// Waits for a notification of that method that satisfies `holds`; also one that came before.
  package func notification(_ method: String, _ holds: @escaping @Sendable (JSONValue) -> Bool = { _ in true }) async
    -> JSONValue
  {
    await mailbox.notification(method, holds)
  }
}

/// The error that a host answered.
package struct Refusal: Error, CustomStringConvertible {
  package let json: JSONValue
  package var code: Int { json["code"]?.int ?? 0 }
  package var kind: String { json["data"]?["kind"]?.string ?? "" }
  package var message: String { json["message"]?.string ?? "" }
  package var description: String { json.text() }

  init(_ json: JSONValue) { self.json = json }
}

/// What came for a client, and who waits for it.
private final class Mailbox: Sendable {
  private struct Waiter {
    let method: String
    let holds: @Sendable (JSONValue) -> Bool
    let continuation: CheckedContinuation<JSONValue, Never>
  }
  private struct State {
    var answers: [Int: CheckedContinuation<JSONValue, Never>] = [:]
    var notifications: [JSONValue] = []
    var waiters: [Waiter] = []
  }
  private let state = Mutex(State())

  var notifications: [JSONValue] { state.withLock { $0.notifications } }

  func await(_ id: Int, _ continuation: CheckedContinuation<JSONValue, Never>) {
    state.withLock { $0.answers[id] = continuation }
  }

  func notification(_ method: String, _ holds: @escaping @Sendable (JSONValue) -> Bool) async -> JSONValue {
    await withCheckedContinuation { continuation in
      let known = state.withLock { state -> JSONValue? in
        if let found = state.notifications.first(where: {
          $0["method"]?.string == method && holds($0["params"] ?? .null)
        }) {
          return found
        }
        state.waiters.append(Waiter(method: method, holds: holds, continuation: continuation))
        return nil
      }
      if let known { continuation.resume(returning: known) }
    }
  }

  func put(_ message: JSONValue) {
    if let method = message["method"]?.string {
      let params = message["params"] ?? .null
      let served = state.withLock { state -> [Waiter] in
        state.notifications.append(message)
        let served = state.waiters.filter { $0.method == method && $0.holds(params) }
        state.waiters.removeAll { $0.method == method && $0.holds(params) }
        return served
      }
      for waiter in served { waiter.continuation.resume(returning: message) }
    } else if let id = message["id"]?.int {
      state.withLock { $0.answers.removeValue(forKey: id) }?.resume(returning: message)
    }
  }
}

private final class MailboxOutlet: Outlet {
  private let mailbox: Mailbox
  init(_ mailbox: Mailbox) { self.mailbox = mailbox }

  func send(_ message: [UInt8]) {
    // What the host writes is JSON; anything else would show as a call that never ends.
    if let json = try? JSONValue(parsing: message) { mailbox.put(json) }
  }
  func close() {}
}
