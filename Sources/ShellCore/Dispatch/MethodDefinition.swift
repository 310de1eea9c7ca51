import Jansson
import ShellProtocol

/// One method of the wire: the single row from which come dispatch, the check of parameters, the access rule,
/// the ordering rule, metrics and the OpenRPC document.
package struct MethodDefinition {
  package var name: String
  package var summary: LocalizedText
  /// JSON Schema of the params, an object. `additionalProperties` is taken as false where it is not said.
  /// `_meta` never reaches it.
  package var params: JSONValue
  /// JSON Schema of the result; nil for a method that is only a notification.
  package var result: JSONValue?
  package var access: Access
  package var mode: Mode
  /// Errors of its own; those that every request may get (−32700, −32600, …) go without saying.
  package var errors: [ErrorCode]
  package var examples: [Example]
  /// Notifications that it may cause on its connection.
  package var notifications: [String]
  package var handler: Handler

  package init(
    _ name: String, _ summary: LocalizedText, params: JSONValue = ["type": "object"],
    result: JSONValue? = ["type": "object"], access: Access = .signedIn, mode: Mode, errors: [ErrorCode] = [],
    examples: [Example] = [], notifications: [String] = [], handler: Handler
  ) {
    self.name = name
    self.summary = summary
    self.params = params
    self.result = result
    self.access = access
    self.mode = mode
    self.errors = errors
    self.examples = examples
    self.notifications = notifications
    self.handler = handler
  }

  /// Who may call it, and when. Checked when the call starts, so a sign-in that came before it counts.
  package enum Access: String, Sendable {
    /// Served from the first byte on.
    case beforeInitialize
    /// After `initialize`; no sign-in needed.
    case initialized
    case signedIn
    case administrator
  }

  /// What a call needs of the calls that came before it on its connection.
  package enum Mode: Sendable {
    /// Touches no state: starts at once, waits for nothing.
    case free
    /// Sees every change that came before it; runs beside other reads.
    case read
    /// Changes what `scope` names. Changes of one scope run in their order; the scope `"*"` is all of them.
    /// The closure sees params that are not checked yet.
    case write(scope: @Sendable (JSONValue) -> String)
    /// Waits for everything before it, and everything after waits for it.
    case barrier

    /// The mode's name in the OpenRPC document.
    package var name: String {
      switch self {
      case .free: "free"
      case .read: "read"
      case .write: "write"
      case .barrier: "barrier"
      }
    }

    /// Changes one thing, which has always the same name.
    package static func write(_ scope: String) -> Mode { .write(scope: { _ in scope }) }
  }

  package enum Handler {
    /// Always the same JSON text.
    case constant([UInt8])
    /// Answered on the spot. Must not block.
    case immediate((Request) throws(WireError) -> Reply)
    /// Answered later through the responder, from any thread, exactly once.
    case deferred((Request, Responder) -> Void)
  }

  /// A call as it could be made, for the documents and for tests.
  package struct Example: Sendable {
    package var name: String
    package var params: JSONValue
    package var result: JSONValue?
    /// Calls that come first on the same connection, so that what the example names is there.
    package var after: [Step] = []
    /// Whether `result` only shows the shape: what is really answered depends on the data.
    package var isShape = false

    /// One such call.
    package struct Step: Sendable {
      package var method: String
      package var params: JSONValue

      package init(_ method: String, _ params: JSONValue) {
        self.method = method
        self.params = params
      }
    }

    package init(
      _ name: String, params: JSONValue = [:], result: JSONValue? = nil, after: [Step] = [], isShape: Bool = false
    ) {
      self.name = name
      self.params = params
      self.result = result
      self.after = after
      self.isShape = isShape
    }
  }
}

/// A notification that the host sends, for the documents.
package struct NotificationDefinition: Sendable {
  package var name: String
  package var summary: LocalizedText
  /// JSON Schema of its params, an object.
  package var params: JSONValue

  package init(_ name: String, _ summary: LocalizedText, params: JSONValue = ["type": "object"]) {
    self.name = name
    self.summary = summary
    self.params = params
  }
}
