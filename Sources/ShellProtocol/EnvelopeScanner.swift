import Jansson

/// Checks a whole message in one pass and finds its envelopes, without building a tree.
///
/// Keep one a thread: it reuses its memory from message to message.
package struct EnvelopeScanner {
  private let limits: Limits
  private var keys = KeyStack()

  /// Bytes that a method's name may have.
  package static let longestMethod = 128

  package init(limits: Limits) { self.limits = limits }

  /// Reads one message. The ranges of the answer are places in `body`.
  package mutating func scan(_ body: RawSpan) -> Incoming {
    unsafe body.withUnsafeBytes { bytes in
      guard var scanner = unsafe JSONScanner(bytes, nesting: min(max(1, limits.nesting), 1024)), scanner.end > 0
      else {
        return .fault(EnvelopeFault(.invalidRequest("empty", ru: "Пустое сообщение", en: "Empty message")))
      }
      defer { keys.reset() }
      do throws(ScanFault) {
        return try scan(&scanner)
      } catch {
        return .fault(EnvelopeFault(error.wireError))
      }
    }
  }

  private mutating func scan(_ scanner: inout JSONScanner) throws(ScanFault) -> Incoming {
    switch scanner.peek() {
    case UInt8(ascii: "{"):
      var fields = EnvelopeFields()
      try scanner.skipObject(&keys, depth: 0, &fields)
      try scanner.expectEnd()
      switch fields.envelope(scanner) {
      case .success(let envelope): return .single(envelope)
      case .failure(let fault): return .fault(fault)
      }
    case UInt8(ascii: "["): return try scanBatch(&scanner)
    default:
      try scanner.skipValue(&keys, depth: 0)
      try scanner.expectEnd()
      return .fault(.notAnObject)
    }
  }

  private mutating func scanBatch(_ scanner: inout JSONScanner) throws(ScanFault) -> Incoming {
    var elements: [Result<Envelope, EnvelopeFault>] = []
    var count = 0
    scanner.advance()
    if scanner.peek() == UInt8(ascii: "]") {
      scanner.advance()
    } else {
      while true {
        let element = try scanElement(&scanner)
        // A batch over the limit is still checked to its end, but not remembered.
        count += 1
        if count <= limits.batch { elements.append(element) }
        let next = scanner.peek()
        guard next == UInt8(ascii: ",") || next == UInt8(ascii: "]") else { throw scanner.unexpected() }
        scanner.advance()
        if next == UInt8(ascii: "]") { break }
      }
    }
    try scanner.expectEnd()
    if count == 0 {
      return .fault(EnvelopeFault(.invalidRequest("emptyBatch", ru: "Пустой пакет запросов", en: "Empty batch")))
    }
    guard count <= limits.batch else { return .fault(.batchTooLarge(count, limits.batch)) }
    return .batch(elements)
  }

  private mutating func scanElement(
    _ scanner: inout JSONScanner
  ) throws(ScanFault) -> Result<Envelope, EnvelopeFault> {
    guard scanner.peek() == UInt8(ascii: "{") else {
      try scanner.skipValue(&keys, depth: 1)
      return .failure(.notAnObject)
    }
    var fields = EnvelopeFields()
    try scanner.skipObject(&keys, depth: 1, &fields)
    return fields.envelope(scanner)
  }
}

/// The members of JSON-RPC 2.0; others are passed over, as the specification asks for nothing else.
private struct EnvelopeFields: MemberVisitor {
  private var version: Range<Int>?
  private var id: Range<Int>?
  private var method: Range<Int>?
  private var methodIsEscaped = false
  private var params: Range<Int>?

  @inline(__always)
  mutating func visit(_ scanner: JSONScanner, key: KeyStack.Slot, _ keys: KeyStack, value: Range<Int>) {
    switch key.length {
    case 2 where scanner.key(key, is: "id", keys): id = value
    case 6 where scanner.key(key, is: "method", keys):
      method = value
      methodIsEscaped = scanner.escaped
    case 6 where scanner.key(key, is: "params", keys): params = value
    case 7 where scanner.key(key, is: "jsonrpc", keys): version = value
    default: break
    }
  }

