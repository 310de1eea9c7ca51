import Glibc

/// A file, read from its beginning.
final class FileReader: ByteSource {
  private let path: String
  private let descriptor: CInt

  init(path: String) throws(FilePackageError) {
    self.path = path
    descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
  }

  deinit { close(descriptor) }

  func read(into buffer: inout [UInt8]) throws(FilePackageError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = unsafe buffer[filled...].withUnsafeMutableBytes { bytes in
        unsafe Glibc.read(descriptor, bytes.baseAddress, bytes.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
      if count == 0 { break }
      filled += count
    }
    return filled
  }
}
