import Jansson
import ShellProtocol

extension Conversation {
  /// Takes in one whole message, without framing. `body` is only looked at during the call.
  package func receive(_ body: RawSpan) {
    guard phase != .leaving, phase != .ended else { return }
    switch dispatcher.scanner.scan(body) {
    case .single(let envelope): accept(envelope, body, nil)
    case .batch(let elements): accept(elements, body)
    case .fault(let fault): answer(fault)
    }
  }

  /// Elements of a batch come in as if each had come alone; only their answers wait for each other.
  private func accept(_ elements: [Result<Envelope, EnvelopeFault>], _ body: RawSpan) {
    dispatcher.metrics.count(.batches)
    let batch = BatchAnswer()
    unfinished += 1
    for element in elements {
      guard phase != .leaving, phase != .ended else { break }
      switch element {
      case .success(let envelope): accept(envelope, body, batch)
      case .failure(let fault): answer(fault, batch)
      }
    }
    batch.completed()
    sendIfDone(batch)
    finishedOne()
  }

  private func accept(_ envelope: Envelope, _ body: RawSpan, _ batch: BatchAnswer?) {
    dispatcher.metrics.count(envelope.isNotification ? .notifications : .requests)
    guard let entry = dispatcher.catalog.entry(of: envelope, in: body) else {
      return refuseUnknown(envelope, body, batch)
    }
    if phase != .serving || entry.role != .ordinary, let refusal = refusal(entry, envelope) {
      return refuse(envelope, refusal, batch)
    }
    if let id = envelope.id, !inFlight.isEmpty, inFlight[id] != nil {
      // With no id, lest the client take this for the answer to the first one.
      return answer(EnvelopeFault(.duplicateID(id)), batch)
    }
    if let tail = entry.constantTail, envelope.params == nil, batch == nil {
      return answerConstant(envelope.id, entry, tail)
    }
    do throws(WireError) {
      let (params, meta) = try read(envelope, body, entry)
      take(
        Request(id: envelope.id, entry: entry, params: params, meta: meta, conversation: self, batch: batch))
    } catch {
      refuse(envelope, error, batch)
    }
  }

  private func answerConstant(_ id: RequestID?, _ entry: MethodEntry, _ tail: [UInt8]) {
    dispatcher.metrics.recordConstant(entry.index)
    guard let id else { return }
    send { output in
      AnswerText.begin(id, into: &output)
      output.append(contentsOf: tail)
    }
  }

  /// What the connection's phase says against a call.
  private func refusal(_ entry: MethodEntry, _ envelope: Envelope) -> WireError? {
    if entry.role == .cancel, !envelope.isNotification { return .methodNotFound(entry.definition.name) }
    switch phase {
    case .new: return entry.definition.access == .beforeInitialize ? nil : .notInitialized
    case .serving: return entry.role == .initialize ? .alreadyInitialized : nil
    case .shuttingDown, .leaving, .ended:
      let isHeard = envelope.isNotification && (entry.role == .exit || entry.role == .cancel)
      return isHeard ? nil : .shutDown
    }
  }

  private func refuseUnknown(_ envelope: Envelope, _ body: RawSpan, _ batch: BatchAnswer?) {
    dispatcher.metrics.count(.unknownMethods)
    guard !envelope.isNotification else { return }
    switch phase {
    case .new: refuse(envelope, .notInitialized, batch)
    case .serving: refuse(envelope, .methodNotFound(envelope.method(in: body)), batch)
    case .shuttingDown, .leaving, .ended: refuse(envelope, .shutDown, batch)
    }
  }

  /// Answers a request that is not run; a notification is dropped.
  private func refuse(_ envelope: Envelope, _ error: WireError, _ batch: BatchAnswer?) {
    guard envelope.id != nil else { return dispatcher.metrics.count(.droppedNotifications) }
    answer(EnvelopeFault(id: envelope.id, error), batch)
  }

  /// Past so many bytes, params are looked at by their names before they are read. Bytes.
  private static let largeParams = 1 << 16

  private func read(
    _ envelope: Envelope, _ body: RawSpan, _ entry: MethodEntry
  ) throws(WireError) -> (JSONValue, RequestMeta) {
    guard let range = envelope.params else { return (.emptyObject, RequestMeta()) }
    var issues: [WireError.Issue] = []
    if range.count > Self.largeParams {
      issues = entry.check.unknownNames(in: body.extracting(range))
      if !issues.isEmpty { throw .invalidParams(issues, locale) }
    }
    let params: JSONValue
    do throws(WireError) {
      params = try Params.value(of: envelope, in: body)
    } catch {
      throw error.withIssue(locale)
    }
    guard let said = params["_meta"] else { return (params, RequestMeta()) }
    let meta = RequestMeta(said, issues: &issues)
    if !issues.isEmpty { throw .invalidParams(issues, locale) }
    return (params.removing("_meta"), meta)
  }
}

extension WireError {
  /// Invalid params as a whole still say so in `issues`.
  fileprivate func withIssue(_ locale: Locale) -> WireError {
    guard code == .invalidParams, data["issues"] == nil else { return self }
    var error = self
    error.data = data.setting("issues", [["path": "", "message": JSONValue(message.text(locale))]])
    return error
  }
}
