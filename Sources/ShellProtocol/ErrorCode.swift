/// The code of a JSON-RPC error. An open set: a plugin may answer with codes of its own.
package struct ErrorCode: RawRepresentable, Hashable, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  package static let parse = ErrorCode(rawValue: -32700)
  package static let invalidRequest = ErrorCode(rawValue: -32600)
  package static let methodNotFound = ErrorCode(rawValue: -32601)
  package static let invalidParams = ErrorCode(rawValue: -32602)
  package static let `internal` = ErrorCode(rawValue: -32603)
  package static let notInitialized = ErrorCode(rawValue: -32002)
  package static let cancelled = ErrorCode(rawValue: -32800)
  package static let signInRequired = ErrorCode(rawValue: -32001)
  package static let forbidden = ErrorCode(rawValue: -32003)
  package static let notFound = ErrorCode(rawValue: -32004)
  package static let conflict = ErrorCode(rawValue: -32801)
  package static let pluginUnavailable = ErrorCode(rawValue: -32006)
  package static let overloaded = ErrorCode(rawValue: -32007)
  package static let timedOut = ErrorCode(rawValue: -32008)
  package static let refused = ErrorCode(rawValue: -32009)
}
