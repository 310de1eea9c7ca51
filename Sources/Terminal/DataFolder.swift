import Glibc

/// The folder that holds everything of one school.
package struct DataFolder: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  package var database: String { "\(path)/esh.sqlite" }
  package var socket: String { "\(path)/esh.sock" }
  /// Plugins that an administrator has installed for this folder.
  package var plugins: String { "\(path)/plugins" }
  package var lockFile: String { "\(path)/esh.lock" }
  package var platformState: String { "\(path)/platform.sqlite" }
  package var platformURL: String { "\(path)/platform.url" }

  package static var defaultPath: String {
    if let data = environment("XDG_DATA_HOME"), !data.isEmpty { return "\(data)/esh" }
    return "\(environment("HOME") ?? ".")/.local/share/esh"
  }

  package static func environment(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }

  /// Makes the folder, for its owner only, and those above it where they are missing.
  package func create() throws {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/\(part)"
      guard unsafe mkdir(made, 0o700) == 0 || errno == EEXIST else {
        throw HostError(
          ru: "не удалось создать папку \(made): \(HostError.systemReason)",
          en: "cannot make the folder \(made): \(HostError.systemReason)")
      }
    }
  }
}

/// The right to be the one host of a folder; given up when the process ends, however it ends.
package struct FolderLock: ~Copyable {
  private let descriptor: CInt

  /// Takes the lock, or says which process has it.
  package init(_ folder: DataFolder) throws {
    descriptor = unsafe open(folder.lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw HostError(
        ru: "не открывается \(folder.lockFile): \(HostError.systemReason)",
        en: "cannot open \(folder.lockFile): \(HostError.systemReason)")
    }
    guard Self.takes(descriptor) else {
      let owner = FolderLock.processID(folder) ?? "?"
      close(descriptor)
      throw HostError(
        ru: "папку \(folder.path) уже обслуживает процесс \(owner)",
        en: "the folder \(folder.path) is served by process \(owner)")
    }
    ftruncate(descriptor, 0)
    let text = Array("\(getpid())\n".utf8)
    // The number is only a help to people; the lock is what counts.
    _ = unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }

  deinit { close(descriptor) }

  /// Tries for a tenth of a second: somebody may only be looking who has it.
  private static func takes(_ descriptor: CInt) -> Bool {
    for _ in 0..<10 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      usleep(10_000)
    }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }

  /// The process that holds the lock, as it wrote itself down; nil when nobody does.
  package static func holder(_ folder: DataFolder) -> String? {
    let descriptor = unsafe open(folder.lockFile, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
    return processID(folder)
  }

  private static func processID(_ folder: DataFolder) -> String? {
    let descriptor = unsafe open(folder.lockFile, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else { return nil }
    return String(decoding: bytes.prefix(count).prefix { $0 != 10 }, as: UTF8.self)
  }
}

/// Why the host or a command cannot go on, for the person at the terminal.
package struct HostError: Error, CustomStringConvertible {
  package let ru: String
  package let en: String

  package init(ru: String, en: String) {
    self.ru = ru
    self.en = en
  }

  package var description: String { "\(ru) / \(en)" }

  package static var systemReason: String { unsafe String(cString: strerror(errno)) }
}
