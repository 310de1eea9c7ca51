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
    let descriptor = try LoopbackAddress.connect(port)
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
    try LoopbackAddress.send(Array(request.utf8), on: descriptor)
    let answer = String(
      decoding: LoopbackAddress.readAll(descriptor, until: Deadline(within: 20)), as: UTF8.self)
    guard let range = answer.range(of: "\r\n\r\n") else { throw TestTrouble("\(path) was not answered: \(answer)") }
    return try JSONValue(parsing: String(answer[range.upperBound...]))
  }
}
