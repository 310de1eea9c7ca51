#if canImport(Glibc)
  import Glibc
#endif

/// Small files, whole.
enum FileBytes {
  /// The file's bytes; nil when there is none, or more than `limit`.
  static func read(_ path: String, limit: Int) -> [UInt8]? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
      guard count >= 0, bytes.count + count <= limit else { return nil }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// Puts a new file in the place of the old one: after a crash there is one of the two, whole.
  static func replace(_ path: String, with bytes: [UInt8]) -> Bool {
    let fresh = "\(path).new"
    let file = unsafe open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { return false }
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe write(file, $0.baseAddress.map { unsafe $0 + written }, $0.count - written)
      }
      guard count > 0 else { break }
      written += count
    }
    let durable = fsync(file) == 0
    close(file)
    guard written == bytes.count, durable else { return false }
    return unsafe rename(fresh, path) == 0
  }
}
