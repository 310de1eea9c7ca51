import Glibc
import Terminal

/// Folders and small text files, as templates need them.
enum FileTree {
  /// Bytes that a template's file may have.
  private static let maxFileBytes = 1 << 20

  /// Paths of all files under a folder, relative to it, in order. Links are followed.
  static func files(under folder: String) throws(HostError) -> [String] {
    var found: [String] = []
    for name in try names(in: folder) {
      if isFolder("\(folder)/\(name)") {
        found += try files(under: "\(folder)/\(name)").map { "\(name)/\($0)" }
      } else {
        found.append(name)
      }
    }
    return found
  }

  /// Names in a folder, sorted; those that begin with a point included.
  static func names(in folder: String) throws(HostError) -> [String] {
    guard let directory = unsafe opendir(folder) else { throw failure(folder, ru: "не читается", en: "cannot be read") }
    defer { unsafe _ = closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static func text(of file: String) throws(HostError) -> String {
    let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(file, ru: "не читается", en: "cannot be read") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count <= maxFileBytes {
      let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
        unsafe count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
      }
      if chunk.isEmpty { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk
    }
    throw HostError(ru: "\(file): файл слишком велик", en: "\(file): the file is too large")
  }

  /// Writes a file that is not there yet, with the folders on its way. Never writes over anything.
  static func write(_ text: String, to file: String) throws(HostError) {
    try makeFolder(file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(file, ru: "не создаётся", en: "cannot be made") }
    let bytes = Array(text.utf8)
    let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard close(descriptor) == 0, written == bytes.count else {
      throw failure(file, ru: "не записан", en: "is not written")
    }
  }

  static func makeFolder(_ path: String) throws(HostError) {
    guard !path.isEmpty, !isFolder(path) else { return }
    try makeFolder(path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))
    // Umask decides: a library that others may write is refused by the host.
    guard unsafe mkdir(path, 0o755) == 0 || isFolder(path) else {
      throw failure(path, ru: "папка не создаётся", en: "the folder cannot be made")
    }
  }

  static func isFolder(_ path: String) -> Bool { kind(of: path) == S_IFDIR }

  /// Whether there is anything of that name.
  static func exists(_ path: String) -> Bool { kind(of: path) != nil }

  /// The path from the root, without links; nil when there is nothing.
  static func realPath(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  private static func kind(of path: String) -> mode_t? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  private static func failure(_ path: String, ru: String, en: String) -> HostError {
    HostError(ru: "\(path): \(ru): \(HostError.systemReason)", en: "\(path): \(en): \(HostError.systemReason)")
  }
}
