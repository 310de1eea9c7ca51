/// What a shared library says of itself without being opened: the parts of its ELF file that the loader reads.
///
/// Source: the System V ABI, "Object Files" (64-bit, little-endian: the machines that ESh runs on).
struct ElfLibrary {
  struct Symbol {
    let name: String
    let isDefined: Bool
    let isGlobal: Bool
  }

  let machine: UInt16
  /// Of the dynamic symbol table: what the loader can bind.
  let symbols: [Symbol]
  /// Libraries that it needs, as the loader looks for them.
  let needed: [String]
  /// Folders in which the loader looks for those.
  let runPaths: [String]

  /// nil when the bytes are no shared library of this form.
  init?(_ bytes: [UInt8]) {
    let file = Reader(bytes: bytes)
    // 0x7f "ELF", 64 bits, little-endian; type 3 is a shared object.
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]), file.number(16, 2) == 3,
      let machine = file.number(18, 2)
    else { return nil }
    self.machine = UInt16(machine)
    let sections = Self.sections(file)
    guard let dynamicSymbols = sections.first(where: { $0.type == 11 }) else { return nil }
    symbols = Self.symbols(dynamicSymbols, names: sections, file)

    var needed: [String] = []
    var runPaths: [String] = []
    if let dynamic = sections.first(where: { $0.type == 6 }), sections.indices.contains(dynamic.link) {
      let names = sections[dynamic.link].offset
      for entry in stride(from: dynamic.offset, to: dynamic.offset + dynamic.size, by: 16) {
        guard let tag = file.number(entry, 8), let value = file.number(entry + 8, 8), tag != 0 else { break }
        switch tag {
        case 1: needed.append(file.text(names + value))
        case 15, 29: runPaths += file.text(names + value).split(separator: ":").map(String.init)
        default: break
        }
      }
    }
    self.needed = needed
    self.runPaths = runPaths
  }

  /// Names that others may bind to.
  var exports: [String] { symbols.filter { $0.isDefined && $0.isGlobal }.map(\.name) }

  /// Names that it takes from others.
  var imports: [String] { symbols.filter { !$0.isDefined }.map(\.name) }

  /// The machine that this program was built for, as ELF numbers it.
  static let ownMachine: UInt16 = {
    #if arch(x86_64)
      62
    #elseif arch(arm64)
      183
    #else
      0
    #endif
  }()

  private struct Section {
    let type: Int
    let offset: Int
    let size: Int
    let link: Int
  }

  private static func sections(_ file: Reader) -> [Section] {
    guard let table = file.number(40, 8), let size = file.number(58, 2), let count = file.number(60, 2) else {
      return []
    }
    return (0..<count).compactMap { index in
      let start = table &+ index &* size
      guard let type = file.number(start + 4, 4), let offset = file.number(start + 24, 8),
        let length = file.number(start + 32, 8), let link = file.number(start + 40, 4),
        offset <= file.bytes.count, length <= file.bytes.count
      else { return nil }
      return Section(type: type, offset: offset, size: length, link: link)
    }
  }

  private static func symbols(_ table: Section, names sections: [Section], _ file: Reader) -> [Symbol] {
    guard sections.indices.contains(table.link) else { return [] }
    let names = sections[table.link].offset
    // The first one is empty.
    return stride(from: table.offset + 24, to: table.offset + table.size, by: 24).compactMap { entry in
      guard let name = file.number(entry, 4), let info = file.number(entry + 4, 1),
        let section = file.number(entry + 6, 2)
      else { return nil }
      let binding = info >> 4
      return Symbol(
        name: file.text(names + name), isDefined: section != 0, isGlobal: binding == 1 || binding == 2)
    }
  }

  private struct Reader {
    let bytes: [UInt8]

    /// A little-endian number of `count` bytes; nil past the end, or when it is larger than an Int.
    func number(_ offset: Int, _ count: Int) -> Int? {
      guard offset >= 0, offset <= bytes.count - count else { return nil }
      var value: UInt64 = 0
      for index in 0..<count { value |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
      return Int(exactly: value)
    }

    func text(_ offset: Int) -> String {
      guard offset >= 0, offset < bytes.count else { return "" }
      return String(decoding: bytes[offset...].prefix(4096).prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
