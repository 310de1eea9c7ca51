import Jansson

/// Which calls may start beside those that run: the ordering rules of one connection, and nothing else.
///
/// Calls start in the order in which they came, so only the first of the queue is ever asked about.
struct StartOrder {
  /// A call's place in the order; a mode whose scope is known.
  enum Hold: Equatable, Sendable {
    case free
    case read
    case write(String)
    case barrier
  }

  /// Calls that hold their place: started, not released.
  private var held = 0
  private var writes = 0
  private var barriers = 0
  private var scopes: [String: Int] = [:]

  static let everything = "*"

  func canStart(_ hold: Hold) -> Bool {
    switch hold {
    case .free: true
    case .read: writes == 0 && barriers == 0
    case .write(Self.everything): writes == 0 && barriers == 0
    case .write(let scope): barriers == 0 && scopes[scope] == nil && scopes[Self.everything] == nil
    case .barrier: held == 0
    }
  }

  mutating func take(_ hold: Hold) {
    guard hold != .free else { return }
    held += 1
    switch hold {
    case .free, .read: break
    case .barrier: barriers += 1
    case .write(let scope):
      writes += 1
      scopes[scope, default: 0] += 1
    }
  }

  mutating func release(_ hold: Hold) {
    guard hold != .free else { return }
    held -= 1
    switch hold {
    case .free, .read: break
    case .barrier: barriers -= 1
    case .write(let scope):
      writes -= 1
      if let count = scopes[scope] { scopes[scope] = count > 1 ? count - 1 : nil }
    }
  }
}

extension StartOrder.Hold {
  init(_ mode: MethodDefinition.Mode, _ params: () -> JSONValue) {
    self =
      switch mode {
      case .free: .free
      case .read: .read
      case .write(let scope): .write(scope(params()))
      case .barrier: .barrier
      }
  }
}
