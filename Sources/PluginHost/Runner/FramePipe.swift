import ShellTime
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// One end of the socket pair between the host and a runner. Any thread sends; one thread reads.
package final class FramePipe: Sendable {
  let file: Int32
  private let isOpen = Mutex(true)

  package init(_ file: Int32) { self.file = file }

  deinit { close(file) }

  enum Sent { case whole, late, gone }

  /// Milliseconds in which the other end must take a whole frame; nil: as long as it likes.
  private let limitMs = Mutex<Int64?>(nil)

  /// Sends a whole frame, unless the other end is gone, or does not take it in time: then nothing more is sent.
  @discardableResult
  func send(_ frame: consuming FrameText) -> Sent {
    sendRaw(frame.finished())
  }

  /// The same with bytes that should be a frame.
  @discardableResult
  func sendRaw(_ bytes: [UInt8]) -> Sent {
    let deadline = limitMs.withLock { $0 }.map { monotonicMs() + $0 }
    return isOpen.withLock { isOpen in
      guard isOpen else { return .gone }
      var sent = 0
      while sent < bytes.count {
        let count = unsafe bytes.withUnsafeBytes { buffer in
          unsafe Glibc.send(file, buffer.baseAddress.map { unsafe $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
        }
        if count < 0, errno == EINTR { continue }
        let isLate = count < 0 ? errno == EAGAIN : deadline.map { monotonicMs() > $0 } ?? false
        guard count > 0, !isLate || sent + count == bytes.count else {
          // Half a frame went out: nothing may follow it.
          isOpen = false
          return isLate ? .late : .gone
        }
        sent += count
      }
      return .whole
    }
  }

  /// Bounds the time in which the other end must take a frame.
  func limitSending(toSeconds seconds: Int) {
    limitMs.withLock { $0 = Int64(seconds) * 1000 }
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    unsafe setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Ends both directions: the reader finds the end, and nothing more is sent.
  func shut() { shutdown(file, Int32(SHUT_RDWR)) }

  /// A connected pair, closed on exec. nil when the process has no descriptors left.
  static func pair() -> (FramePipe, FramePipe)? {
    var files: [Int32] = [-1, -1]
    let status = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &files)
    return status == 0 ? (FramePipe(files[0]), FramePipe(files[1])) : nil
  }
}

/// What comes in, cut into frames. Of one thread.
struct FrameReader {
  private let pipe: FramePipe
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)
  private var start = 0
  private var end = 0

  init(_ pipe: FramePipe) { self.pipe = pipe }

  /// The next frame, waited for. nil: the other end is gone, or what it sends is no frame.
  mutating func next() -> Frame? {
    guard fill(Frame.headSize) else { return nil }
    let head = Frame.Head(buffer[start..<start + Frame.headSize])
    guard head.length <= Frame.most else { return nil }
    start += Frame.headSize
    guard let payload = take(head.length) else { return nil }
    return Frame(head, payload: payload)
  }

  /// Reads until the buffer holds that many bytes.
  private mutating func fill(_ count: Int) -> Bool {
    while end - start < count {
      if start > 0, start == end || start + count > buffer.count {
        buffer.replaceSubrange(0..<end - start, with: buffer[start..<end])
        (start, end) = (0, end - start)
      }
      guard let more = read(into: &buffer, from: end) else { return false }
      end += more
    }
    return true
  }

  /// That many bytes; of a large frame most go straight to where they stay.
  private mutating func take(_ count: Int) -> [UInt8]? {
    if end - start >= count || count <= buffer.count {
      guard fill(count) else { return nil }
      defer { start += count }
      return Array(buffer[start..<start + count])
    }
    var bytes = Array(buffer[start..<end])
    var filled = bytes.count
    (start, end) = (0, 0)
    while filled < count {
      // Room for what comes next, not for all that was promised.
      let room = min(count, filled + 1 << 20)
      if bytes.count < room { bytes.append(contentsOf: repeatElement(0, count: room - bytes.count)) }
      guard let more = read(into: &bytes, from: filled) else { return nil }
      filled += more
    }
    return bytes
  }

  private func read(into bytes: inout [UInt8], from place: Int) -> Int? {
    while true {
      let count = unsafe bytes.withUnsafeMutableBytes { target in
        unsafe recv(pipe.file, target.baseAddress.map { unsafe $0 + place }, target.count - place, 0)
      }
      if count > 0 { return count }
      if count < 0, errno == EINTR { continue }
      return nil
    }
  }
}
