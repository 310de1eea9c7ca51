import NIOCore
import NIOEmbedded
import Testing

@testable import WebDesktop

/// Frames that are too large, before anybody has put them together.
struct LargeFramesTests {
  /// What comes out behind the filter, in its order.
  private final class Tail: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    enum Seen: Equatable { case bytes([UInt8]), began(Int, isLast: Bool), taken([UInt8]) }
    var seen: [Seen] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      add(.bytes(Array(Self.unwrapInboundIn(data).readableBytesView)))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      switch event as? LargeFrame {
      case .began(let head): add(.began(head.length, isLast: head.isLast))
      case .bytes(let bytes): add(.taken(Array(bytes.readableBytesView)))
      case nil: break
      }
    }

    /// Neighbours of one kind count as one.
    private func add(_ new: Seen) {
      switch (seen.last, new) {
      case (.bytes(let old), .bytes(let more)): seen[seen.count - 1] = .bytes(old + more)
      case (.taken(let old), .taken(let more)): seen[seen.count - 1] = .taken(old + more)
      default: seen.append(new)
      }
    }
  }

  private func frame(_ first: UInt8, _ count: Int, fill: UInt8) -> [UInt8] {
    let length: [UInt8] =
      count < 126
      ? [0x80 | UInt8(count)]
      : count < 65_536
        ? [0x80 | 126, UInt8(count >> 8), UInt8(count & 0xFF)]
        : [0x80 | 127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
    return [first] + length + [1, 2, 3, 4] + [UInt8](repeating: fill, count: count)
  }

  private func seen(_ bytes: [UInt8], pieces: Int) throws -> [Tail.Seen] {
    let tail = Tail()
    let channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHandlers([LargeFrames(limit: 200, most: 800), tail])
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      try channel.writeInbound(ByteBuffer(bytes: bytes[start..<min(start + pieces, bytes.count)]))
    }
    _ = try channel.finish(acceptAlreadyClosed: true)
    return tail.seen
  }

  @Test(arguments: [1, 2, 7, 100, 100_000])
  func `frames that are too large are taken out, and all else goes on byte for byte`(pieces: Int) throws {
    let (small, ping, fits) = (frame(0x81, 5, fill: 5), frame(0x89, 125, fill: 6), frame(0x81, 200, fill: 7))
    let hopeless = frame(0x81, 801, fill: 8)
    let stream = small + frame(0x81, 201, fill: 9) + ping + fits + frame(0x00, 800, fill: 10) + small + hopeless + small

    let seen = try seen(stream, pieces: pieces)

    #expect(
      seen == [
        .bytes(small), .began(201, isLast: true), .taken([UInt8](repeating: 9, count: 201)), .bytes(ping + fits),
        .began(800, isLast: false), .taken([UInt8](repeating: 10, count: 800)), .bytes(small + hopeless + small),
      ])
  }

  @Test func `a frame that is too large is told before any of its payload has come`() throws {
    let head = frame(0x81, 500, fill: 0).prefix(8)
    #expect(try seen(Array(head), pieces: 3) == [.began(500, isLast: true)])
  }

  @Test func `a length that no number holds goes on to the decoder, which refuses it`() throws {
    let bytes: [UInt8] = [0x81, 0xFF] + [UInt8](repeating: 0xFF, count: 8) + [1, 2, 3, 4, 5]
    #expect(try seen(bytes, pieces: 4) == [.bytes(bytes)])
  }
}
