import Glibc

/// A file that is written through a buffer, from its beginning.
package final class FileWriter {
  private let path: String
  private let descriptor: CInt
  private var buffer: [UInt8] = []
  private static let bufferBytes = 1 << 18

  /// Makes the file, or empties it. `ownerOnly`: nobody else may read it, since people's data is in it.
  package init(path: String, ownerOnly: Bool = true) throws(FilePackageError) {
    self.path = path
    descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode_t(ownerOnly ? 0o600 : 0o644))
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
    buffer.reserveCapacity(Self.bufferBytes + 4096)
  }

  deinit { Glibc.close(descriptor) }

  package func write(_ bytes: [UInt8]) throws(FilePackageError) {
    buffer += bytes
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  /// Writes what is left and sees to it that it is on the disk.
  package func finish() throws(FilePackageError) {
    try flush()
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
      throw .unwritable(path: path, reason: systemReason())
    }
  }

  private func flush() throws(FilePackageError) {
    var sent = 0
    while sent < buffer.count {
      let count = unsafe buffer[sent...].withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .unwritable(path: path, reason: systemReason()) }
      sent += count
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
