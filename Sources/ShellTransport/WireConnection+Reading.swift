import Logging
import NIOCore
import ShellProtocol

extension WireConnection {
  func attached(_ context: ChannelHandlerContext) { self.context = context }

  func becameActive() {
    guard refusal == nil else {
      // A client that waits for us to speak first shows no framing; a quarter of a second, then it gets a line.
      desk.schedule(afterMs: 250) { [weak self] in self?.refuse() }
      return
    }
    delegate?.opened(self)
  }

  func received(_ buffer: ByteBuffer) {
    guard state == .open else { return }
    watch.received &+= buffer.readableBytes
    if inbound.readableBytes == 0 {
      (inbound, inboundIsOurs) = (buffer, false)
    } else {
      if !inboundIsOurs { inbound = copy(inbound, from: 0) }
      inbound.writeImmutableBuffer(buffer)
      inboundIsOurs = true
    }
    deliver()
  }

  /// The channel asks whether it may read on.
  func mayRead() -> Bool {
    let may = state == .lingering || !isHeldBack
    if !may { wantsRead = true }
    return may
  }

  func endOfInput() {
    inputHasEnded = true
    if state == .lingering { return abort(reason ?? .client) }
    deliver()
  }

  /// Goes on after a pause, or after the client has caught up.
  func proceed() {
    guard !isDelivering, !isHeldBack else { return }
    if inbound.readableBytes > 0 || inputHasEnded { deliver() }
    guard wantsRead, mayRead() else { return }
    wantsRead = false
    context?.read()
  }

  /// Hands over what has come, message by message, and writes what that brought about in one go.
  private func deliver() {
    guard !isDelivering, state == .open, !isHeldBack else { return }
    isDelivering = true
    // Out of the property: a callback may send, pause or close while the bytes are looked at.
    let bytes = inbound
    inbound = ByteBuffer()
    let used = deliverMessages(bytes.readableBytesSpan)
    keep(bytes, from: used)
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
        outgoing.writeStaticString("This is ESh: it speaks JSON-RPC 2.0 here, not HTTP.\n")
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
    guard outgoing.readableBytes >= Self.earlyFlush else { return true }
    flush()
    return !isCongested
  }

  /// So many bytes are written before the read that brought them about is over.
  static let earlyFlush = 64 << 10

  private func keep(_ bytes: ByteBuffer, from used: Int) {
    guard used < bytes.readableBytes, state == .open else { return }
    // What is put together here, as a large message comes, stays as it is. The channel's read buffer must be free
    // for the next read.
    inbound = inboundIsOurs && used == 0 ? bytes : copy(bytes, from: used)
    inboundIsOurs = true
  }

  private func copy(_ bytes: ByteBuffer, from start: Int) -> ByteBuffer {
    ByteBuffer(bytes: bytes.readableBytesView.dropFirst(start))
  }

  /// The largest read.
  static let readBytes = 64 << 10

  private func deliverEnd() {
    // A last line without its end is a message too; what is left of a body is not.
    if parser.framing == .lines, inbound.readableBytes > 0, !parser.isSkipping {
      inbound.writeInteger(UInt8(ascii: "\n"))
      return deliver()
    }
    if isInsideMessage {
      log.info("input ended inside a message", metadata: ["connection": "\(id)", "bytes": "\(inbound.readableBytes)"])
      inbound = ByteBuffer()
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
