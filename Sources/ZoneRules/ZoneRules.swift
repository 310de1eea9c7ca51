import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The offsets of one time zone, read from the machine's zone file (TZif, RFC 8536).
///
/// The C library's own `localtime` knows one zone a process and changes it through the environment, which no plugin
/// may do.
package struct ZoneRules: Sendable {
  /// Seconds since 1970 from which an offset holds, in order, and the offset in seconds east of Greenwich.
  private let changes: [(at: Int64, offset: Int)]
  private let first: Int

  private static let folder = "/usr/share/zoneinfo/"
  private static let mostBytes = 1 << 20

  private static let known = Mutex<[String: ZoneRules]>([:])

  /// The rules of a zone by its IANA name, such as `Asia/Irkutsk`; nil when this machine has no file of them. Read
  /// once.
  package static func named(_ zone: String) -> ZoneRules? {
    if let rules = known.withLock({ $0[zone] }) { return rules }
    guard isName(zone), let bytes = bytes(folder + zone), let rules = ZoneRules(parsing: bytes) else { return nil }
    known.withLock { $0[zone] = rules }
    return rules
  }

  /// Whether a text is spelled like a zone's name, and so may be part of a path.
  package static func isName(_ zone: String) -> Bool {
    let parts = zone.split(separator: "/", omittingEmptySubsequences: false)
    return (1...3).contains(parts.count)
      && parts.allSatisfy { part in
        part.first?.isUppercase == true
          && part.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
              UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"):
              true
            default: false
            }
          }
      }
  }

  /// The second block of a TZif file, with times of eight bytes. What lies after the last change is taken to stay.
  package init?(parsing bytes: [UInt8]) {
    guard let old = Header(bytes, at: 0) else { return nil }
    let start = 44 + old.size(timeBytes: 4)
    guard let header = Header(bytes, at: start) else { return nil }
    let times = start + 44
    let kinds = times + header.times * 8
    let types = kinds + header.times
    guard types + header.types * 6 <= bytes.count, header.types > 0 else { return nil }
    func offset(_ type: Int) -> Int { Int(Int32(truncatingIfNeeded: ZoneRules.number(bytes, types + type * 6, 4))) }
    first = offset(0)
    changes = (0..<header.times).map { index in
      let type = min(Int(bytes[kinds + index]), header.types - 1)
      return (ZoneRules.number(bytes, times + index * 8, 8), offset(type))
    }
  }

  /// Seconds east of Greenwich at an instant.
  package func offset(atMs ms: Int64) -> Int {
    let seconds = ms >= 0 ? ms / 1000 : (ms - 999) / 1000
    var (low, high) = (0, changes.count)
    while low < high {
      let middle = (low + high) / 2
      if changes[middle].at <= seconds { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? first : changes[low - 1].offset
  }

  /// The counts at the start of a block.
  private struct Header {
    let times: Int
    let types: Int
    private let rest: (isUT: Int, isStandard: Int, leaps: Int, letters: Int)

    init?(_ bytes: [UInt8], at start: Int) {
      guard bytes.count >= start + 44, bytes[start..<start + 4].elementsEqual("TZif".utf8), bytes[start + 4] >= 50
      else { return nil }
      func count(_ index: Int) -> Int { Int(ZoneRules.number(bytes, start + 20 + index * 4, 4)) }
      rest = (count(0), count(1), count(2), count(5))
      times = count(3)
      types = count(4)
      let all = [times, types, rest.isUT, rest.isStandard, rest.leaps, rest.letters]
      guard all.allSatisfy({ (0...100_000).contains($0) }) else { return nil }
    }

    func size(timeBytes: Int) -> Int {
      times * (timeBytes + 1) + types * 6 + rest.letters + rest.leaps * (timeBytes + 4) + rest.isStandard + rest.isUT
    }
  }

  private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int64 {
    bytes[start..<start + count].reduce(0) { $0 << 8 | Int64($1) }
  }

  private static func bytes(_ path: String) -> [UInt8]? {
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { unsafe _ = fclose(file) }
    var bytes = [UInt8](repeating: 0, count: mostBytes)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
    return Array(bytes.prefix(count))
  }
}
