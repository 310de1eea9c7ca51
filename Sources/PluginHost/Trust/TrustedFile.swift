import Dispatch

#if canImport(Glibc)
  import Glibc
#endif

/// A file that is read through one descriptor, after it was seen that nobody else may write to it: what is hashed is what
/// is used.
package struct TrustedFile: ~Copyable {
  package let path: String
  private let descriptor: CInt

  /// Opens a plain file that only its owner may change, in a folder of which the same is true. `isSource`: a file that
  /// somebody brings; it may be another user's, and lie behind a link.
  package init(_ path: String, isSource: Bool = false) throws(DistrustReason) {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | (isSource ? 0 : O_NOFOLLOW))
    guard descriptor >= 0 else {
      let reason = unsafe String(cString: strerror(errno))
      throw DistrustReason(ru: "\(path) не открывается: \(reason)", en: "cannot open \(path): \(reason)")
    }
    do throws(DistrustReason) {
      try Self.check(descriptor, path, isSource: isSource)
      try Self.checkFolder(Self.folder(of: path), isSource: isSource)
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// All bytes. At most `limit`.
  package func bytes(limit: Int) throws(DistrustReason) -> [UInt8] {
    var bytes: [UInt8] = []
    try read { chunk throws(DistrustReason) in
      guard bytes.count + chunk.count <= limit else {
        throw DistrustReason(ru: "\(path): больше \(limit) байт", en: "\(path) is larger than \(limit) bytes")
      }
      bytes += chunk
    }
    return bytes
  }

  package func digest() throws(DistrustReason) -> String {
    var digest = FileDigest()
    try read { digest.add($0) }
    return digest.end()
  }

  /// Writes a copy that only its owner may read, and tells its digest. The copy appears whole or not at all.
  package func copy(to target: String, mode: mode_t) throws(DistrustReason) -> String {
    let draft = "\(target).\(getpid())"
    unsafe unlink(draft)
    let output = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw Self.unwritable(draft) }
    defer {
      close(output)
      unsafe unlink(draft)
    }
    var digest = FileDigest()
    try read { chunk throws(DistrustReason) in
      digest.add(chunk)
      var written = 0
      while written < chunk.count {
        let count = unsafe chunk[(chunk.startIndex + written)...].withUnsafeBytes {
          unsafe write(output, $0.baseAddress, $0.count)
        }
        guard count > 0 else { throw Self.unwritable(draft) }
        written += count
      }
    }
    guard fchmod(output, mode) == 0, fsync(output) == 0, unsafe rename(draft, target) == 0 else {
      throw Self.unwritable(target)
    }
    return digest.end()
  }

  private func read(_ take: (ArraySlice<UInt8>) throws(DistrustReason) -> Void) throws(DistrustReason) {
    lseek(descriptor, 0, SEEK_SET)
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else {
        let reason = unsafe String(cString: strerror(errno))
        throw DistrustReason(ru: "\(path) не читается: \(reason)", en: "cannot read \(path): \(reason)")
      }
      if count == 0 { return }
      try take(chunk[..<count])
    }
  }

  private static func unwritable(_ path: String) -> DistrustReason {
    let reason = unsafe String(cString: strerror(errno))
    return DistrustReason(ru: "не записывается \(path): \(reason)", en: "cannot write \(path): \(reason)")
  }

  // MARK: Who may write

  private static func check(_ descriptor: CInt, _ path: String, isSource: Bool) throws(DistrustReason) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw DistrustReason(ru: "\(path): это не обычный файл", en: "\(path) is no plain file")
    }
    try check(status, path, isSource: isSource)
  }

  /// Whether only the owner of this process, or root, may change what is in a folder.
  package static func checkFolder(_ path: String, isSource: Bool = false) throws(DistrustReason) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw DistrustReason(ru: "нет папки \(path)", en: "there is no folder \(path)")
    }
    // Where the sticky bit is set, nobody replaces what is another's.
    if status.st_mode & S_ISVTX != 0 { return }
    try check(status, path, isSource: isSource)
  }

  private static func check(_ status: stat, _ path: String, isSource: Bool) throws(DistrustReason) {
    guard status.st_mode & 0o022 == 0 else {
      throw DistrustReason(
        ru: "в \(path) могут писать другие; заберите это право: chmod go-w \(path)",
        en: "others may write to \(path); take that away with chmod go-w \(path)")
    }
    guard isSource || status.st_uid == geteuid() || status.st_uid == 0 else {
      throw DistrustReason(
        ru: "\(path) принадлежит другому пользователю (\(status.st_uid))",
        en: "\(path) belongs to another user (\(status.st_uid))")
    }
  }

  private static func folder(of path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let folder = parts.joined(separator: "/")
    return folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder
  }
}
