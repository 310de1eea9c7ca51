/// A seeded hash of bytes, for keys that a stranger chooses: nobody outside can aim for one bucket.
enum ByteHash {
  private static let seed = UInt64.random(in: 1...UInt64.max)

  @inline(__always)
  static func of(_ start: UnsafeRawPointer, count: Int) -> UInt32 {
    var hash = seed ^ (UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15)
    var at = 0
    while count &- at > 8 {
      hash = fold(unsafe hash ^ start.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      at &+= 8
    }
    // The last eight bytes, overlapping what was taken before; shorter texts are put together from two halves.
    let tail: UInt64
    if count >= 8 {
      tail = unsafe start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    } else if count >= 4 {
      let head = unsafe start.loadUnaligned(as: UInt32.self)
      let rest = unsafe start.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
      tail = UInt64(head) << 32 | UInt64(rest)
    } else if count > 0 {
      let (first, middle, last) = unsafe (
        start.load(as: UInt8.self), start.load(fromByteOffset: count >> 1, as: UInt8.self),
        start.load(fromByteOffset: count &- 1, as: UInt8.self)
      )
      tail = UInt64(first) << 16 | UInt64(middle) << 8 | UInt64(last)
    } else {
      tail = 0
    }
    return UInt32(truncatingIfNeeded: fold(hash ^ tail))
  }

  @inline(__always)
  private static func fold(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }
}
