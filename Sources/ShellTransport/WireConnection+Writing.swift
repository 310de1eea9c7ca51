import NIOCore
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
    guard outgoing.readableBytes > 0, let context else { return }
    watch.queued &+= outgoing.readableBytes
    context.writeAndFlush(NIOAny(outgoing), promise: nil)
    // Nobody else holds the bytes when the system took them all, and then their memory serves again.
    let taken = outgoing.modifyIfUniquelyOwned { $0.clear() } != nil
    if !taken || outgoing.capacity > 4 * Self.earlyFlush { outgoing = ByteBuffer() }
    if !taken, state != .closed { watchReader() }
  }

  /// Bytes that were handed over and not taken by the system.
  var unsentBytes: Int {
    guard let options = context?.channel.syncOptions, state != .closed else { return 0 }
    return (try? options.getOption(.bufferedWritableBytes)) ?? 0  // a closed channel has none
  }

  func becameWritable() {
    guard state == .open else { return }
    // During a delivery the loop there sees it by itself.
    guard !isDelivering else { return }
    delegate?.drained(self)
    proceed()
  }
}

// MARK: Closing

extension WireConnection {
  func close(_ why: CloseReason) {
    guard state == .open else { return }
    reason = why
    state = .closing
    inbound = ByteBuffer()
    if !isDelivering { finishClosing() }
  }

  /// Writes what is left, then shuts down. A socket lingers until the client closes it too, for a second at most:
  /// closing it with something unread makes the kernel answer the client's next read with an error, where it should
  /// find our last words and the end.
  func finishClosing() {
    guard let context else { return }
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.whenComplete { [self] _ in
      guard state == .closing, let context = self.context else { return }
      guard peer != .stdio, lingers, !inputHasEnded else { return abort(reason ?? .host) }
      state = .lingering
      context.channel.close(mode: .output, promise: nil)
      context.read()
      desk.schedule(afterMs: 1000) { [weak self] in self?.abort(self?.reason ?? .host) }
    }
    flush()
    context.writeAndFlush(NIOAny(ByteBuffer()), promise: written)
  }

  /// Closes without a further word.
  func abort(_ why: CloseReason) {
    guard state != .closed, let context else { return }
    if reason == nil { reason = why }
    state = state == .open ? .closing : state
    context.close(promise: nil)
  }

  func failed(_ error: any Error) {
    if reason == nil { reason = .failed("\(error)") }
    abort(.client)
  }

  /// The channel is gone. The core hears of it after `drained`, the end of whatever stood between us and a file.
  func becameInactive() {
    guard state != .closed else { return }
    state = .closed
    context = nil
    inbound = ByteBuffer()
    outgoing = ByteBuffer()
    watch.cancel()
  }

  func reportClosed() {
    if refusal == nil { delegate?.closed(self, reason: reason ?? .client) }
    (attachment, delegate) = (nil, nil)
  }
}
