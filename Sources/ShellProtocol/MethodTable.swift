/// Finds what belongs to a method by the bytes of its name, so that no text is made for a name that is known.
package struct MethodTable<Value> {
  private let names: [[UInt8]]
  private let values: [Value]
  /// Indexes into `names` by hash, open addressing; −1 is free.
  private let buckets: [Int32]
  private let mask: Int

  /// Registering one name twice is a defect of the caller.
  package init(_ entries: some Collection<(name: String, value: Value)>) {
    names = entries.map { Array($0.name.utf8) }
    values = entries.map(\.value)
    var size = 16
    while size < entries.count * 4 { size *= 2 }
    var buckets = [Int32](repeating: -1, count: size)
    for (index, name) in names.enumerated() {
      var at = unsafe name.withUnsafeBytes { unsafe Self.hash($0) } & (size - 1)
      while buckets[at] >= 0 {
        precondition(
          names[Int(buckets[at])] != name, "method '\(String(decoding: name, as: UTF8.self))' is registered twice")
        at = (at + 1) & (size - 1)
      }
      buckets[at] = Int32(index)
    }
    self.buckets = buckets
    mask = size - 1
  }

  /// What belongs to the envelope's method; nil when nobody registered it. `body` is what was scanned.
  package func value(of envelope: Envelope, in body: RawSpan) -> Value? {
    if let name = envelope.unescapedMethod { return self[name] }
    return unsafe body.extracting(envelope.methodBytes).withUnsafeBytes { unsafe find($0).map { values[$0] } }
  }

  package subscript(name: String) -> Value? {
    var copy = name
    return copy.withUTF8 { unsafe find(UnsafeRawBufferPointer($0)).map { values[$0] } }
  }

  private func find(_ name: UnsafeRawBufferPointer) -> Int? {
    var at = unsafe Self.hash(name) & mask
    while buckets[at] >= 0 {
      let index = Int(buckets[at])
      if names[index].count == name.count, unsafe names[index].elementsEqual(name) { return index }
      at = (at &+ 1) & mask
    }
    return nil
  }

  private static func hash(_ name: UnsafeRawBufferPointer) -> Int {
    unsafe name.baseAddress.map { unsafe Int(ByteHash.of($0, count: name.count)) } ?? 0
  }
}
