import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The names of the plugins whose code runs right now, in a mapped file that outlives the process.
///
/// A slot is filled before a plugin's function is entered and emptied when it returns. The file survives any
/// death of the process (the kernel keeps the pages), not a power loss. When a fatal signal arrives in a
/// thread that is inside a plugin, the handler of `CrashSignals` writes the signal's number into that
/// thread's slot. Threads of a plugin's own, such as Swift tasks, fill no slot: for them each library has a
/// lasting entry with its place in memory, in which the handler looks for the code that ran.
@safe final class CrashJournal: Sendable {
  /// What was being done; the raw value lies in the file.
  enum Phase: UInt32, Sendable {
    case load = 1
    case call, other

    var words: String {
      switch self {
      case .load: "loading"
      case .call: "running"
      case .other: "calling back"
      }
    }
  }

  /// One unfinished entry of a process that is gone.
  struct Entry: Equatable {
    var plugin: String
    var phase: Phase
    /// What was called, such as "command notes.add" or "activate".
    var name: String
    /// The signal that ended the process inside this plugin; nil when the process ended some other way.
    var signal: Int32?
  }

  private static let magic: UInt64 = 0x3130_4c4e_4a48_5345  // "ESHJNL01"
  static let slots = 64
  static let slotSize = 256
  static let size = slotSize * (slots + 1)

  // Set once in init, never unmapped; slots are owned through `free`.
  nonisolated(unsafe) private let map: UnsafeMutableRawPointer
  private let free = Atomic<UInt64>(.max)
  private let sequence = Atomic<UInt64>(1)

  /// Maps the file, making it if needed; its old content is gone. nil when the folder cannot be written: then
  /// there is no journal, and nothing else changes.
  init?(path: String) {
    let file = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { return nil }
    defer { close(file) }
    guard ftruncate(file, Self.size) == 0,
      let map = unsafe mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
      unsafe map != MAP_FAILED
    else { return nil }
    unsafe map.storeBytes(of: Self.magic, as: UInt64.self)
    unsafe self.map = unsafe map
    unsafe CrashSignals.watch(map)
  }

  /// Runs plugin code with its name on disk.
  func during<Result>(
    _ phase: Phase, _ plugin: String, _ name: @autoclosure () -> String, _ body: () -> Result
  ) -> Result {
    guard let index = takeSlot() else { return body() }
    let slot = unsafe map + Self.slotSize * (index + 1)
    unsafe Slot.fill(
      slot, phase: phase, sequence: sequence.wrappingAdd(1, ordering: .relaxed).oldValue, plugin: plugin,
      name: name())
    defer {
      unsafe Slot.empty(slot)
      free.bitwiseOr(1 << UInt64(index), ordering: .releasing)
    }
    return body()
  }

  /// Enters where a plugin's library lies, for as long as the process lives.
  func note(_ image: LibraryImage, of plugin: String) {
    guard let index = takeSlot() else { return }
    unsafe Slot.fill(map + Self.slotSize * (index + 1), image: image, plugin: plugin)
  }

  private func takeSlot() -> Int? {
    var mask = free.load(ordering: .relaxed)
    while mask != 0 {
      let index = mask.trailingZeroBitCount
      let (exchanged, original) = free.weakCompareExchange(
        expected: mask, desired: mask & ~(1 << UInt64(index)), ordering: .acquiring)
      if exchanged { return index }
      mask = original
    }
    return nil
  }

  /// What the last process left behind. Empty when there is no file, or not one of ours.
  static func unfinished(path: String) -> [Entry] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    return unsafe withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { buffer in
      guard let base = buffer.baseAddress, unsafe read(file, base, size) == size,
        unsafe base.load(as: UInt64.self) == magic
      else { return [] }
      return (1...slots).compactMap { unsafe Slot.entry(base + slotSize * $0) }
    }
  }
}

/// The layout of one slot: state, signal, thread, sequence, phase, then two NUL-terminated texts. A library's
/// slot has its first address in the place of the thread and its end in that of the sequence.
enum Slot {
  private static let running: UInt32 = 1
  private static let library: UInt32 = 2

  private static let stateAt = 0
  private static let signalAt = 4
  private static let threadAt = 8
  private static let sequenceAt = 16
  private static let phaseAt = 24
  private static let pluginAt = 32
  private static let nameAt = 100

