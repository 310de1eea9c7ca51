import Glibc
import Jansson
import Terminal

/// Speaks to a running host over its Unix socket, one line a message.
final class SocketCaller: Caller {
  /// To wait on for what the host tells by itself.
  let descriptor: CInt
  private var inbound: [UInt8] = []
  private var lastID = 0
  private var notifications: [(method: String, params: JSONValue)] = []

  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard bytes.count < room else {
      throw HostError(ru: "слишком длинный путь сокета: \(path)", en: "the socket's path is too long: \(path)")
    }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else {
      let reason = HostError.systemReason
      Glibc.close(descriptor)
      throw HostError(
        ru: "сервер не отвечает на \(path): \(reason); запустите «esh serve»",
        en: "no host answers on \(path): \(reason); start 'esh serve'")
    }
  }

  deinit { Glibc.close(descriptor) }

  func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  func call(_ method: String, _ params: JSONValue, progress: ((JSONValue) -> Void)?) throws -> JSONValue {
    lastID += 1
    let id = JSONValue(lastID)
    let sent = progress == nil || !params.isObject ? params : params.setting("_meta", ["progressToken": id])
    try send(["jsonrpc": "2.0", "id": id, "method": JSONValue(method), "params": sent])
    while true {
      let message = try receive(untilMs: nil)
      if let name = message?["method"]?.string {
        let told = message?["params"] ?? .null
        if name == "$/progress" { progress?(told["value"] ?? .null) } else { notifications.append((name, told)) }
      } else if message?["id"] == id {
        if let error = message?["error"] { throw RefusedCall(error: error) }
        return message?["result"] ?? .null
      }
    }
  }

  func notification(withinSeconds seconds: Int) throws -> (method: String, params: JSONValue)? {
    if !notifications.isEmpty { return notifications.removeFirst() }
    let end = monotonicMilliseconds() + Int64(seconds) * 1000
    while let message = try receive(untilMs: end) {
      if let name = message["method"]?.string { return (name, message["params"] ?? .null) }
    }
    return nil
  }

  private func send(_ message: JSONValue) throws {
    let bytes = message.bytes() + [10]
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw lost }
      sent += count
    }
  }

  /// The next message; nil when none came in time.
  private func receive(untilMs end: Int64?) throws -> JSONValue? {
    while true {
      if let line = takeLine() { return try JSONValue(parsing: line) }
      if let end {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let left = end - monotonicMilliseconds()
        guard left > 0, unsafe Glibc.poll(&poll, 1, Int32(min(left, 60_000))) > 0 else { return nil }
      }
      var chunk = [UInt8](repeating: 0, count: 65536)
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw lost }
      inbound += chunk.prefix(count)
    }
  }

  private func takeLine() -> ArraySlice<UInt8>? {
    guard let end = inbound.firstIndex(of: 10) else { return nil }
    let line = inbound[..<end]
    inbound = Array(inbound[(end + 1)...])
    return line
  }

  private var lost: HostError {
    HostError(ru: "сервер закрыл соединение", en: "the host closed the connection")
  }
}

func monotonicMilliseconds() -> Int64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
