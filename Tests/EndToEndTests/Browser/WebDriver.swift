import Foundation
import Glibc
import Jansson

/// Debian's `chromedriver`: plain HTTP and JSON on loopback, as W3C's WebDriver says. One for all tests.
final class WebDriver: Sendable {
  static let shared = Result { try WebDriver() }

  private let process: ChildProcess
  private let port: UInt16

  private init() throws {
    let program = "/usr/bin/chromedriver"
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw TestTrouble("no \(program); 'apt-get install chromium chromium-driver' brings it")
    }
    port = try LoopbackAddress.freePort()
    process = try ChildProcess([program, "--port=\(port)"])
    let answered = try awaited(within: 20) { () -> Bool? in
      guard process.isRunning else { throw TestTrouble("chromedriver ended at once") }
      // Not there yet: asked again.
      return (try? call("GET", "/status"))?["ready"]?.bool
    }
    guard answered == true else { throw TestTrouble("chromedriver does not answer") }
    // It serves all tests, so only the end of the process ends it.
    atexit {
      if case .success(let driver) = WebDriver.shared { driver.process.send(SIGKILL) }
    }
  }

  /// One command; its `value`.
  func call(_ method: String, _ path: String, _ body: JSONValue? = nil) throws -> JSONValue {
    let text = body?.text() ?? ""
    let request =
      "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
      + "Content-Type: application/json\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
    let answer = try LoopbackAddress.exchange(Array(request.utf8), port: port, within: 60)
    guard let head = answer.firstRange(of: Array("\r\n\r\n".utf8)) else { throw TestTrouble("no answer to \(path)") }
    let json = try JSONValue(parsing: Array(answer[head.upperBound...]))
    let value = json["value"] ?? .null
    if let error = value["error"]?.string {
      throw WebDriverRefusal(error: error, message: value["message"]?.string ?? "")
    }
    return value
  }
}

/// What WebDriver answered instead of doing it.
struct WebDriverRefusal: Error, CustomStringConvertible {
  let error: String
  let message: String
  var description: String { "\(error): \(message.prefix(300))" }
}

extension LoopbackAddress {
  /// A port that nobody listens on just now.
  static func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1
      }
    }
    guard status == 0 else { throw TestTrouble("no free port: errno \(errno)") }
    return UInt16(bigEndian: address.sin_port)
  }

  /// Sends an HTTP request and reads its answer.
  static func exchange(_ bytes: [UInt8], port: UInt16, within seconds: Double) throws -> [UInt8] {
    let descriptor = try connect(port)
    defer { close(descriptor) }
    try send(bytes, on: descriptor)
    let deadline = Deadline(within: seconds)
    var received: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while ready(descriptor, until: deadline) {
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { return received }
      received += chunk.prefix(count)
      if isWhole(received) { return received }
    }
    throw TestTrouble("port \(port) is silent")
  }

  /// Whether an answer has the length that it says: not every server closes when it is asked to.
  private static func isWhole(_ bytes: [UInt8]) -> Bool {
    guard let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
    let lines = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).lowercased().split(separator: "\r\n")
    guard let line = lines.first(where: { $0.hasPrefix("content-length:") }),
      let length = Int(line.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces))
    else { return false }
    return bytes.count - head.upperBound >= length
  }
}