  func envelope(_ scanner: JSONScanner) -> Result<Envelope, EnvelopeFault> {
    do throws(EnvelopeFault) {
      let id = try requestID(scanner)
      try checkVersion(scanner, id)
      return .success(
        Envelope(
          id: id, methodBytes: try methodBytes(scanner, id),
          unescapedMethod: methodIsEscaped ? method.map(scanner.string) : nil, params: try paramsBytes(scanner, id)))
    } catch {
      return .failure(error)
    }
  }

  private func requestID(_ scanner: JSONScanner) throws(EnvelopeFault) -> RequestID? {
    guard let id else { return nil }
    switch scanner.byte(id.lowerBound) {
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      if let integer = scanner.integer(id) { return .integer(integer) }
    case UInt8(ascii: "\""):
      // Six bytes at most write one; so much longer a text need not be read to be refused.
      if id.count <= 6 * RequestID.longestString + 2 {
        let text = scanner.string(id)
        if text.utf8.count <= RequestID.longestString { return .string(text) }
      }
    default: break
    }
    throw EnvelopeFault(
      .invalidRequest(
        "invalidId", ru: "id должен быть целым числом или строкой не длиннее \(RequestID.longestString) байт",
        en: "id must be an integer or a string of at most \(RequestID.longestString) bytes"))
  }

  private func checkVersion(_ scanner: JSONScanner, _ id: RequestID?) throws(EnvelopeFault) {
    // Nearly always exactly these five bytes; a string is made only when not.
    if let version, scanner.byte(version.lowerBound) == UInt8(ascii: "\"") {
      if version.count == 5, scanner.byte(version.lowerBound + 1) == UInt8(ascii: "2"),
        scanner.byte(version.lowerBound + 2) == UInt8(ascii: "."),
        scanner.byte(version.lowerBound + 3) == UInt8(ascii: "0")
      {
        return
      }
      if version.count <= 20, scanner.string(version) == "2.0" { return }
    }
    throw EnvelopeFault(
      id: id,
      .invalidRequest("invalidVersion", ru: "Нужно \"jsonrpc\": \"2.0\"", en: "\"jsonrpc\": \"2.0\" is required"))
  }

  private func methodBytes(_ scanner: JSONScanner, _ id: RequestID?) throws(EnvelopeFault) -> Range<Int> {
    guard let method, scanner.byte(method.lowerBound) == UInt8(ascii: "\""),
      method.count <= EnvelopeScanner.longestMethod + 2
    else {
      throw EnvelopeFault(
        id: id,
        .invalidRequest(
          "invalidMethod", ru: "method должен быть строкой не длиннее \(EnvelopeScanner.longestMethod) байт",
          en: "method must be a string of at most \(EnvelopeScanner.longestMethod) bytes"))
    }
    return method.lowerBound + 1..<method.upperBound - 1
  }

  private func paramsBytes(_ scanner: JSONScanner, _ id: RequestID?) throws(EnvelopeFault) -> Range<Int>? {
    guard let params else { return nil }
    switch scanner.byte(params.lowerBound) {
    case UInt8(ascii: "n"): return nil
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      let inner = params.lowerBound + 1..<params.upperBound - 1
      let isBlank = inner.allSatisfy { scanner.byte($0) <= 0x20 }
      return isBlank ? nil : params
    default:
      throw EnvelopeFault(
        id: id,
        .invalidRequest("invalidParams", ru: "params должен быть объектом", en: "params must be an object"))
    }
  }
}

extension EnvelopeFault {
  fileprivate static var notAnObject: EnvelopeFault {
    EnvelopeFault(
      .invalidRequest("invalid", ru: "Запрос должен быть объектом JSON", en: "A request must be a JSON object"))
  }

  fileprivate static func batchTooLarge(_ count: Int, _ limit: Int) -> EnvelopeFault {
    var error = WireError.invalidRequest(
      "batchTooLarge", ru: "В пакете \(count) запросов, можно не больше \(limit)",
      en: "\(count) requests in a batch, at most \(limit) are allowed")
    error.data = ["limit": JSONValue(limit)]
    return EnvelopeFault(error)
  }
}
