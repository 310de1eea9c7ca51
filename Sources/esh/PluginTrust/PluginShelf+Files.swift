import Glibc
import PluginHost
import Terminal

extension PluginShelf {
  /// Runs `body` while no other command changes the shelf.
  func locked<Result>(_ body: () throws -> Result) throws -> Result {
    let folder = unsafe open(trusted.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else {
      throw HostError(
        ru: "в папке \(data.path) модули не установлены", en: "no plugins are installed in \(data.path)")
    }
    defer { close(folder) }
    guard flock(folder, LOCK_EX | LOCK_NB) == 0 else {
      throw HostError(
        ru: "модули этой папки меняет другая команда; повторите позже",
        en: "another command changes the plugins of this folder; try again later")
    }
    return try body()
  }

  /// The reason of a distrust as a command's.
  func trusting<Result>(_ body: () throws(DistrustReason) -> Result) throws -> Result {
    do throws(DistrustReason) { return try body() } catch { throw HostError(ru: error.text.ru, en: error.text.en) }
  }

  /// Puts a folder that is ready in the place of a plugin's, then pins it. When pinning fails the old one is back; when the
  /// process dies between the two, the files are not those that were agreed to, and the plugin is kept out until it is
  /// installed again.
  func swap(_ draft: String, in id: String, pinning: () throws -> Void) throws {
    let (place, old) = (trusted.folder(of: id), "\(trusted.path)/.old")
    Self.clear(old)
    let hadOld = unsafe rename(place, old) == 0
    guard unsafe rename(draft, place) == 0 else {
      let reason = HostError.systemReason
      if hadOld { unsafe rename(old, place) }
      throw HostError(ru: "\(place): \(reason)", en: "\(place): \(reason)")
    }
    do {
      try pinning()
    } catch {
      Self.clear(place)
      if hadOld { unsafe rename(old, place) }
      throw error
    }
    Self.clear(old)
  }

  func makeFolder(_ path: String) throws {
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw HostError(ru: "\(path): \(HostError.systemReason)", en: "\(path): \(HostError.systemReason)")
    }
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw HostError(ru: "\(path): \(HostError.systemReason)", en: "\(path): \(HostError.systemReason)")
    }
    defer { close(file) }
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes[written...].withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
      guard count > 0 else {
        throw HostError(ru: "\(path): \(HostError.systemReason)", en: "\(path): \(HostError.systemReason)")
      }
      written += count
    }
    fsync(file)
  }

  /// Takes a folder of plain files away; nothing happens when there is none.
  static func clear(_ folder: String) {
    guard let directory = unsafe opendir(folder) else { return }
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { unsafe unlink("\(folder)/\(name)") }
    }
    unsafe _ = closedir(directory)
    unsafe rmdir(folder)
  }

  static func absolute(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }
}
