import Foundation
import Glibc
import Jansson

/// A partner's request to the platform's gateway, for tests that need its state and no school.
struct GatewayCall {
  private let port: UInt16
  private let token: String

  /// Finds the platform that has left its address in the folder.
  init(_ folder: SchoolFolder) throws {
    let address = try String(contentsOfFile: "\(folder.path)/platform.url", encoding: .utf8)
    let digits = address.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
    guard let port = UInt16(digits) else { throw TestTrouble("no platform's address: \(address)") }
    self.port = port
    let tokens = try JSONValue(parsing: String(contentsOfFile: "\(folder.path)/platform.token", encoding: .utf8))
    token = tokens["bot"]?.string ?? ""
  }

  /// The answer's body.
  func post(_ path: String, _ body: String) throws -> JSONValue {
    let descriptor = try connected()
    defer { close(descriptor) }
    let request = """
      POST \(path) HTTP/1.1\r
      Host: 127.0.0.1\r
      Authorization: \(token)\r
      Content-Length: \(body.utf8.count)\r
      Connection: close\r
      \r
      \(body)
      """
    let bytes = Array(request.utf8)
    guard unsafe bytes.withUnsafeBytes({ unsafe write(descriptor, $0.baseAddress, $0.count) }) == bytes.count else {
      throw TestTrouble("\(path) was not sent: errno \(errno)")
    }
    let answer = try answer(on: descriptor, until: Deadline(within: 20))
    guard let range = answer.range(of: "\r\n\r\n") else { throw TestTrouble("\(path) was not answered: \(answer)") }
    return try JSONValue(parsing: String(answer[range.upperBound...]))
  }

  private func answer(on descriptor: CInt, until deadline: Deadline) throws -> String {
    var bytes: [UInt8] = []
    while ready(descriptor, until: deadline) {
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk.prefix(count)
    }
    throw TestTrouble("the platform's answer does not end: \(String(decoding: bytes, as: UTF8.self))")
  }

  private func connected() throws -> CInt {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw TestTrouble("no socket: errno \(errno)") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else {
      close(descriptor)
      throw TestTrouble("nobody answers on port \(port): errno \(errno)")
    }
    return descriptor
  }
}
