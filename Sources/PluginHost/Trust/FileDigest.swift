import CDigest

/// SHA-256 of what is added piece by piece.
package struct FileDigest {
  private var state = digest_state()

  package init() { unsafe digest_begin(&state) }

  package mutating func add(_ bytes: some Collection<UInt8>) {
    let added: Void? = bytes.withContiguousStorageIfAvailable { buffer in
      if let start = buffer.baseAddress { unsafe digest_add(&state, start, buffer.count) }
    }
    if added == nil { add(Array(bytes)) }
  }

  /// The 64 digits. Ends the digest.
  package mutating func end() -> String {
    var result = [UInt8](repeating: 0, count: 32)
    unsafe digest_end(&state, &result)
    let digits = Array("0123456789abcdef")
    return String(result.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  package static func of(_ bytes: [UInt8]) -> String {
    var digest = FileDigest()
    digest.add(bytes)
    return digest.end()
  }
}
