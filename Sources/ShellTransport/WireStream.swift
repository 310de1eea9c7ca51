import CPoll
import Glibc

/// What a stream tells its connection. Every call is made on the desk.
protocol WireStreamOwner: AnyObject {
  /// Bytes came; they end with the call.
  func received(_ bytes: RawSpan)
  /// The other side will send no more.
  func endOfInput()
  /// The system takes bytes again.
  func becameWritable()
  /// A system call failed; its error number.
  func failed(_ code: CInt)
  /// Whether bytes may be read now; asked before each read.
  var mayRead: Bool { get }
}

/// The descriptors of one connection, non-blocking, on the desk's loop. It owns them.
///
/// One read a turn, so that no client keeps the others waiting. What the system does not take of a write stays with the
/// connection.
final class WireStream: EventSource {
  private let loop: EventLoop
  private let input: CInt
  /// The same as `input` for a socket.
  private let output: CInt
  private weak var owner: (any WireStreamOwner)?
  /// What `input` is watched for; nil: not at all, since it has hung up and epoll would say so over and over.
  private var watched: UInt32?
  private var inputHasEnded = false
  private var isOpen = true
  /// Whether something waits for the system to take bytes.
  private(set) var wantsOutput = false

  private static let trouble = EPOLLHUP.rawValue | EPOLLERR.rawValue

  init(_ loop: EventLoop, input: CInt, output: CInt, owner: any WireStreamOwner) {
    self.loop = loop
    self.input = input
    self.output = output
    self.owner = owner
    for descriptor in [input, output] {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
  }

  /// Begins to read, if its owner wants that.
  func start() {
    // Unless its owner has paused and gone on already.
    if watched == nil {
      let events = wanted
      guard loop.watch(input, events, self) else { return fail(errno) }
      watched = events
    }
    if output != input, !loop.watch(output, 0, self) { fail(errno) }
  }

  private func fail(_ code: CInt) { owner?.failed(code) }

  /// Looks again whether to read.
  func update() {
    let events = wanted
    guard isOpen, events != watched else { return }
    if watched != nil {
      loop.change(input, events)
      watched = events
    } else if events != 0 {
      if loop.watch(input, events, self) { watched = events } else { fail(errno) }
    }
  }

  private var wanted: UInt32 {
    var events: UInt32 = 0
    if !inputHasEnded, owner?.mayRead == true { events |= EPOLLIN.rawValue }
    if wantsOutput, input == output { events |= EPOLLOUT.rawValue }
    return events
  }

  /// Closes both descriptors. Nothing is told any more.
  func close() {
    guard isOpen else { return }
    isOpen = false
    for descriptor in Set([input, output]) {
      loop.forget(descriptor)
      Glibc.close(descriptor)
    }
  }
}

// MARK: Reading

extension WireStream {
  func ready(_ descriptor: CInt, _ events: UInt32) {
    guard descriptor == input else { return outputReady(events) }
    if events & EPOLLOUT.rawValue != 0 { owner?.becameWritable() }
    guard isOpen, let watched else { return }
    if watched & EPOLLIN.rawValue != 0 {
      if events & (EPOLLIN.rawValue | Self.trouble) != 0 { readOnce() }
    } else if events & Self.trouble != 0 {
      hungUp()
    }
  }

  private func readOnce() {
    let buffer = unsafe loop.readBuffer
    let count = unsafe read(input, buffer.baseAddress, buffer.count)
    if count > 0 {
      owner?.received(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<count])))
    } else if count == 0 {
      inputHasEnded = true
      owner?.endOfInput()
    } else if errno != EAGAIN, errno != EINTR {
      return fail(errno)
    }
    update()
  }

  /// The other side is gone while nothing is read: what it said before is still to be heard, but not now.
  private func hungUp() {
    if wantsOutput { owner?.becameWritable() }
    guard isOpen, watched != nil else { return }
    loop.forget(input)
    watched = nil
  }
}

// MARK: Writing

extension WireStream {
  private func outputReady(_ events: UInt32) {
    if events & EPOLLOUT.rawValue != 0 { owner?.becameWritable() }
    // Nobody reads the pipe any more.
    if isOpen, events & Self.trouble != 0 { fail(EPIPE) }
  }

  /// Writes; the answer is how many bytes the system took, and the error number of a failure. When that is not all and
  /// nothing failed, `becameWritable` follows.
  func write(_ bytes: UnsafeRawBufferPointer) -> (taken: Int, failure: CInt?) {
    var taken = 0
    while taken < bytes.count {
      let step = unsafe Glibc.write(output, bytes.baseAddress.map { unsafe $0 + taken }, bytes.count - taken)
      if step < 0, errno == EINTR { continue }
      if step < 0, errno != EAGAIN { return (taken, errno) }
      if step > 0 { taken += step }
      // A socket that took a part is full; to ask again would only be told so.
      if step <= 0 || taken < bytes.count { break }
    }
    setWantsOutput(taken < bytes.count)
    return (taken, nil)
  }

  private func setWantsOutput(_ wants: Bool) {
    guard wants != wantsOutput else { return }
    wantsOutput = wants
    if input == output { update() } else { loop.change(output, wants ? EPOLLOUT.rawValue : 0) }
  }

  /// Tells the other side that nothing more comes.
  func shutDownOutput() { shutdown(output, CInt(SHUT_WR)) }
}
