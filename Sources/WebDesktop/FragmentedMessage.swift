import NIOCore

/// Puts the fragments of a message together. No more bytes are kept than a message may have and one fragment, which is
/// no larger.
struct FragmentedMessage {
  /// What a fragment brings about.
  enum Step {
    case more
    /// To be handed to the host: its bytes, and how many it said it had. One that is too large is handed over as far
    /// as it has come, as soon as that is known; the host refuses it in words.
    case message(ByteBuffer, Int)
    /// A continuation of nothing, or a beginning in the middle.
    case outOfOrder
    /// Past four times the limit: the connection is not worth keeping.
    case hopeless
  }

  private enum State {
    case between
    case gathering(ByteBuffer)
    /// The rest of one that was refused; so many bytes of it have passed.
    case passingOver(Int)
  }

  private let limit: Int
  private var state = State.between

  init(limit: Int) { self.limit = min(max(1, limit), Int.max / 8) }

  /// So many bytes of a message are four times too many.
  var hopelessBytes: Int { 4 * limit + 1 }

  mutating func add(_ part: ByteBuffer, isFirst: Bool, isLast: Bool) -> Step {
    switch state {
    case .between:
      guard isFirst else { return .outOfOrder }
      return gathered(part, isLast)
    case .gathering(var start):
      guard !isFirst else { return .outOfOrder }
      // Out of the state: a buffer with one owner grows in place.
      state = .between
      var part = part
      start.writeBuffer(&part)
      return gathered(start, isLast)
    case .passingOver(let passed):
      guard !isFirst else { return .outOfOrder }
      let total = passed + part.readableBytes
      guard total < hopelessBytes else { return .hopeless }
      state = isLast ? .between : .passingOver(total)
      return .more
    }
  }

  /// A fragment that is too large by itself and is kept nowhere. `.message`: its own bytes follow those that are handed
  /// over, and count.
  mutating func add(tooLarge count: Int, isFirst: Bool, isLast: Bool) -> Step {
    let before: ByteBuffer
    switch state {
    case .between:
      guard isFirst else { return .outOfOrder }
      before = ByteBuffer()
    case .gathering(let start):
      guard !isFirst else { return .outOfOrder }
      before = start
    case .passingOver(let passed):
      guard !isFirst else { return .outOfOrder }
      guard passed + count < hopelessBytes else { return .hopeless }
      state = isLast ? .between : .passingOver(passed + count)
      return .more
    }
    let total = before.readableBytes + count
    state = isLast ? .between : .passingOver(total)
    return .message(before, total)
  }

  private mutating func gathered(_ bytes: ByteBuffer, _ isLast: Bool) -> Step {
    let count = bytes.readableBytes
    if count > limit {
      state = isLast ? .between : .passingOver(count)
      return .message(bytes, count)
    }
    state = isLast ? .between : .gathering(bytes)
    return isLast ? .message(bytes, count) : .more
  }
}
