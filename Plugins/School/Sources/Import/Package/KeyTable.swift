/// Short runs of bytes, each once, numbered in the order in which they came. A million ids of a file are found again
/// without a String for any of them, and told apart by their bytes, not by a hash alone.
struct KeyTable {
  /// All keys, one behind the other.
  private(set) var bytes: [UInt8] = []
  private var ends: [UInt32] = []
  private var slots: SlotTable
  /// Drawn anew for each table, so that no file can be made to collide.
  private let seed = UInt64.random(in: .min ... .max)

  /// `expected`: about how many keys will come.
  init(expecting expected: Int = 0) {
    slots = SlotTable(expecting: expected)
    ends.reserveCapacity(expected)
    bytes.reserveCapacity(expected * 8)
  }

  var count: Int { ends.count }

  /// Where a key stands in `bytes`.
  func range(_ number: Int) -> Range<UInt32> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

  func find(_ key: Span<UInt8>) -> Int? { slots.number(at: slots.slot(hash(key)) { isEqual($0, key) }) }

  /// Whether that number is the key's; cheaper than to find it.
  func isKey(_ number: Int, _ key: Span<UInt8>) -> Bool { number < count && isEqual(number, key) }

  /// The key's number, and whether it is new; nil when there is no room for it: 4 GiB, or two thousand million keys.
  mutating func insert(_ key: Span<UInt8>) -> (number: Int, isNew: Bool)? {
    let hash = hash(key)
    let slot = slots.slot(hash) { isEqual($0, key) }
    if let known = slots.number(at: slot) { return (known, false) }
    guard bytes.count + key.count <= UInt32.max, count < Int32.max else { return nil }
    for place in key.indices { bytes.append(key[place]) }
    ends.append(UInt32(bytes.count))
    slots.take(slot, hash)
    if slots.isFull {
      slots = slots.larger { number in
        let range = range(number)
        return self.hash(bytes.span.extracting(Int(range.lowerBound)..<Int(range.upperBound)))
      }
    }
    return (count - 1, true)
  }

  private func isEqual(_ number: Int, _ key: Span<UInt8>) -> Bool {
    let start = number == 0 ? 0 : Int(ends[number - 1])
    guard Int(ends[number]) - start == key.count else { return false }
    for place in key.indices where bytes[start + place] != key[place] { return false }
    return true
  }

  /// Eight bytes at a time, each multiplied through.
  private func hash(_ key: Span<UInt8>) -> UInt64 {
    var (hash, word) = (seed ^ UInt64(key.count), UInt64(0))
    for place in key.indices {
      word = word << 8 | UInt64(key[place])
      if place & 7 == 7 {
        hash = SlotTable.mixed(hash ^ word)
        word = 0
      }
    }
    return SlotTable.mixed(hash ^ word)
  }
}
