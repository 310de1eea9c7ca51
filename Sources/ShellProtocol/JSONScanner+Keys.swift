extension JSONScanner {
  /// A slot for the key whose text, without quotes, was just passed.
  @inline(__always)
  func enter(_ text: Range<Int>, _ keys: inout KeyStack) -> KeyStack.Slot {
    if escaped {
      let offset = keys.unescaped.count
      appendUnescaped(text, to: &keys.unescaped)
      let length = keys.unescaped.count - offset
      let hash = unsafe keys.unescaped.withUnsafeBytes { bytes in
        // An empty key has no escapes, so there is at least one byte and the buffer has an address.
        unsafe bytes.baseAddress.map { unsafe ByteHash.of($0 + offset, count: length) } ?? 0
      }
      return KeyStack.Slot(hash: hash, length: UInt32(truncatingIfNeeded: length), offset: ~offset)
    }
    return KeyStack.Slot(
      hash: unsafe ByteHash.of(base + text.lowerBound, count: text.count),
      length: UInt32(truncatingIfNeeded: text.count), offset: text.lowerBound)
  }

  @inline(__always)
  func isDuplicate(
    _ slot: KeyStack.Slot, _ keys: KeyStack, first: Int, _ table: inout KeyTable
  ) -> Bool {
    let count = keys.slots.count
    if count &- first < KeyStack.linear {
      for index in first..<count where keys.slots[index].hash == slot.hash {
        if same(keys.slots[index], slot, keys) { return true }
      }
      return false
    }
    return isDuplicateInTable(slot, keys, first: first, &table)
  }

  /// Out of line: few objects have so many keys.
  @inline(never)
  private func isDuplicateInTable(
    _ slot: KeyStack.Slot, _ keys: KeyStack, first: Int, _ table: inout KeyTable
  ) -> Bool {
    if table.isEmpty {
      for index in first..<keys.slots.count {
        _ = table.insert(index, hash: keys.slots[index].hash, in: keys.slots) { _ in false }
      }
    }
    return table.insert(keys.slots.count, hash: slot.hash, in: keys.slots) { other in
      same(keys.slots[other], slot, keys)
    } != nil
  }

  private func same(_ left: KeyStack.Slot, _ right: KeyStack.Slot, _ keys: KeyStack) -> Bool {
    guard left.length == right.length else { return false }
    return (0..<Int(left.length)).allSatisfy { keyByte(left, $0, keys) == keyByte(right, $0, keys) }
  }

  @inline(__always)
  private func keyByte(_ slot: KeyStack.Slot, _ index: Int, _ keys: KeyStack) -> UInt8 {
    slot.offset >= 0 ? byte(slot.offset &+ index) : keys.unescaped[~slot.offset &+ index]
  }

  /// Whether the key reads `name` once its escapes are undone.
  @inline(__always)
  func key(_ slot: KeyStack.Slot, is name: StaticString, _ keys: KeyStack) -> Bool {
    guard Int(slot.length) == name.utf8CodeUnitCount else { return false }
    for index in 0..<Int(slot.length) where unsafe keyByte(slot, index, keys) != name.utf8Start[index] {
      return false
    }
    return true
  }
}
