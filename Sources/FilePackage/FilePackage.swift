import Glibc

/// A few files that belong together, in a folder or in a zip archive alike: those at its root, read as streams.
///
/// Nothing is unpacked to the disk, and nothing is held but a file's window of bytes. Use it on one thread.
package final class FilePackage {
  /// Bounds against archives that unpack to more than they promise.
  package struct Limits: Sendable {
    /// Bytes of all files together, unpacked.
    package var totalBytes: UInt64 = 8 << 30
    /// Bytes that a packed byte may unpack to, past `freeBytes`. Deflate itself knows no more than 1,032.
    package var ratio: UInt64 = 200
    package var freeBytes: UInt64 = 16 << 20
    package var files = 1000

    package init() {}
  }

  package let path: String
  /// The files at the root, by name, with their size in bytes as the package gives it.
  package let files: [String: UInt64]
  /// Names of files deeper in an archive, at most ten: they are not read, and whoever packed them wants to know.
  package let nested: [String]
  private let storage: Storage

  private enum Storage {
    case folder
    case archive(ZipArchive)
  }

  package init(path: String, limits: Limits = Limits()) throws(FilePackageError) {
    self.path = path
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw errno == ENOENT ? .notFound(path: path) : .unreadable(path: path, reason: systemReason())
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      storage = .folder
      files = try Folder.files(path, limits)
      nested = []
      return
    }
    let archive = try ZipArchive(path: path, limits)
    storage = .archive(archive)
    files = archive.entries.mapValues(\.size)
    nested = archive.nested
  }

  /// A file from its beginning.
  package func open(_ name: String) throws(FilePackageError) -> any ByteSource {
    guard files[name] != nil else { throw .noSuchFile(name: name) }
    switch storage {
    case .folder: return try FileReader(path: "\(path)/\(name)")
    case .archive(let archive): return try archive.open(name)
    }
  }
}

/// Bytes from somewhere, in order.
package protocol ByteSource: AnyObject {
  /// Fills `buffer` from its start; how many bytes came, 0 at the end.
  func read(into buffer: inout [UInt8]) throws(FilePackageError) -> Int
}

enum Folder {
  /// Regular files of a folder, with their sizes.
  static func files(_ path: String, _ limits: FilePackage.Limits) throws(FilePackageError) -> [String: UInt64] {
    guard let folder = unsafe opendir(path) else { throw .unreadable(path: path, reason: systemReason()) }
    defer { unsafe _ = closedir(folder) }
    var files: [String: UInt64] = [:]
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      var status = stat()
      guard unsafe stat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      files[name] = UInt64(max(0, status.st_size))
      guard files.count <= limits.files else { throw .tooManyFiles(limit: limits.files) }
    }
    return files
  }
}

/// What the system says of the last call that failed.
func systemReason() -> String { unsafe String(cString: strerror(errno)) }
