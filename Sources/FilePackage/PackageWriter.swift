import CZip
import Glibc

/// Writes a package of files, a folder or (when the path ends in `.zip`) an archive.
///
/// The files are written beside the target and moved there at the end, so that a target is whole or untouched. An
/// archive of the same files has the same bytes: its times say nothing.
package final class PackageWriter {
  package let path: String
  private let isArchive: Bool
  private let work: String
  private var names: [String] = []
  private var isFinished = false

  package init(path: String) throws(FilePackageError) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    isArchive = path.hasSuffix(".zip")
    work = "\(self.path).partial-\(getpid())"
    guard unsafe mkdir(work, 0o700) == 0 || errno == EEXIST else {
      throw .unwritable(path: work, reason: systemReason())
    }
  }

  deinit { if !isFinished { clear() } }

  package func file(_ name: String) throws(FilePackageError) -> FileWriter {
    names.append(name)
    return try FileWriter(path: "\(work)/\(name)")
  }

  /// Puts everything in its place. The files must be finished.
  package func finish() throws(FilePackageError) {
    if isArchive {
      let packed = "\(work)/.packed"
      try ZipPacking.pack(names, of: work, into: packed)
      try move(packed, path)
    } else {
      guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
        throw .unwritable(path: path, reason: systemReason())
      }
      for name in names { try move("\(work)/\(name)", "\(path)/\(name)") }
    }
    clear()
    isFinished = true
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
