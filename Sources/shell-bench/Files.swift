import Glibc

/// The few things that the bench does with files.
enum Files {
  /// Folder of the running executable.
  static var executable: String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let length = unsafe buffer.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return 0 }
      return unsafe readlink("/proc/self/exe", start.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    return String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
  }

  static func folder(of path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  /// The path without links; itself when there is no such file.
  static func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  static func makeFolder(_ path: String) throws {
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw BenchError("cannot make \(path)") }
  }

  /// A new folder of this run.
  static func makeTemporaryFolder() throws -> String {
    let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    let path = "\(parent)/shell-bench-\(getpid())"
    guard unsafe mkdir(path, 0o700) == 0 else { throw BenchError("cannot make \(path)") }
    return path
  }

  static func write(_ text: String, to path: String) throws {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BenchError("cannot write \(path)") }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard count == bytes.count else { throw BenchError("cannot write \(path)") }
  }

  /// All that is in an open file.
  static func read(_ descriptor: Int32) throws -> [UInt8] {
    let size = lseek(descriptor, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: max(0, size))
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard count == size else { throw BenchError("cannot read a file of \(size) bytes") }
    return bytes
  }

  /// A descriptor that appends, for the servers' stderr.
  static func openLog(_ path: String) throws -> Int32 {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BenchError("cannot write \(path)") }
    return descriptor
  }

  /// The folder with `member` in it, at `start` or above.
  static func above(_ start: String, with member: String) -> String? {
    var folder = start
    while !folder.isEmpty {
      if exists("\(folder)/\(member)") { return folder }
      folder = Files.folder(of: folder)
    }
    return nil
  }
}
