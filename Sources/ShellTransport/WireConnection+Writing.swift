import Glibc
import ShellProtocol

extension WireConnection {
  func flushLater() {
    guard !isDelivering, !flushIsDue else { return }
    flushIsDue = true
    desk.flushSoon(self)
  }

  /// Hands what was sent to the system, in one write.
  func flush() {
    flushIsDue = false
    guard !outgoing.isEmpty, let stream else { return }
    // While something waits already, the system says itself when it takes more.
    if stream.wantsOutput { watchCongestion() } else { writeOut(stream) }
  }

  private func writeOut(_ stream: WireStream) {
    let (taken, failure) = unsafe outgoing.withBytes { unsafe stream.write($0) }
    if let failure { return failed(failure) }
    outgoing.removeFirst(taken, keeping: 4 * Self.earlyFlush)
    watch.taken &+= taken
    watchCongestion()
    if !outgoing.isEmpty { watchReader() }
  }

  /// Past the upper mark a client's messages are no longer read, below the lower one they are again.
  private func watchCongestion() {
    let mark = isCongested ? 64 << 10 : 256 << 10
    guard isCongested != (outgoing.count > mark) else { return }
    isCongested.toggle()
    stream?.update()
  }

  func becameWritable() {
    guard let stream, state != .closed else { return }
    let wasCongested = isCongested
    writeOut(stream)
    switch state {
    case .open:
      // During a delivery the loop there sees it by itself.
      guard wasCongested, !isCongested, !isDelivering else { return }
      delegate?.drained(self)
      proceed()
    case .closing: if !isDelivering { finishClosing() }
    case .lingering, .closed: break
    }
  }
}

// MARK: Closing

extension WireConnection {
  func close(_ why: CloseReason) {
    guard state == .open else { return }
    reason = why
    state = .closing
    inbound = []
    stream?.update()
    if !isDelivering { finishClosing() }
  }

  /// Writes what is left, then shuts down. A socket lingers until the client closes it too, for a second at most:
  /// closing it with something unread makes the kernel answer the client's next read with an error, where it should
  /// find our last words and the end.
  func finishClosing() {
    flush()
    // Comes back here when the rest is written.
    guard state == .closing, outgoing.isEmpty, let stream else { return }
    guard peer != .stdio, lingers, !inputHasEnded else { return abort(reason ?? .host) }
    state = .lingering
    stream.shutDownOutput()
    stream.update()
    desk.schedule(afterMs: 1000) { [weak self] in self?.abort(self?.reason ?? .host) }
  }

  /// Closes without a further word. The core hears of it once what runs now is done.
  func abort(_ why: CloseReason) {
    guard state != .closed, let stream else { return }
    if reason == nil { reason = why }
    state = .closed
    stream.close()
    self.stream = nil
    inbound = []
    outgoing = WireBuffer()
    watch.cancel()
    desk.execute { [self] in
      whenGone()
      whenGone = {}
    }
  }

  func failed(_ code: CInt) {
    if reason == nil { reason = .failed(unsafe String(cString: strerror(code))) }
    abort(.client)
  }

  func reportClosed() {
    if refusal == nil { delegate?.closed(self, reason: reason ?? .client) }
    (attachment, delegate) = (nil, nil)
  }
}
