import Glibc

/// The instant that a manual clock showed last, on disk.
struct KeptInstant: Sendable {
  let path: String

  func read() -> Int64? { PlatformLink.line(path).flatMap { Int64($0) } }

  func write(_ ms: Int64) {
    let draft = "\(path).new"
    let descriptor = unsafe open(draft, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    let text = Array("\(ms)\n".utf8)
    let written = unsafe text.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    // A half-written instant is thrown away: the one before it still holds.
    if written == text.count { _ = unsafe rename(draft, path) } else { _ = unsafe unlink(draft) }
  }
}
