import CZip
import Glibc

/// Writes a package of files, a folder or (when the path ends in `.zip`) an archive; nobody but the owner may read it.
///
/// The files are written beside the target and moved there at the end. An archive is replaced in one step: it is the
/// old one or the new one. A folder is not: its known files are taken away, then the new ones are moved in one by one,
/// the manifest last, so a folder without a manifest is one whose export was cut off. An archive of the same files has
/// the same bytes: its times say nothing.
package final class PackageWriter {
  package let path: String
  private let isArchive: Bool
  private let work: String
  /// Files that a folder may have from an earlier package.
  private let known: [String]
  private var names: [String] = []
  private var isFinished = false
  private static let manifest = "manifest.csv"

  /// `known`: names of files that an older package in the same folder may have; those not written again are removed.
  package init(path: String, known: [String] = []) throws(FilePackageError) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.known = known
    isArchive = path.hasSuffix(".zip")
    work = try PackageWriter.makeFolder("\(self.path).partial-")
  }

  deinit { if !isFinished { clear() } }

  /// A folder that nobody else has, for the owner alone.
  private static func makeFolder(_ prefix: String) throws(FilePackageError) -> String {
    var template = Array("\(prefix)XXXXXX".utf8CString)
    let isMade = unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return false }
      return unsafe mkdtemp(start) != nil
    }
    guard isMade else { throw .unwritable(path: prefix, reason: systemReason()) }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  package func file(_ name: String) throws(FilePackageError) -> FileWriter {
    names.append(name)
    return try FileWriter(path: "\(work)/\(name)")
  }

  /// Puts everything in its place. The files must be finished.
  package func finish() throws(FilePackageError) {
    if isArchive {
      let packed = "\(work)/.packed"
      try ZipPacking.pack(names, of: work, into: packed)
      // The library makes it for everybody.
      guard unsafe chmod(packed, 0o600) == 0 else { throw .unwritable(path: path, reason: systemReason()) }
      try move(packed, path)
    } else {
      try fillFolder()
    }
    clear()
    isFinished = true
  }

  private func fillFolder() throws(FilePackageError) {
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw .unwritable(path: path, reason: systemReason())
    }
    for name in [Self.manifest] + known {
      guard unsafe unlink("\(path)/\(name)") == 0 || errno == ENOENT else {
        throw .unwritable(path: "\(path)/\(name)", reason: systemReason())
      }
    }
    for name in names where name != Self.manifest { try move("\(work)/\(name)", "\(path)/\(name)") }
    if names.contains(Self.manifest) { try move("\(work)/\(Self.manifest)", "\(path)/\(Self.manifest)") }
  }

  private func move(_ from: String, _ to: String) throws(FilePackageError) {
    guard unsafe rename(from, to) == 0 else { throw .unwritable(path: to, reason: systemReason()) }
  }

  private func clear() {
    // What cannot be removed lies beside the target, and its name says what it is.
    for name in names + [".packed"] { unsafe _ = unlink("\(work)/\(name)") }
    unsafe _ = rmdir(work)
  }
}

private enum ZipPacking {
  static func pack(_ names: [String], of folder: String, into path: String) throws(FilePackageError) {
    var code: CInt = 0
    guard let archive = unsafe zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
      throw .unwritable(path: path, reason: systemReason())
    }
    for name in names {
      guard let source = unsafe zip_source_file(archive, "\(folder)/\(name)", 0, -1) else {
        throw unsafe failure(archive, path)
      }
      let index = unsafe zip_file_add(archive, name, source, UInt32(ZIP_FL_ENC_UTF_8))
      guard index >= 0 else {
        unsafe zip_source_free(source)
        throw unsafe failure(archive, path)
      }
      // 1980-01-01, the first day that a zip can say.
      unsafe _ = zip_file_set_dostime(archive, UInt64(index), 0, 0x21, 0)
      unsafe _ = zip_set_file_compression(archive, UInt64(index), ZIP_CM_DEFLATE, 6)
    }
    // It reads the files now, a window at a time.
    guard unsafe zip_close(archive) == 0 else { throw unsafe failure(archive, path) }
  }

  private static func failure(_ archive: OpaquePointer, _ path: String) -> FilePackageError {
    let reason = unsafe String(cString: zip_strerror(archive))
    unsafe zip_discard(archive)
    return .unwritable(path: path, reason: reason)
  }
}
