import Glibc

/// Connections to a port of this machine.
enum LoopbackAddress {
  static func connect(_ port: UInt16) throws -> CInt {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw TestTrouble("no socket: errno \(errno)") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else {
      close(descriptor)
      throw TestTrouble("nobody answers on port \(port): errno \(errno)")
    }
    return descriptor
  }

  /// Everything that comes until the other side ends; what has come by the deadline when it does not.
  static func readAll(_ descriptor: CInt, until deadline: Deadline) -> [UInt8] {
    var bytes: [UInt8] = []
    while ready(descriptor, until: deadline) {
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      bytes += chunk.prefix(count)
    }
    return bytes
  }

  /// Hands all of it over; a test's trouble when the other side does not take it.
  static func send(_ bytes: [UInt8], on descriptor: CInt) throws {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { all in
        // MSG_NOSIGNAL: the other side may have gone already.
        unsafe Glibc.send(descriptor, all.baseAddress.map { unsafe $0 + sent }, all.count - sent, 0x4000)
      }
      guard count > 0 else { throw TestTrouble("the other side takes no more: errno \(errno)") }
      sent += count
    }
  }
}
