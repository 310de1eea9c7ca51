import Glibc
import Logging
import ShellProtocol

extension WireConnection: WireStreamOwner {
  /// Takes its place on the loop.
  func begin(_ stream: WireStream) {
    self.stream = stream
    if refusal == nil {
      delegate?.opened(self)
    } else {
      // A client that waits for us to speak first shows no framing; a quarter of a second, then it gets a line.
      desk.schedule(afterMs: 250) { [weak self] in self?.refuse() }
    }
    if state != .closed { stream.start() }
  }

  func received(_ bytes: RawSpan) {
    guard state == .open else { return }
    watch.received &+= bytes.byteCount
    if inbound.isEmpty {
      deliver(bytes)
    } else {
      inbound.append(bytes)
      deliver()
    }
  }

  var mayRead: Bool { state == .lingering || (state == .open && !isHeldBack) }

  func endOfInput() {
    inputHasEnded = true
    if state == .lingering { return abort(reason ?? .client) }
    if inbound.isEmpty { deliver(RawSpan()) } else { deliver() }
  }

  /// Goes on after a pause, or after the client has caught up.
  func proceed() {
    guard !isDelivering, !isHeldBack else { return }
    if !inbound.isEmpty { deliver() } else if inputHasEnded { deliver(RawSpan()) }
    stream?.update()
  }

  /// Hands over what was kept, and what comes with it.
  private func deliver() {
    guard !isDelivering, state == .open, !isHeldBack else { return }
    // Out of the property: a callback may send, pause or close while the bytes are looked at.
    let bytes = inbound
    inbound = []
    unsafe deliver(bytes.span.bytes, kept: bytes)
  }

  /// Hands over what has come, message by message, and writes what that brought about in one go. `kept`: the same
  /// bytes, if they are the connection's already.
  private func deliver(_ bytes: RawSpan, kept: [UInt8]? = nil) {
    guard !isDelivering, state == .open, !isHeldBack else { return keep(bytes, from: 0, kept) }
    isDelivering = true
    keep(bytes, from: deliverMessages(bytes), kept)
    if refusal == nil { delegate?.readEnded(self) }
    isDelivering = false
    flush()
    if state == .closing { return finishClosing() }
    guard state == .open else { return }
    if isHeldBack { return }
    if inputHasEnded { return deliverEnd() }
    if isInsideMessage { watchPartialFrame() }
  }

  /// Delivers until more bytes are needed or nobody wants more; the answer is how many bytes are done with.
  private func deliverMessages(_ bytes: RawSpan) -> Int {
    var at = 0
    while state == .open, !isPaused {
      switch parser.next(in: bytes, from: at) {
      case .message(let range, let end):
        at = end
        if refusal != nil {
          refuse()
        } else {
          delegate?.received(bytes.extracting(range), on: self)
        }
        guard relieve() else { return at }
      case .fault(let error, let closes, let end):
        at = end
        if refusal != nil {
          refuse()
        } else {
          reject(error)
          if closes { close(.framing) }
        }
      case .foreign(let end):
        at = end
        outgoing.append("This is ESh: it speaks JSON-RPC 2.0 here, not HTTP.\n")
        close(.framing)
      case .hangUp(let end):
        at = end
        close(.framing)
      case .needMore(let end): return end
      }
    }
    return at
  }

  /// Writes early when much has gathered; false when the client does not take it.
  private func relieve() -> Bool {
    guard outgoing.count >= Self.earlyFlush else { return true }
    flush()
    return !isCongested
  }

  /// So many bytes are written before the read that brought them about is over.
  static let earlyFlush = 64 << 10

  private func keep(_ bytes: RawSpan, from used: Int, _ kept: [UInt8]?) {
    guard used < bytes.byteCount, state == .open else { return }
    // A large message comes in many reads: what is put together already is not copied again.
    if used == 0, let kept { return inbound = kept }
    inbound.append(bytes.extracting(used...))
  }

  private func deliverEnd() {
    // A last line without its end is a message too; what is left of a body is not.
    if parser.framing == .lines, !inbound.isEmpty, !parser.isSkipping {
      inbound.append(UInt8(ascii: "\n"))
      return deliver()
    }
    if isInsideMessage {
      log.info("input ended inside a message", metadata: ["connection": "\(id)", "bytes": "\(inbound.count)"])
      inbound = []
    }
    guard refusal == nil else { return close(.client) }
    if !endWasTold {
      endWasTold = true
      delegate?.inputEnded(self)
    }
  }

  private func reject(_ error: WireError) {
    send { AnswerWriter.error(nil, error, locale, to: &$0) }
    delegate?.rejected(error, on: self)
  }

  private func refuse() {
    guard let refusal, state == .open else { return }
    send { AnswerWriter.error(nil, refusal, locale, to: &$0) }
    close(.host)
  }
}
