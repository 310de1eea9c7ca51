import Jansson
import ShellProtocol

/// What all conversations of a host share: the methods, the limits, the numbers, the desk.
///
/// Desk only, except for `init`.
package final class Dispatcher: @unchecked Sendable {
  package let catalog: MethodCatalog
  package let limits: Limits
  package let desk: any Desk
  package let metrics: DispatchMetrics
  package let identity: HostIdentity

  /// Gets `(trace, method, details)` of each defect of ours; it belongs in the log.
  package var onDefect: (_ trace: String, _ method: String, _ details: String) -> Void = { _, _, _ in }
  /// Commands of plugins as `rpc.discover` tells them to whoever asks: `[{name, title, enabled, params}]`.
  package var pluginCommands: (Conversation) -> JSONValue = { _ in .emptyArray }
  /// Examples of calls with things that are there for whoever asks, by method.
  package var liveExamples: (Conversation) -> [String: [MethodDefinition.Example]] = { _ in [:] }

  /// What an overloaded connection is told to wait. Milliseconds.
  package var retryAfterMs: Int64 = 100
  /// How long the end of a connection waits for requests that still run. Milliseconds.
  package var lingerMs: Int64 = 10_000

  let idempotency: IdempotencyGate
  var scanner: EnvelopeScanner
  /// Where messages are put together, one after the other.
  var scratch: [UInt8] = []
  var discovery: [Locale: JSONValue] = [:]
  private var traces: UInt64 = 0
  private let traceRun = String(UInt32.random(in: 0...UInt32.max), radix: 16) + "-"

  package init(
    _ catalog: MethodCatalog, desk: any Desk, identity: HostIdentity, limits: Limits = Limits(),
    idempotency: (any IdempotencyStore)? = nil
  ) {
    self.catalog = catalog
    self.limits = limits
    self.desk = desk
    self.identity = identity
    self.idempotency = IdempotencyGate(idempotency)
    metrics = DispatchMetrics(catalog)
    scanner = EnvelopeScanner(limits: limits)
  }

  /// A name for one call that no other call of this machine is likely to have.
  func nextTrace() -> String {
    traces += 1
    return traceRun + String(traces, radix: 16)
  }
}

/// Who answers `initialize`.
package struct HostIdentity: Sendable {
  package var name: String
  package var version: String
  package var capabilities: JSONValue

  /// The version of the wire, raised when something is added to it.
  package static let protocolVersion = "1.0"

  package init(name: String = "esh", version: String, capabilities: JSONValue = [:]) {
    self.name = name
    self.version = version
    self.capabilities = capabilities
  }
}

/// Who is signed in on a conversation.
package struct Principal: Sendable, Equatable {
  package var userID: String
  package var isAdministrator: Bool

  package init(userID: String, isAdministrator: Bool) {
    self.userID = userID
    self.isAdministrator = isAdministrator
  }
}
