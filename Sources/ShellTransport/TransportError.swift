/// Why a transport cannot start.
package enum TransportError: Error, Equatable, CustomStringConvertible {
  case pathTooLong(String, limit: Int)
  /// Another process answers on that socket.
  case inUse(path: String)
  /// Something that is not a socket is there, and is left alone.
  case notASocket(path: String)
  case noSuchGroup(String)
  case system(call: String, path: String, reason: String)

  package var description: String {
    switch self {
    case .pathTooLong(let path, let limit): "the socket's path is longer than \(limit) bytes: \(path)"
    case .inUse(let path): "another process serves \(path)"
    case .notASocket(let path): "\(path) exists and is not a socket"
    case .noSuchGroup(let name): "no such group: \(name)"
    case .system(let call, let path, let reason): "\(call) \(path): \(reason)"
    }
  }
}
