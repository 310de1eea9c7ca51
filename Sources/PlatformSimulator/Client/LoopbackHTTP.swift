import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// One HTTP/1.1 exchange with a server on this machine, over a blocking socket.
///
/// For a command that asks once and ends, a client with pools and event loops would be most of its start
/// time.
struct LoopbackHTTP: Sendable {
  struct Response: Sendable {
    var status: Int
    var body: Data
  }

  /// A port of 127.0.0.1.
  let port: UInt16

  /// Nil unless the address is `http://127.0.0.1:PORT` (or `localhost`).
  init?(address: String) {
    let trimmed = address.hasSuffix("/") ? address.dropLast() : address[...]
    let parts = trimmed.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "http", parts[1] == "//127.0.0.1" || parts[1] == "//localhost",
      let port = UInt16(parts[2]), port > 0
    else { return nil }
    self.port = port
  }

  /// - Throws: ``SimulatorClientError/unreachable(port:reason:)`` when there is no whole answer.
  func send(_ method: String, _ target: String, authorization: String, body: Data?) async throws -> Response {
    var request = Data(
      """
      \(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAuthorization: \(authorization)\r\n\
      Content-Type: application/json\r\nContent-Length: \(body?.count ?? 0)\r\nConnection: close\r\n\r\n
      """.utf8
    )
    if let body { request.append(body) }
    return try await withCheckedThrowingContinuation { continuation in
      // A thread of its own: blocked threads of the shared pool could be those that the simulator, in the same
      // process, needs to answer.
      Thread.detachNewThread { [request] in
        continuation.resume(with: Result { try exchange(request) })
      }
    }
  }

  private func exchange(_ request: Data) throws -> Response {
    let socket = try connected()
    defer { close(socket) }
    try write(request, to: socket)
    return try parsed(try readToEnd(socket))
  }

  private func connected() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure() }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    let outcome = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard outcome == 0 else {
      let error = failure()
      close(descriptor)
      throw error
    }
    return descriptor
  }

  private func write(_ data: Data, to socket: Int32) throws {
    var sent = 0
    while sent < data.count {
      let count = unsafe data[sent...].withUnsafeBytes {
        unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw failure() }
      sent += count
    }
  }

  private func readToEnd(_ socket: Int32) throws -> Data {
    var all = Data()
    var piece = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = unsafe piece.withUnsafeMutableBytes { unsafe recv(socket, $0.baseAddress, $0.count, 0) }
      if count == 0 { return all }
      guard count > 0 else { throw failure() }
      all.append(contentsOf: piece[..<count])
    }
  }

  /// The server closes after its answer, so the body is all that follows the head, as long as announced.
  private func parsed(_ data: Data) throws -> Response {
    guard let end = data.firstRange(of: Data("\r\n\r\n".utf8)) else { throw incomplete() }
    let head = String(decoding: data[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
    let words = (head.first ?? "").split(separator: " ")
    guard words.count >= 2, let status = Int(words[1]) else { throw incomplete() }
    let body = Data(data[end.upperBound...])
    for line in head.dropFirst() where line.lowercased().hasPrefix("content-length:") {
      guard Int(line.dropFirst(15).trimmingCharacters(in: .whitespaces)) == body.count else {
        throw incomplete()
      }
    }
    return Response(status: status, body: body)
  }

  private func failure() -> SimulatorClientError {
    .unreachable(port: Int(port), reason: errorText())
  }

  private func incomplete() -> SimulatorClientError {
    .unreachable(port: Int(port), reason: "the answer is not whole")
  }
}
