import CJansson

/// Writes a value as compact JSON text, straight from jansson's own structures.
///
/// The same bytes as `json_dumps` with `JSON_COMPACT | JSON_ENCODE_ANY`, three to five times as fast: jansson looks for
/// circles with a hash table and formats every container's address for it, and hands its text over in crumbs. Here the
/// depth is bounded instead, and the text leaves in pieces of a few KiB.
@safe struct JSONWriter: ~Copyable {
  /// Levels of arrays and objects that are written; jansson's own parser reads no more. A circle ends here.
  static let deepest = 2048

  private let piece: UnsafeMutableRawBufferPointer
  private var used = 0
  private let emit: (UnsafeRawBufferPointer) -> Void

  /// Hands the text of `value` to `emit`, piece by piece. False when it cannot be written: it is nested too deep, or
  /// holds a number that JSON has no text for. Part of it may have been emitted by then.
  static func write(_ value: UnsafeMutablePointer<json_t>, _ emit: (UnsafeRawBufferPointer) -> Void) -> Bool {
    unsafe withoutActuallyEscaping(emit) { emit in
      unsafe withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 8) { piece in
        var writer = unsafe JSONWriter(piece: piece, emit: emit)
        guard unsafe writer.value(value, levels: deepest) else { return false }
        writer.flush()
        return true
      }
    }
  }

  private init(piece: UnsafeMutableRawBufferPointer, emit: @escaping (UnsafeRawBufferPointer) -> Void) {
    unsafe self.piece = unsafe piece
    unsafe self.emit = unsafe emit
  }

  private mutating func flush() {
    guard used > 0 else { return }
    unsafe emit(UnsafeRawBufferPointer(rebasing: piece[..<used]))
    used = 0
  }
}

// MARK: Values

extension JSONWriter {
  private mutating func value(_ value: UnsafeMutablePointer<json_t>, levels: Int) -> Bool {
    switch unsafe value.pointee.type {
    case JSON_OBJECT: return unsafe object(value, levels: levels)
    case JSON_ARRAY: return unsafe array(value, levels: levels)
    case JSON_STRING:
      unsafe string(json_string_value(value), json_string_length(value))
    case JSON_INTEGER: unsafe integer(json_integer_value(value))
    case JSON_REAL: return unsafe real(value)
    case JSON_TRUE: word("true")
    case JSON_FALSE: word("false")
    default: word("null")
    }
    return true
  }

  private mutating func object(_ object: UnsafeMutablePointer<json_t>, levels: Int) -> Bool {
    guard levels > 0 else { return false }
    var mark = UInt8(ascii: "{")
    var member = unsafe json_object_iter(object)
    while let current = unsafe member {
      guard let inner = unsafe json_object_iter_value(current) else { return false }
      byte(mark)
      mark = UInt8(ascii: ",")
      unsafe string(json_object_iter_key(current), json_object_iter_key_len(current))
      byte(UInt8(ascii: ":"))
      guard unsafe value(inner, levels: levels - 1) else { return false }
      unsafe member = json_object_iter_next(object, current)
    }
    if mark == UInt8(ascii: "{") { byte(mark) }
    byte(UInt8(ascii: "}"))
    return true
  }

  private mutating func array(_ array: UnsafeMutablePointer<json_t>, levels: Int) -> Bool {
    guard levels > 0 else { return false }
    byte(UInt8(ascii: "["))
    for index in unsafe 0..<json_array_size(array) {
      guard let inner = unsafe json_array_get(array, index) else { return false }
      if index > 0 { byte(UInt8(ascii: ",")) }
      guard unsafe value(inner, levels: levels - 1) else { return false }
    }
    byte(UInt8(ascii: "]"))
    return true
  }

  private mutating func integer(_ number: Int64) {
    makeRoom(20)
    if number < 0 { byte(UInt8(ascii: "-")) }
    var rest = number.magnitude
    var digits = 1
    var bound: UInt64 = 10
    while digits < 19, rest >= bound {
      digits += 1
      bound &*= 10
    }
    used += digits
    for place in 1...digits {
      unsafe piece[used &- place] = UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0")
      rest /= 10
    }
  }

  /// jansson's own digits: nobody is to see a number change on its way through.
  private mutating func real(_ value: UnsafeMutablePointer<json_t>) -> Bool {
    makeRoom(64)
    guard let start = unsafe piece.baseAddress else { return false }
    let room = unsafe (start + used).assumingMemoryBound(to: CChar.self)
    let length = unsafe json_dumpb(value, room, 64, Int(JSON_ENCODE_ANY))
    guard length > 0, length <= 64 else { return false }
    used += length
    return true
  }
}

// MARK: Text

extension JSONWriter {
  /// A string in quotes. What needs no escape is copied in runs.
  private mutating func string(_ characters: UnsafePointer<CChar>?, _ count: Int) {
    byte(UInt8(ascii: "\""))
    let text = unsafe UnsafeRawBufferPointer(start: characters, count: count)
    var start = 0
    var index = 0
    while index < count {
      // Eight bytes at once: a byte needs an escape when it is below 0x20, a quote or a backslash.
      if index &+ 8 <= count, unsafe Self.isPlain(text.loadUnaligned(fromByteOffset: index, as: UInt64.self)) {
        index &+= 8
        continue
      }
      let next = unsafe text[index]
      if next < 0x20 || next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\") {
        unsafe copy(UnsafeRawBufferPointer(rebasing: text[start..<index]))
        escape(next)
        start = index &+ 1
      }
      index &+= 1
    }
    unsafe copy(UnsafeRawBufferPointer(rebasing: text[start..<count]))
    byte(UInt8(ascii: "\""))
  }

  /// Whether none of eight bytes needs an escape. The classic test for a zero byte in a word; a carry may call a plain
  /// word not plain, never the other way round.
  @inline(__always)
  private static func isPlain(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
    let slashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
    let found = (word &- ones &* 0x20) & ~word | (quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes
    return found & tops == 0
  }

  private mutating func escape(_ next: UInt8) {
    switch next {
    case UInt8(ascii: "\""): word("\\\"")
    case UInt8(ascii: "\\"): word("\\\\")
    case 0x08: word("\\b")
    case 0x09: word("\\t")
    case 0x0A: word("\\n")
    case 0x0C: word("\\f")
    case 0x0D: word("\\r")
    default:
      word("\\u00")
      byte(Self.digit(next >> 4))
      byte(Self.digit(next & 15))
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "A") &+ (value &- 10)
  }

  private mutating func word(_ text: StaticString) {
    unsafe copy(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func copy(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    makeRoom(bytes.count)
    guard unsafe bytes.count <= piece.count else { return unsafe emit(bytes) }
    unsafe UnsafeMutableRawBufferPointer(rebasing: piece[used...]).copyMemory(from: bytes)
    used &+= bytes.count
  }

  @inline(__always)
  private mutating func byte(_ byte: UInt8) {
    if unsafe used == piece.count { flush() }
    unsafe piece[used] = byte
    used &+= 1
  }

  /// Flushes when fewer than `count` bytes are free.
  @inline(__always)
  private mutating func makeRoom(_ count: Int) {
    if unsafe piece.count &- used < count { flush() }
  }
}
