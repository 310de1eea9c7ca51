import Logging
import ShellProtocol

/// The clocks of one connection. They run only while something is amiss, so an idle host never wakes.
struct ConnectionWatch {
  /// Bytes that the system took, and that were read from it, since the connection began.
  var taken = 0
  var received = 0
  var reader: DeskTimer?
  var partial: DeskTimer?

  mutating func cancel() {
    reader?.cancel()
    partial?.cancel()
    (reader, partial) = (nil, nil)
  }
}

extension WireConnection {
  /// Begins to watch a client that left something unread.
  func watchReader() {
    guard watch.reader == nil else { return }
    checkReader(taken: watch.taken)
  }

  private func checkReader(taken: Int) {
    watch.reader = desk.schedule(afterMs: Int64(limits.stalledReaderSeconds) * 1000) { [weak self] in
      guard let self, state != .closed else { return }
      watch.reader = nil
      guard !outgoing.isEmpty else { return }
      guard watch.taken == taken else { return checkReader(taken: watch.taken) }
      log.warning(
        "client does not read, closed",
        metadata: [
          "connection": "\(id)", "unsentBytes": "\(outgoing.count)", "seconds": "\(limits.stalledReaderSeconds)",
        ])
      abort(.stalledReader)
    }
  }

  /// Begins to watch a message that has not come whole.
  func watchPartialFrame() {
    guard watch.partial == nil else { return }
    checkPartialFrame(after: limits.partialFrameWarningSeconds, received: watch.received, warned: false)
  }

  private func checkPartialFrame(after seconds: Int, received: Int, warned: Bool) {
    watch.partial = desk.schedule(afterMs: Int64(seconds) * 1000) { [weak self] in
      guard let self, state == .open else { return }
      watch.partial = nil
      guard isInsideMessage else { return }
      // Our own pause is not the client's fault.
      guard watch.received == received, !isHeldBack else { return watchPartialFrame() }
      let bytes = "\(inboundBytes)"
      if warned {
        log.warning("message never ended, closed", metadata: ["connection": "\(id)", "bytes": "\(bytes)"])
        return abort(.partialFrame)
      }
      log.notice("message stopped in its middle", metadata: ["connection": "\(id)", "bytes": "\(bytes)"])
      checkPartialFrame(
        after: max(1, limits.partialFrameSeconds - limits.partialFrameWarningSeconds), received: received,
        warned: true)
    }
  }
}
