/// One request or notification of a message: who asks for what. The params stay bytes of the message's body.
package struct Envelope: Sendable, Equatable {
  /// Nil for a notification.
  package let id: RequestID?
  /// Where the method's name is in the body, without its quotes; still escaped when `unescapedMethod` is set.
  package let methodBytes: Range<Int>
  /// The name in plain letters, when it was written with escapes (nobody does, so it is a text only then).
  package let unescapedMethod: String?
  /// Where the params are in the body; nil when they are absent, null, `{}` or `[]`, which all mean the same.
  package let params: Range<Int>?

  package var isNotification: Bool { id == nil }

  /// The method's name. `body` is what was scanned.
  package func method(in body: RawSpan) -> String {
    if let unescapedMethod { return unescapedMethod }
    return unsafe body.extracting(methodBytes).withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }
}

/// A message, or one element of a batch, that cannot be run. Always answered, under `id` or null.
package struct EnvelopeFault: Error, Sendable {
  /// The id, when it could be read.
  package let id: RequestID?
  package let error: WireError

  package init(id: RequestID? = nil, _ error: WireError) {
    self.id = id
    self.error = error
  }
}

/// What one message says.
package enum Incoming: Sendable {
  case single(Envelope)
  /// At least one element, at most `Limits.batch`, in their order.
  case batch([Result<Envelope, EnvelopeFault>])
  /// Nothing of the message can be run: one error answers it.
  case fault(EnvelopeFault)
}

extension WireError {
  /// −32600. Kinds: `request.invalid`, `request.invalidVersion`, `.invalidId`, `.invalidMethod`, `.invalidParams`,
  /// `request.empty`, `request.emptyBatch`, `request.batchTooLarge`, `request.tooLarge`.
  package static func invalidRequest(_ kind: String, ru: String, en: String) -> WireError {
    WireError(.invalidRequest, kind: "request.\(kind)", LocalizedText(ru: ru, en: en))
  }
}
