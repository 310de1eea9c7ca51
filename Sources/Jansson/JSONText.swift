import CJansson

/// Why a text is not JSON that we accept.
public struct JSONTextError: Error, Equatable, Sendable {
  public enum Cause: String, Sendable { case syntax, utf8, duplicateKey, nesting, nullByte, empty }
  public let cause: Cause
  /// Bytes from the start of the text.
  public let offset: Int
  /// jansson's own words, for a log or an error's message.
  public let reason: String

  public init(cause: Cause, offset: Int, reason: String) {
    self.cause = cause
    self.offset = offset
    self.reason = reason
  }
}

extension JSONValue {
  /// Reads one JSON text. Refuses duplicate keys, and any value may stand at the top.
  public init(parsing bytes: some ContiguousBytesOfJSON) throws(JSONTextError) {
    let outcome: Swift.Result<JSONValue, JSONTextError> = unsafe bytes.withJSONBytes { buffer in
      var error = json_error_t()
      let flags = Int(JSON_REJECT_DUPLICATES) | Int(JSON_DECODE_ANY) | Int(JSON_ALLOW_NUL)
      let start = unsafe buffer.baseAddress.map { unsafe UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) }
      guard let start = unsafe start, !buffer.isEmpty else {
        return .failure(JSONTextError(cause: .empty, offset: 0, reason: "empty text"))
      }
      if let value = unsafe json_loadb(start, buffer.count, flags, &error) {
        return unsafe .success(JSONValue(adopting: value))
      }
      return .failure(JSONTextError(error))
    }
    self = try outcome.get()
  }

  public init(parsing text: String) throws(JSONTextError) { try self.init(parsing: Array(text.utf8)) }

  /// The value as compact JSON text, members in their order.
  public func text(sorted: Bool = false, indent: Int = 0) -> String {
    String(decoding: bytes(sorted: sorted, indent: indent), as: UTF8.self)
  }

  public func bytes(sorted: Bool = false, indent: Int = 0) -> [UInt8] {
    var output: [UInt8] = []
    write(into: &output, sorted: sorted, indent: indent)
    return output
  }

  /// Appends the value's text. Nothing is appended for a value that has none (nested too deep).
  public func write(into output: inout [UInt8], sorted: Bool = false, indent: Int = 0) {
    let start = output.count
    guard sorted || indent > 0 else {
      let isWhole = unsafe withPointer { pointer in
        unsafe JSONWriter.write(pointer) { unsafe output.append(contentsOf: $0) }
      }
      if !isWhole { output.removeLast(output.count - start) }
      return
    }
    let flags = Int(JSON_ENCODE_ANY) | (indent == 0 ? Int(JSON_COMPACT) : indent) | (sorted ? Int(JSON_SORT_KEYS) : 0)
    unsafe withPointer { pointer in
      unsafe withUnsafeMutablePointer(to: &output) { target in
        _ = unsafe json_dump_callback(
          pointer,
          { chunk, size, user in
            guard let chunk = unsafe chunk, let user = unsafe user else { return 0 }
            let target = unsafe user.assumingMemoryBound(to: [UInt8].self)
            unsafe target.pointee.append(contentsOf: UnsafeRawBufferPointer(start: chunk, count: size))
            return 0
          }, target, flags)
      }
    }
  }

  /// Levels of arrays and objects; stops counting past `limit`. jansson 2.14 writes, compares and copies
  /// without any bound, so what comes from a plugin is measured before it is touched.
  public func nesting(limit: Int) -> Int {
    guard limit >= 0 else { return 1 }
    switch kind {
    case .object: return 1 + (members ?? []).reduce(0) { max($0, $1.value.nesting(limit: limit - 1)) }
    case .array: return 1 + (array ?? []).reduce(0) { max($0, $1.nesting(limit: limit - 1)) }
    default: return 0
    }
  }
}

/// Bytes that lie in one piece: `[UInt8]` and its slices.
public protocol ContiguousBytesOfJSON {
  func withJSONBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result
}

extension [UInt8]: ContiguousBytesOfJSON {
  public func withJSONBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    unsafe withUnsafeBufferPointer { unsafe body($0) }
  }
}

extension ArraySlice<UInt8>: ContiguousBytesOfJSON {
  public func withJSONBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    unsafe withUnsafeBufferPointer { unsafe body($0) }
  }
}

extension UnsafeBufferPointer<UInt8>: @unsafe ContiguousBytesOfJSON {
  public func withJSONBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    unsafe body(self)
  }
}

extension JSONTextError {
  init(_ error: json_error_t) {
    var copy = error
    let code = unsafe withUnsafeBytes(of: &copy.text) { unsafe $0[$0.count - 1] }
    let reason = unsafe withUnsafeBytes(of: &copy.text) { buffer in
      unsafe String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
    }
    let cause: Cause =
      switch UInt32(code) {
      case json_error_invalid_utf8.rawValue: .utf8
      case json_error_duplicate_key.rawValue: .duplicateKey
      case json_error_stack_overflow.rawValue: .nesting
      case json_error_null_character.rawValue, json_error_null_byte_in_key.rawValue: .nullByte
      default: .syntax
      }
    self.init(cause: cause, offset: max(0, Int(error.position)), reason: reason)
  }
}
