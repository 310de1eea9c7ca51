import NIOCore
import NIOHTTP1
import Testing

@testable import WebDesktop

struct FragmentedMessageTests {
  fileprivate func bytes(_ count: Int) -> ByteBuffer { ByteBuffer(repeating: 0x61, count: count) }

  @Test func `fragments become one message, and the next one begins anew`() {
    var message = FragmentedMessage(limit: 10)

    for _ in 0..<2 {
      guard case .more = message.add(bytes(4), isFirst: true, isLast: false),
        case .more = message.add(bytes(0), isFirst: false, isLast: false),
        case .message(let whole, 9) = message.add(bytes(5), isFirst: false, isLast: true)
      else { return #expect(Bool(false), "not put together") }
      #expect(whole == bytes(9))
    }
  }

  @Test func `what is too large is handed over once, and its rest passes`() {
    var message = FragmentedMessage(limit: 10)

    guard case .more = message.add(bytes(10), isFirst: true, isLast: false),
      case .message(_, 11) = message.add(bytes(1), isFirst: false, isLast: false),
      case .more = message.add(bytes(29), isFirst: false, isLast: true),
      case .message(_, 1) = message.add(bytes(1), isFirst: true, isLast: true),
      case .message(_, 41) = message.add(bytes(41), isFirst: true, isLast: false),
      case .hopeless = message.add(bytes(0), isFirst: false, isLast: false)
    else { return #expect(Bool(false), "not refused as it should be") }
  }

  @Test func `a continuation of nothing, and a beginning in the middle, are out of order`() {
    var message = FragmentedMessage(limit: 10)

    guard case .outOfOrder = message.add(bytes(1), isFirst: false, isLast: true),
      case .more = message.add(bytes(1), isFirst: true, isLast: false),
      case .outOfOrder = message.add(bytes(1), isFirst: true, isLast: true)
    else { return #expect(Bool(false), "not out of order") }
  }
}

extension FragmentedMessageTests {
  @Test func `a fragment too large by itself is told with what came before it, and kept nowhere`() {
    var message = FragmentedMessage(limit: 10)

    guard case .message(let none, 11) = message.add(tooLarge: 11, isFirst: true, isLast: true), none == bytes(0),
      case .more = message.add(bytes(3), isFirst: true, isLast: false),
      case .message(let before, 15) = message.add(tooLarge: 12, isFirst: false, isLast: false), before == bytes(3),
      case .more = message.add(tooLarge: 20, isFirst: false, isLast: false),
      case .hopeless = message.add(tooLarge: 20, isFirst: false, isLast: false)
    else { return #expect(Bool(false), "not refused as it should be") }
    guard case .outOfOrder = message.add(tooLarge: 11, isFirst: true, isLast: true) else {
      return #expect(Bool(false), "a beginning in the middle")
    }
  }
}

struct SessionCookieTests {
  @Test func `tokens never repeat, and their key is not their token`() {
    let made = (0..<100).map { _ in SessionCookie.new() }

    #expect(Set(made.map(\.token)).count == 100)
    #expect(made.allSatisfy { $0.token.count == 64 && $0.key.count == 64 && $0.token != $0.key })
  }

  @Test func `the key is found among other cookies, and nothing else is taken for one`() {
    let (token, key) = SessionCookie.new()
    func found(_ cookies: String...) -> String? {
      SessionCookie.key(in: HTTPHeaders(cookies.map { ("Cookie", $0) }))
    }

    #expect(found("esh_session=\(token)") == key)
    #expect(found("a=b; esh_session=\(token) ; c") == key)
    #expect(found("a=b", "esh_session=\(token)") == key)
    #expect(found("xesh_session=\(token)") == nil)
    #expect(found("esh_session=\(token)0") == nil)
    #expect(found("esh_session=\(token.uppercased())g") == nil)
    #expect(found("esh_session=") == nil)
    #expect(found() == nil)
  }
}
