import Jansson

/// The params of a request, as bytes of their own until a handler wants the values.
package struct Params: Sendable {
  private enum Content: Sendable {
    case bytes([UInt8])
    case value(JSONValue)
  }

  private let content: Content

  /// Copies the params out of the body, for a request that outlives the read.
  package init(_ envelope: Envelope, in body: RawSpan) {
    guard let range = envelope.params else {
      content = .bytes([])
      return
    }
    content = unsafe .bytes(body.extracting(range).withUnsafeBytes { unsafe Array($0) })
  }

  /// Params that never were text: from inside the process. Null and `[]` are the empty object here too.
  package init(_ value: JSONValue) { content = .value(value) }

  package static let empty = Params(.emptyObject)

  /// Whether there is nothing in them.
  package var isEmpty: Bool {
    switch content {
    case .bytes(let bytes): bytes.isEmpty
    case .value(let value): value.isNull || (value.count == 0 && (value.isObject || value.kind == .array))
    }
  }

  /// The params as JSON text, `{}` when there are none.
  package var text: [UInt8] {
    switch content {
    case .bytes(let bytes): bytes.isEmpty ? [UInt8(ascii: "{"), UInt8(ascii: "}")] : bytes
    case .value(let value): isEmpty ? [UInt8(ascii: "{"), UInt8(ascii: "}")] : value.bytes()
    }
  }

  /// The params as an object. −32602 for an array, and for what jansson has no room for (a number of 65 bits).
  package func value() throws(WireError) -> JSONValue {
    switch content {
    case .bytes(let bytes): unsafe try Self.object(bytes.span.bytes)
    case .value(let value): isEmpty ? .emptyObject : try Self.named(value)
    }
  }

  /// The same straight from the body, for a request that is answered before the read ends.
  package static func value(of envelope: Envelope, in body: RawSpan) throws(WireError) -> JSONValue {
    guard let range = envelope.params else { return .emptyObject }
    return try object(body.extracting(range))
  }

  private static func object(_ text: RawSpan) throws(WireError) -> JSONValue {
    if text.byteCount == 0 { return .emptyObject }
    let parsed = unsafe text.withUnsafeBytes { bytes in
      Result<JSONValue, JSONTextError> { () throws(JSONTextError) in
        unsafe try JSONValue(parsing: bytes.assumingMemoryBound(to: UInt8.self))
      }
    }
    switch parsed {
    case .success(let value): return try named(value)
    case .failure(let error):
      // The text was checked before, so this is a value that JSON allows and we cannot hold.
      throw WireError(
        .invalidParams, kind: "params.unreadable",
        LocalizedText(ru: "Параметры не читаются: \(error.reason)", en: "Unreadable params: \(error.reason)"))
    }
  }

  private static func named(_ value: JSONValue) throws(WireError) -> JSONValue {
    if value.isObject { return value }
    throw WireError(
      .invalidParams, kind: "params.positional",
      LocalizedText(
        ru: "Параметры передаются по именам: {\"имя\": значение}, а не списком",
        en: "Params go by name: {\"name\": value}, not as a list"))
  }
}
