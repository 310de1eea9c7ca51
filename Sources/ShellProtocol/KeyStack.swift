/// The keys of the objects that a scan is inside of, innermost last. Kept between messages, so that a scan allocates nothing.
struct KeyStack {
  /// One key: where its text is, and a hash that settles nearly every comparison.
  struct Slot {
    let hash: UInt32
    let length: UInt32
    /// Bytes from the start of the body, or, when negative, the complement of an offset into `unescaped`.
    let offset: Int
  }

  var slots: [Slot] = []
  /// Texts of the keys that were written with escapes.
  var unescaped: [UInt8] = []

  /// Up to this many keys of one object are compared one by one; a table costs more to fill.
  static let linear = 12

  init() { slots.reserveCapacity(64) }

  /// Empties the stack and gives back what an unusually large message needed.
  mutating func reset() {
    slots.removeAll(keepingCapacity: slots.capacity <= 4096)
    if !unescaped.isEmpty { unescaped.removeAll(keepingCapacity: unescaped.capacity <= 65536) }
  }
}

/// Finds equal keys of one large object in constant time a key: open addressing over indexes into the stack.
struct KeyTable {
  private var buckets: [Int32] = []
  private var mask = 0
  private var used = 0

  var isEmpty: Bool { buckets.isEmpty }

  /// Enters the key at `index`; the answer is the index of an equal key that was there, or nil.
  mutating func insert(
    _ index: Int, hash: UInt32, in slots: [KeyStack.Slot], equals: (Int) -> Bool
  ) -> Int? {
    if used &* 2 >= buckets.count { grow(slots) }
    var at = Int(truncatingIfNeeded: hash) & mask
    while buckets[at] >= 0 {
      let other = Int(buckets[at])
      if slots[other].hash == hash, equals(other) { return other }
      at = (at &+ 1) & mask
    }
    buckets[at] = Int32(truncatingIfNeeded: index)
    used &+= 1
    return nil
  }

  private mutating func grow(_ slots: [KeyStack.Slot]) {
    let old = buckets
    buckets = [Int32](repeating: -1, count: max(64, old.count * 4))
    mask = buckets.count - 1
    for index in old where index >= 0 {
      var at = Int(truncatingIfNeeded: slots[Int(index)].hash) & mask
      while buckets[at] >= 0 { at = (at &+ 1) & mask }
      buckets[at] = index
    }
  }
}
