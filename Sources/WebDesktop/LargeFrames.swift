import NIOCore

/// A frame that is taken out of a WebSocket's stream because it is too large.
enum LargeFrame: Sendable {
  /// Its length is known; nothing of its payload has been read.
  case began(FrameHead)
  /// Some of its payload, masked as it came.
  case bytes(ByteBuffer)
}

/// The beginning of a frame: RFC 6455, section 5.2.
struct FrameHead: Sendable {
  private(set) var bytes: [UInt8] = []

  static let text: UInt8 = 1
  static let binary: UInt8 = 2
  static let continuation: UInt8 = 0

  mutating func add(_ byte: UInt8) { bytes.append(byte) }

  var opcode: UInt8 { (bytes.first ?? 0) & 0xF }
  var isLast: Bool { (bytes.first ?? 0) & 0x80 != 0 }
  var hasReservedBits: Bool { (bytes.first ?? 0) & 0x70 != 0 }
  var isMasked: Bool { bytes.count > 1 && bytes[1] & 0x80 != 0 }

  private var lengthBytes: Int {
    switch bytes[1] & 0x7F {
    case 126: 2
    case 127: 8
    default: 0
    }
  }

  /// With the key of the mask.
  var isWhole: Bool { bytes.count >= 2 && bytes.count == 2 + lengthBytes + (isMasked ? 4 : 0) }

  /// Bytes of the payload, of a whole head. What does not fit is the greatest number.
  var length: Int {
    guard lengthBytes > 0 else { return Int(bytes[1] & 0x7F) }
    let number = bytes[2..<2 + lengthBytes].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(exactly: number) ?? .max
  }
}

/// Stands before the decoder, which keeps a frame until it is whole, and takes out of the stream every frame of data
/// that is larger than a message may be: it is told as soon as its length is known, and passes by piece by piece, kept
/// nowhere. Everything else goes on as it came, frames past four times the limit too: the decoder refuses those by
/// their heads.
final class LargeFrames: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let limit: Int
  private let most: Int
  /// Of the frame that comes next, as far as it has come; held back until it is whole.
  private var head = FrameHead()
  /// Bytes of payload until the next frame.
  private var left = 0
  private var isTaken = false

  /// `limit`: bytes of a message; `most`: of a frame that the decoder takes.
  init(limit: Int, most: Int) {
    self.limit = limit
    self.most = most
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = Self.unwrapInboundIn(data)
    let end = bytes.writerIndex
    // From `start` to `at` goes on.
    var (start, at) = (bytes.readerIndex, bytes.readerIndex)
    func pass(upTo place: Int) {
      guard let part = bytes.getSlice(at: start, length: place - start), part.readableBytes > 0 else { return }
      context.fireChannelRead(Self.wrapInboundOut(part))
    }
    while at < end {
      if left > 0 {
        let count = min(left, end - at)
        if isTaken, let part = bytes.getSlice(at: at, length: count) {
          context.fireUserInboundEventTriggered(LargeFrame.bytes(part))
          start = at + count
        }
        left -= count
        at += count
        continue
      }
      let (held, began) = (head.bytes, at)
      while at < end, !head.isWhole {
        head.add(bytes.getInteger(at: at) ?? 0)
        at += 1
      }
      guard head.isWhole else { return pass(upTo: began) }
      left = head.length
      isTaken = head.opcode <= FrameHead.binary && left > limit && left <= most
      if isTaken {
        pass(upTo: began)
        start = at
        context.fireUserInboundEventTriggered(LargeFrame.began(head))
      } else if !held.isEmpty {
        context.fireChannelRead(Self.wrapInboundOut(ByteBuffer(bytes: held)))
      }
      head = FrameHead()
    }
    pass(upTo: end)
  }
}
