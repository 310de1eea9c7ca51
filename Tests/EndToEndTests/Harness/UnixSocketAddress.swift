import Glibc

/// Connections to a Unix socket by its path.
enum UnixSocketAddress {
  static func connect(_ path: String) throws -> CInt {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw TestTrouble("no socket: errno \(errno)") }
    let status = try unsafe with(path) { address, size in unsafe Glibc.connect(descriptor, address, size) }
    guard status == 0 else {
      let reason = unsafe String(cString: strerror(errno))
      close(descriptor)
      throw TestTrouble("nobody answers on \(path): \(reason)")
    }
    return descriptor
  }

  /// A socket file that nobody listens on, as a crash leaves it.
  static func abandon(_ path: String) throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    guard try unsafe with(path, { unsafe bind(descriptor, $0, $1) }) == 0 else {
      throw TestTrouble("cannot bind \(path)")
    }
  }

  private static func with(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) throws -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw TestTrouble("too long for a socket: \(path)")
    }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
