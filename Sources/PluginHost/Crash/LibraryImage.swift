/// Where a shared library lies in memory.
struct LibraryImage: Sendable {
  let start: UInt
  /// One past the last address.
  let end: UInt

  /// The library behind a handle of `dlopen`; nil when its header is no ELF header. The loader tells no
  /// length, so this reads the program headers that are mapped at the library's start.
  init?(handle: UnsafeMutableRawPointer) {
    // A handle is the address of a `struct link_map`, and that begins with the library's address.
    guard let base = unsafe UnsafeRawPointer(bitPattern: handle.load(as: UInt.self)),
      unsafe base.loadUnaligned(as: UInt32.self) == 0x464c_457f
    else { return nil }
    let table = Int(unsafe base.loadUnaligned(fromByteOffset: 32, as: UInt64.self))
    let size = Int(unsafe base.loadUnaligned(fromByteOffset: 54, as: UInt16.self))
    let count = Int(unsafe base.loadUnaligned(fromByteOffset: 56, as: UInt16.self))
    var length: UInt64 = 0
    for index in 0..<count {
      let header = unsafe base + table + index * size
      let isLoaded = unsafe header.loadUnaligned(as: UInt32.self) == 1  // PT_LOAD
      let place = unsafe header.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
      let inMemory = unsafe header.loadUnaligned(fromByteOffset: 40, as: UInt64.self)
      if isLoaded { length = max(length, place &+ inMemory) }
    }
    start = UInt(bitPattern: base)
    end = UInt(bitPattern: base) &+ UInt(length)
  }
}