  static func fill(
    _ slot: UnsafeMutableRawPointer, phase: CrashJournal.Phase, sequence: UInt64, plugin: String, name: String
  ) {
    unsafe slot.storeBytes(of: 0, toByteOffset: signalAt, as: Int32.self)
    unsafe slot.storeBytes(of: UInt(pthread_self()), toByteOffset: threadAt, as: UInt.self)
    unsafe slot.storeBytes(of: sequence, toByteOffset: sequenceAt, as: UInt64.self)
    unsafe slot.storeBytes(of: phase.rawValue, toByteOffset: phaseAt, as: UInt32.self)
    unsafe write(plugin, to: slot + pluginAt, capacity: nameAt - pluginAt)
    unsafe write(name, to: slot + nameAt, capacity: CrashJournal.slotSize - nameAt)
    unsafe slot.storeBytes(of: running, toByteOffset: stateAt, as: UInt32.self)
  }

  static func fill(_ slot: UnsafeMutableRawPointer, image: LibraryImage, plugin: String) {
    unsafe slot.storeBytes(of: 0, toByteOffset: signalAt, as: Int32.self)
    unsafe slot.storeBytes(of: image.start, toByteOffset: threadAt, as: UInt.self)
    unsafe slot.storeBytes(of: image.end, toByteOffset: sequenceAt, as: UInt.self)
    unsafe slot.storeBytes(of: CrashJournal.Phase.other.rawValue, toByteOffset: phaseAt, as: UInt32.self)
    unsafe write(plugin, to: slot + pluginAt, capacity: nameAt - pluginAt)
    unsafe write("a thread of its own", to: slot + nameAt, capacity: CrashJournal.slotSize - nameAt)
    unsafe slot.storeBytes(of: library, toByteOffset: stateAt, as: UInt32.self)
  }

  static func empty(_ slot: UnsafeMutableRawPointer) {
    unsafe slot.storeBytes(of: 0, toByteOffset: stateAt, as: UInt32.self)
  }

  /// Async-signal-safe: loads and stores only.
  static func sequence(_ slot: UnsafeMutableRawPointer, ofThread thread: UInt) -> UInt64? {
    guard unsafe slot.load(fromByteOffset: stateAt, as: UInt32.self) == running,
      unsafe slot.load(fromByteOffset: threadAt, as: UInt.self) == thread
    else { return nil }
    return unsafe slot.load(fromByteOffset: sequenceAt, as: UInt64.self)
  }

  /// Whether it is a library's slot and the address lies in that library. Async-signal-safe.
  static func isLibrary(_ slot: UnsafeMutableRawPointer, holding address: UInt) -> Bool {
    unsafe slot.load(fromByteOffset: stateAt, as: UInt32.self) == library
      && address >= slot.load(fromByteOffset: threadAt, as: UInt.self)
      && address < slot.load(fromByteOffset: sequenceAt, as: UInt.self)
  }

  /// Async-signal-safe.
  static func mark(_ slot: UnsafeMutableRawPointer, signal: Int32) {
    unsafe slot.storeBytes(of: signal, toByteOffset: signalAt, as: Int32.self)
  }

  static func entry(_ slot: UnsafeMutableRawPointer) -> CrashJournal.Entry? {
    let state = unsafe slot.load(fromByteOffset: stateAt, as: UInt32.self)
    let signal = unsafe slot.load(fromByteOffset: signalAt, as: Int32.self)
    // A library that only lies there says nothing.
    guard state == running || (state == library && signal != 0),
      let phase = unsafe CrashJournal.Phase(rawValue: slot.load(fromByteOffset: phaseAt, as: UInt32.self))
    else { return nil }
    return unsafe CrashJournal.Entry(
      plugin: read(slot + pluginAt, capacity: nameAt - pluginAt), phase: phase,
      name: read(slot + nameAt, capacity: CrashJournal.slotSize - nameAt), signal: signal == 0 ? nil : signal)
  }

  private static func write(_ text: String, to target: UnsafeMutableRawPointer, capacity: Int) {
    var text = text
    text.withUTF8 { bytes in
      let count = min(bytes.count, capacity - 1)
      if let source = bytes.baseAddress { unsafe target.copyMemory(from: source, byteCount: count) }
      unsafe target.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
    }
  }

  private static func read(_ source: UnsafeMutableRawPointer, capacity: Int) -> String {
    let bytes = unsafe UnsafeRawBufferPointer(start: source, count: capacity)
    return unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
