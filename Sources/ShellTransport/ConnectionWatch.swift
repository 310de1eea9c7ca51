import Logging
import ShellProtocol

/// The clocks of one connection. They run only while something is amiss, so an idle host never wakes.
struct ConnectionWatch {
  /// Whether the system has not taken everything yet, as far as is known.
  var hasUnsent = false
  /// Bytes handed to the system, and read from it, since the connection began.
  var queued = 0
  var received = 0
  var reader: DeskTimer?
  var partial: DeskTimer?

  mutating func cancel() {
    reader?.cancel()
    partial?.cancel()
    (reader, partial, hasUnsent) = (nil, nil, false)
  }
}

extension WireConnection {
  /// Begins to watch a client that left something unread.
  func watchReader() {
    watch.hasUnsent = true
    guard watch.reader == nil else { return }
    checkReader(taken: watch.queued - unsentBytes)
  }

  private func checkReader(taken: Int) {
    watch.reader = desk.schedule(afterMs: Int64(limits.stalledReaderSeconds) * 1000) { [weak self] in
      guard let self, state != .closed else { return }
      watch.reader = nil
      let unsent = unsentBytes
      guard unsent > 0 else { return watch.hasUnsent = false }
      let takenNow = watch.queued - unsent
      guard takenNow == taken else { return checkReader(taken: takenNow) }
      log.warning(
        "client does not read, closed",
        metadata: ["connection": "\(id)", "unsentBytes": "\(unsent)", "seconds": "\(limits.stalledReaderSeconds)"])
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
