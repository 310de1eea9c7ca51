import Jansson

/// One message between the host and a runner process.
///
/// Its bytes: u32 length of what follows the head, u16 kind, u16 number of parts, u64 id; then each part: u32 length,
/// u32 zero, its bytes, zeros up to a multiple of eight. In the machine's own byte order: both ends are the same program
/// on the same machine. Parts lie at multiples of eight, so numbers in them can be read where they lie.
struct Frame: Sendable {
  enum Kind: UInt16, Sendable {
    // From the host. Each of the first five is answered by `done` of the same id.
    /// Parts: path of the library. Answer: the plugin's id, what `describe` gave.
    case open = 1
    case create, activate, deactivate, destroy
    /// id: the call. Parts: kind, name, params, session or nothing, deadline, trace, 1 when others are before it, so that
    /// the runner tells when it begins.
    case call
    /// id: the call.
    case cancel
    /// The answer to a request of the runner, by that request's id. Parts: status, value or error, changes.
    case answer

    // From the runner.
    /// The answer to one of the first five. Parts: status, value; or -1 and a reason.
    case done = 32
    /// id: a call that had to wait, and is entered now.
    case began
    /// id: the call. Parts: result or error.
    case complete, fail, progress
    case settled
    /// `call` has returned and the call goes on, or was never this plugin's. Parts: status.
    case returned
    /// Parts: level, message, fields or nothing.
    case log
    case present
    /// Requests, answered by `answer` of the same id. Parts of the first: the call.
    case isCancelled, now, settings
    /// Parts: call, name, params, the call that the thread is in.
    case callService, http
    /// A transaction, whose id the following have until `end`. Parts: call, mode, the call that the thread is in.
    case transact
    /// Inside a transaction. Parts: SQL, bindings; further: see `GuestTransactions`.
    case query, insertMany, queryColumns, emit, schedule, unschedule, setContext, audit, rehearse
    /// The body's end. Parts: 1 to commit, 1 when the job ends with it.
    case end
  }

  /// Bytes of one frame, the head included: as many as a result that no client could be sent, four times over.
  static let most = 64 << 20
  /// Arrays, objects and their members in one part: a value takes far more memory than its text.
  static let mostParts = 4_000_000
  static let headSize = 16

  let kind: Kind
  let id: UInt64
  private let payload: [UInt8]
  private let bounds: [Range<Int>]

  /// The first sixteen bytes.
  struct Head {
    /// Of what follows.
    let length: Int
    let kind: UInt16
    let parts: Int
    let id: UInt64

    init(_ bytes: ArraySlice<UInt8>) {
      length = Int(bytes.number(at: 0, bytes: 4))
      kind = UInt16(truncatingIfNeeded: bytes.number(at: 4, bytes: 2))
      parts = Int(bytes.number(at: 6, bytes: 2))
      id = bytes.number(at: 8, bytes: 8)
    }
  }

  /// nil: not a frame.
  init?(_ head: Head, payload: [UInt8]) {
    guard let kind = Kind(rawValue: head.kind) else { return nil }
    var bounds: [Range<Int>] = []
    var place = 0
    for _ in 0..<head.parts {
      guard place + 8 <= payload.count else { return nil }
      let length = Int(payload[...].number(at: place, bytes: 4))
      guard place + 8 + length <= payload.count else { return nil }
      bounds.append(place + 8..<place + 8 + length)
      place += 8 + (length + 7) & ~7
    }
    self.kind = kind
    id = head.id
    self.payload = payload
    self.bounds = bounds
  }

  var count: Int { bounds.count }

  /// Empty when there is no such part.
  func bytes(_ part: Int) -> ArraySlice<UInt8> { part < bounds.count ? payload[bounds[part]] : [] }

  func text(_ part: Int) -> String { String(decoding: bytes(part), as: UTF8.self) }

  /// 0 when there is no such number.
  func number(_ part: Int) -> Int64 {
    let bytes = bytes(part)
    return bytes.count == 8 ? Int64(bitPattern: bytes.number(at: 0, bytes: 8)) : 0
  }

  /// nil for an empty part. Throws for one that is no JSON: a plugin in C may make text that is not UTF-8, or a key with
  /// a NUL in it, and nothing else may stand in for that.
  func json(_ part: Int) throws(PluginFailure) -> JSONValue? {
    let bytes = bytes(part)
    guard !bytes.isEmpty else { return nil }
    guard bytes.count <= Self.mostParts || bytes.parts <= Self.mostParts else {
      throw .misuse("a value of more than \(Self.mostParts) parts")
    }
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      throw .misuse("a value that is no JSON: \(error.reason)")
    }
  }

  /// The same where the other end is this very program: nil also for what is no JSON.
  func value(_ part: Int) -> JSONValue? {
    // try?: as told above.
    try? json(part)
  }
}

extension ArraySlice<UInt8> {
  /// Commas and opening brackets: at least as many as there are values behind the first.
  fileprivate var parts: Int {
    reduce(into: 0) { count, byte in
      if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { count += 1 }
    }
  }

  /// A number of 2, 4 or 8 bytes, `offset` bytes after the slice's start.
  fileprivate func number(at offset: Int, bytes: Int) -> UInt64 {
    var value: UInt64 = 0
    for place in (0..<bytes).reversed() { value = value << 8 | UInt64(self[startIndex + offset + place]) }
    return value
  }
}

/// A frame in the making.
struct FrameText: Sendable {
  private(set) var bytes: [UInt8] = []
  private var parts: UInt16 = 0

  init(_ kind: Frame.Kind, _ id: UInt64) {
    bytes.reserveCapacity(512)
    append(0, bytes: 4)
    append(UInt64(kind.rawValue), bytes: 2)
    append(0, bytes: 2)
    append(id, bytes: 8)
  }

  /// Makes it a frame of another id.
  mutating func address(_ id: UInt64) { set(id, at: 8, bytes: 8) }

  /// Whether it may be sent.
  var fits: Bool { bytes.count <= Frame.most }

  /// A value; an empty part for nil, and for one that has no text, such as one that holds an infinite number.
  mutating func json(_ value: JSONValue?) {
    part { value?.write(into: &$0) }
  }

  mutating func text(_ text: String) { part { $0.append(contentsOf: text.utf8) } }

  mutating func number(_ number: Int64) {
    part { output in unsafe withUnsafeBytes(of: number) { unsafe output.append(contentsOf: $0) } }
  }

  mutating func memory(_ memory: UnsafeRawBufferPointer) { part { unsafe $0.append(contentsOf: memory) } }

  /// The whole, with its head filled in.
  consuming func finished() -> [UInt8] {
    set(UInt64(bytes.count - Frame.headSize), at: 0, bytes: 4)
    set(UInt64(parts), at: 6, bytes: 2)
    return bytes
  }

  private mutating func part(_ write: (inout [UInt8]) -> Void) {
    let head = bytes.count
    append(0, bytes: 8)
    write(&bytes)
    let length = bytes.count - head - 8
    set(UInt64(length), at: head, bytes: 4)
    append(0, bytes: (8 - length & 7) & 7)
    parts += 1
  }

  private mutating func append(_ value: UInt64, bytes count: Int) {
    for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(place)))) }
  }

  private mutating func set(_ value: UInt64, at offset: Int, bytes count: Int) {
    for place in 0..<count { bytes[offset + place] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(place))) }
  }
}
