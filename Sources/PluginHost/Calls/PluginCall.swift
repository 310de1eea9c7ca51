import Jansson

/// One call into a plugin, as the host asks for it.
package struct PluginCall: Sendable {
  /// The kinds of shell_plugin.h.
  package enum Kind: UInt32, Sendable, CaseIterable {
    case command = 1
    case windowOpen
    case windowChanged
    case windowPressed
    case tableRows
    case service
    case event
    case job

    /// What a name of this kind is, for messages.
    package var word: String {
      switch self {
      case .command: "command"
      case .windowOpen, .windowChanged, .windowPressed: "window"
      case .tableRows: "table"
      case .service: "service"
      case .event: "event"
      case .job: "job"
      }
    }
  }

  package var kind: Kind
  /// A command's id, a window's type, a table's id, or the name of a service, event or job.
  package var name: String
  package var params: JSONValue
  /// `{"id", "client", "locale", "user"}` of who stands behind the call; nil for events, jobs and the host
  /// itself.
  package var session: JSONValue?
  /// The plugin that answers; nil when its manifest's ownership of the name decides. Events need it.
  package var plugin: String?
  /// Milliseconds of real time that the caller is ready to wait; the manifest's limit holds as well.
  package var deadlineMs: Int64?
  package var trace: String
  /// The caller's key against doing a thing twice; recorded by the call's first write. Looking it up before
  /// and keeping the answer afterwards are the caller's part.
  package var idempotency: Idempotency?

  package struct Idempotency: Sendable, Equatable {
    package var key: String
    /// A fingerprint of the request, the same for the same request only.
    package var requestHash: String

    package init(key: String, requestHash: String) {
      self.key = key
      self.requestHash = requestHash
    }
  }

  package init(
    _ kind: Kind, _ name: String, params: JSONValue = .emptyObject, session: JSONValue? = nil,
    plugin: String? = nil, deadlineMs: Int64? = nil, trace: String = "-", idempotency: Idempotency? = nil
  ) {
    self.kind = kind
    self.name = name
    self.params = params
    self.session = session
    self.plugin = plugin
    self.deadlineMs = deadlineMs
    self.trace = trace
    self.idempotency = idempotency
  }
}

/// What a call may report before its end. All run on any thread, never after the completion.
package struct CallEvents: Sendable {
  package typealias Progress = @Sendable (JSONValue) -> Void
  package typealias Settled = @Sendable () -> Void
  package typealias Read = @Sendable (Set<String>) -> Void

  package var progress: Progress?
  /// All changes are made; the rest of the call only waits for news.
  package var settled: Settled?
  /// Tables and views that a transaction of the call has read, as it ends; noted only for who asks. What services
  /// of others read on the call's behalf is not in it.
  package var read: Read?

  package init(progress: Progress? = nil, settled: Settled? = nil, read: Read? = nil) {
    self.progress = progress
    self.settled = settled
    self.read = read
  }
}

/// Ends a call: exactly once, on any thread.
package typealias CallCompletion = @Sendable (Result<JSONValue, PluginFailure>) -> Void

/// A call in flight, in the hands of who made it. Dropping it changes nothing.
package struct CallHandle: Sendable {
  let record: CallRecord

  /// For a caller that is gone: its completion runs at once with −32800 unless it has run; what the plugin answers
  /// later is dropped. But a call that may have made the change of an idempotency key is only asked to end: what it
  /// answers is what a repetition has to hear.
  package func leave() { record.leave() }

  /// The same, whatever was begun: for a caller that stays, and would find things changed behind its back.
  package func cancel() { record.giveUp(.cancelled) }
}
