/// Numbers found by hashes; what they are numbers of lies elsewhere, and so do the hashes.
///
/// A byte of each hash lies apart from the numbers: a million of these bytes stay in the processor's cache, and they
/// tell nearly always that a key is not there yet, which of the ids of a file is the rule.
struct SlotTable {
  /// A byte of the hash and a bit that says that the slot is taken; a power of two of them, at most half taken.
  private var tags: [UInt8]
  private var numbers: [UInt32]
  private var taken = 0

  /// `expected`: about how many numbers will come.
  init(expecting expected: Int = 0) {
    var count = 64
    while count < expected * 2 { count *= 2 }
    tags = [UInt8](repeating: 0, count: count)
    numbers = [UInt32](repeating: 0, count: count)
  }

  /// The slot of the number with that hash for which `isIt` holds, or the free one where it belongs.
  @inline(__always)
  func slot(_ hash: UInt64, isIt: (Int) -> Bool) -> Int {
    let (mask, tag) = (tags.count - 1, SlotTable.tag(hash))
    var slot = Int(truncatingIfNeeded: hash) & mask
    while tags[slot] != 0 {
      if tags[slot] == tag, isIt(Int(numbers[slot])) { return slot }
      slot = (slot + 1) & mask
    }
    return slot
  }

  /// The number in a slot; nil when it is free.
  func number(at slot: Int) -> Int? { tags[slot] == 0 ? nil : Int(numbers[slot]) }

  /// Takes a free slot for the next number.
  mutating func take(_ slot: Int, _ hash: UInt64) {
    tags[slot] = SlotTable.tag(hash)
    numbers[slot] = UInt32(taken)
    taken += 1
  }

  var isFull: Bool { taken * 2 > tags.count }

  /// The same numbers with more room. `hash` gives a number's hash anew.
  func larger(hash: (Int) -> UInt64) -> SlotTable {
    var larger = SlotTable(expecting: tags.count)
    for number in 0..<taken {
      let hash = hash(number)
      larger.take(larger.slot(hash) { _ in false }, hash)
    }
    return larger
  }

  private static func tag(_ hash: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: hash >> 56) | 0x80 }

  static func mixed(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }
}
