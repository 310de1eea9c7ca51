import Foundation

/// One request as the simulator sees it, whatever carried it.
struct Call: Sendable {
  var method: String
  /// Without the query, as received.
  var path: String
  /// With the query, as received: what the log shows.
  var target: String
  var query: [String: String] = [:]
  var authorization: String?
  var idempotencyKey: String?
  var body = Data()

  init(method: String, target: String) {
    self.method = method
    self.target = target
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = parts.first.map(String.init) ?? ""
    guard parts.count == 2 else { return }
    for pair in parts[1].split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[Call.decoded(sides[0])] = sides.count == 2 ? Call.decoded(sides[1]) : ""
    }
  }

  /// Text behind a form's escapes.
  ///
  /// What is no valid escape stays as it is, as servers do.
  static func decoded(_ text: Substring) -> String {
    let spaced = String(text).replacing("+", with: " ")
    return spaced.removingPercentEncoding ?? spaced
  }
}

extension Call {
  /// An integer of the query; nil when it isn't there.
  func integer(_ name: String) throws(Refusal) -> Int64? {
    guard let text = query[name], !text.isEmpty else { return nil }
    guard let value = Int64(text) else { throw .payload("Invalid parameter: \(name)") }
    return value
  }

  /// An integer of the query within bounds.
  func integer(_ name: String, _ bounds: ClosedRange<Int64>, default standard: Int64) throws(Refusal) -> Int64 {
    let value = try integer(name) ?? standard
    if value > bounds.upperBound {
      throw .payload("Field '\(name)' value (\(value)) must be at most \(bounds.upperBound)")
    }
    if value < bounds.lowerBound {
      throw .payload("Field '\(name)' value (\(value)) must be at least \(bounds.lowerBound)")
    }
    return value
  }

  /// A text of the query that must be there and not be blank.
  func text(_ name: String) throws(Refusal) -> String {
    guard let value = query[name]?.trimmingCharacters(in: .whitespaces), !value.isEmpty else {
      throw .payload("Missing required parameter: \(name)")
    }
    return value
  }

  /// A comma-joined list of the query; nil when it isn't there.
  func list(_ name: String) -> [String]? {
    query[name].map { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
  }
}
