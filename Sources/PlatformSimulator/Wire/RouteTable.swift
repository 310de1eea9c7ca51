import GRDB

/// What an operation works with: the request inside its transaction.
struct Exchange {
  let db: Database
  let call: Call
  /// The named pieces of the path, decoded.
  let pieces: [String: String]
  /// Milliseconds since 1970, on the simulator's clock.
  let now: Int64
  let limiter: RateLimiter
}

extension Exchange {
  /// Does the work; whatever comes of it, the log tells what it was about.
  func about(_ target: String, _ work: () throws -> Answer) throws -> Answer {
    do {
      var answer = try work()
      answer.target = target
      return answer
    } catch let refusal as Refusal {
      var told = refusal
      told.target = target
      throw told
    }
  }
}

/// Does one request inside one transaction.
///
/// Guards come before writes; what it throws rolls its writes back.
typealias Operation = @Sendable (Exchange) throws -> Answer

/// Which operation serves a method and a path.
///
/// Filled once, then read-only.
struct RouteTable: Sendable {
  enum Match {
    case found(Operation, pieces: [String: String])
    case wrongMethod
    case nothing
  }

  private struct Route: Sendable {
    var method: String
    var pattern: [Substring]
    var operation: Operation
  }

  private var routes: [Route] = []

  /// A pattern is a path whose pieces in braces match any one piece: `/sferum/v1/bindings/{id}`.
  mutating func on(_ method: String, _ pattern: String, _ operation: @escaping Operation) {
    let pieces = pattern.split(separator: "/")
    precondition(
      !routes.contains { $0.method == method && $0.pattern == pieces },
      "'\(method) \(pattern)' is there twice"
    )
    routes.append(Route(method: method, pattern: pieces, operation: operation))
  }

  /// Literal patterns are registered before those with braces, so the first match is the closest.
  func match(_ method: String, _ path: String) -> Match {
    let pieces = path.split(separator: "/")
    var knowsPath = false
    for route in routes {
      guard let named = RouteTable.named(pieces, by: route.pattern) else { continue }
      if route.method == method { return .found(route.operation, pieces: named) }
      knowsPath = true
    }
    return knowsPath ? .wrongMethod : .nothing
  }

  private static func named(_ pieces: [Substring], by pattern: [Substring]) -> [String: String]? {
    guard pieces.count == pattern.count else { return nil }
    var named: [String: String] = [:]
    for (piece, expected) in zip(pieces, pattern) {
      if expected.hasPrefix("{") {
        named[String(expected.dropFirst().dropLast())] = Call.decoded(piece)
      } else if piece != expected {
        return nil
      }
    }
    return named
  }
}
