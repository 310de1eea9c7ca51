import PluginKit

/// When somebody was in a conference: their stays, of several devices too, put together. Instants in milliseconds.
struct Presence: Equatable, Sendable {
  let cameAt: Int64
  let leftAt: Int64
  /// In all, without the gaps; at least one.
  let minutes: Int64

  /// `stays`: not empty. A stay without an end lasts until `end`.
  init?(_ stays: [(from: Int64, until: Int64?)], end: Int64) {
    let spans = stays.map { (from: $0.from, until: max($0.from, $0.until ?? end)) }.sorted { $0.from < $1.from }
    guard let first = spans.first else { return nil }
    var last = first.until
    var total = last - first.from
    for span in spans.dropFirst() {
      total += max(0, span.until - max(span.from, last))
      last = max(last, span.until)
    }
    cameAt = first.from
    leftAt = last
    minutes = max(1, (total + 30_000) / 60_000)
  }

  /// What each of them did, by account; strangers have the platform's id there.
  static func byUser(_ participants: [JSONValue], end: Int64) -> [String: Presence] {
    var stays: [String: [(from: Int64, until: Int64?)]] = [:]
    for stay in participants {
      guard let user = stay["userId"]?.string, let from = stay["joinedAt"]?.int64 else { continue }
      stays[user, default: []].append((from, stay["leftAt"]?.int64))
    }
    return stays.compactMapValues { Presence($0, end: end) }
  }

  var members: [(String, JSONValue)] {
    [("cameAt", JSONValue(cameAt)), ("leftAt", JSONValue(leftAt)), ("minutes", JSONValue(minutes))]
  }
}
