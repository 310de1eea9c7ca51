import CZip
import Glibc

/// A zip archive that is read. All of libzip's pointers for reading live here.
@safe final class ZipArchive {
  struct Entry {
    let index: UInt64
    let size: UInt64
    let packed: UInt64
  }

  let entries: [String: Entry]
  let nested: [String]
  private let path: String
  private let limits: FilePackage.Limits
  private let archive: OpaquePointer
  private var unpacked: UInt64 = 0

  init(path: String, _ limits: FilePackage.Limits) throws(FilePackageError) {
    self.path = path
    self.limits = limits
    var code: CInt = 0
    guard let archive = unsafe zip_open(path, ZIP_RDONLY, &code) else {
      switch code {
      case ZIP_ER_NOZIP: throw .notAPackage(path: path)
      case ZIP_ER_NOENT: throw .notFound(path: path)
      case ZIP_ER_OPEN, ZIP_ER_READ: throw .unreadable(path: path, reason: systemReason())
      default: throw .broken(name: path, reason: ZipArchive.words(code))
      }
    }
    unsafe self.archive = unsafe archive
    let (entries, nested, failure) = unsafe ZipArchive.list(archive, limits)
    self.entries = entries
    self.nested = nested
    // After the last property: from here on `deinit` closes the archive.
    if let failure { throw failure }
  }

  deinit { unsafe zip_discard(archive) }

  func open(_ name: String) throws(FilePackageError) -> any ByteSource {
    guard let entry = entries[name] else { throw .noSuchFile(name: name) }
    guard let file = unsafe zip_fopen_index(archive, entry.index, 0) else {
      throw .broken(name: name, reason: unsafe String(cString: zip_strerror(archive)))
    }
    let byRatio = max(limits.freeBytes, entry.packed.multipliedReportingOverflow(by: limits.ratio).partialValue)
    return unsafe ZipReader(file, name, of: self, limit: byRatio)
  }

  /// Counts bytes of all files together; false when they are too many.
  func count(_ bytes: Int) -> Bool {
    unpacked += UInt64(bytes)
    return unpacked <= limits.totalBytes
  }

  var totalLimit: UInt64 { limits.totalBytes }

  private static func list(
    _ archive: OpaquePointer, _ limits: FilePackage.Limits
  ) -> (entries: [String: Entry], nested: [String], failure: FilePackageError?) {
    var entries: [String: Entry] = [:]
    var nested: [String] = []
    let count = unsafe zip_get_num_entries(archive, 0)
    guard count <= Int64(limits.files) else { return ([:], [], .tooManyFiles(limit: limits.files)) }
    for index in 0..<UInt64(max(0, count)) {
      var status = unsafe zip_stat_t()
      guard unsafe zip_stat_index(archive, index, 0, &status) == 0, let start = unsafe status.name else { continue }
      let name = unsafe String(cString: start)
      if name.contains("/") || name.contains("\\") {
        // Folders end with a stroke; macOS adds a folder of its own.
        if !name.hasSuffix("/"), !name.hasPrefix("__MACOSX/"), nested.count < 10 { nested.append(name) }
        continue
      }
      if unsafe status.valid & UInt64(ZIP_STAT_ENCRYPTION_METHOD) != 0, unsafe status.encryption_method != 0 {
        return (entries, nested, .encrypted(name: name))
      }
      if entries[name] != nil { return (entries, nested, .broken(name: name, reason: "the name is there twice")) }
      entries[name] = unsafe Entry(index: index, size: status.size, packed: status.comp_size)
    }
    return (entries, nested, nil)
  }

  private static func words(_ code: CInt) -> String {
    var error = unsafe zip_error_t()
    unsafe zip_error_init_with_code(&error, code)
    defer { unsafe zip_error_fini(&error) }
    return unsafe String(cString: zip_error_strerror(&error))
  }
}

/// One file of an archive, unpacked as it is read.
@safe private final class ZipReader: ByteSource {
  private let file: OpaquePointer
  private let name: String
  // Keeps the archive open, too.
  private let archive: ZipArchive
  private let limit: UInt64
  private var unpacked: UInt64 = 0

  init(_ file: OpaquePointer, _ name: String, of archive: ZipArchive, limit: UInt64) {
    unsafe self.file = unsafe file
    self.name = name
    self.archive = archive
    self.limit = limit
  }

  deinit { unsafe zip_fclose(file) }

  func read(into buffer: inout [UInt8]) throws(FilePackageError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = unsafe buffer[filled...].withUnsafeMutableBytes { bytes -> Int in
        guard let start = bytes.baseAddress else { return 0 }
        return Int(unsafe zip_fread(file, start, UInt64(bytes.count)))
      }
      guard count >= 0 else {
        throw .broken(name: name, reason: unsafe String(cString: zip_file_strerror(file)))
      }
      if count == 0 { break }
      filled += count
      unpacked += UInt64(count)
      guard unpacked <= limit else { throw .tooLarge(name: name, limit: limit) }
      guard archive.count(count) else { throw .tooLarge(name: name, limit: archive.totalLimit) }
    }
    return filled
  }
}
