import Foundation
import GRDB

/// `GET /updates`: what a poll asks for.
struct UpdatePoll: Sendable {
  /// The service gives no more at once, whatever is asked.
  static let maxBatch: Int64 = 100

  var limit: Int64
  var timeoutMs: Int64
  var marker: Int64?
  var types: [String]?

  init(_ call: Call) throws(Refusal) {
    limit = min(try call.integer("limit", 1...1000, default: 100), UpdatePoll.maxBatch)
    timeoutMs = try call.integer("timeout", 0...90, default: 30) * 1000
    marker = try call.integer("marker")
    types = call.list("types").flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// One look into the queue for a poll.
enum UpdateDelivery {
  case batch(Answer)
  /// A lone update waits for a second one, to be given in the wrong order: so many real milliseconds.
  case lone(waitMs: Int64)
  /// Nothing there; the answer is what an impatient poll gets.
  case nothing(Answer)

  /// Commits by the poll's marker and reads on; `holdsLone` lets a `reorder` fault hold back a lone update.
  static func look(_ db: Database, _ poll: UpdatePoll, holdsLone: Bool, now: Int64) throws -> UpdateDelivery {
    let position = try UpdateQueue.commit(db, marker: poll.marker, now: now)
    var items = try UpdateQueue.items(db, from: position, types: poll.types, limit: poll.limit)
    guard !items.isEmpty else { return .nothing(answer([], marker: position)) }

    let faults = try Fault.matching(db, "GET", "/updates").filter(\.kind.actsOnUpdates)
    if holdsLone, items.count == 1, let reorder = faults.first(where: { $0.kind == .reorder }) {
      return .lone(waitMs: reorder.ms ?? 500)
    }
    if items.contains(where: { !$0.isCopy }), try strikes(.duplicate, faults, db) {
      for item in items where !item.isCopy { try UpdateQueue.repeatItem(db, item, now: now) }
      items = try UpdateQueue.items(db, from: position, types: poll.types, limit: poll.limit)
    }
    let next = (items.last?.seq ?? position) + 1
    if items.count > 1, try strikes(.reorder, faults, db) { items.reverse() }
    return .batch(answer(items, marker: next))
  }

  private static func strikes(_ kind: Fault.Kind, _ faults: [Fault], _ db: Database) throws -> Bool {
    for fault in faults where fault.kind == kind {
      guard try fault.chooses(db) else { continue }
      try fault.strike(db)
      return true
    }
    return false
  }

  /// The bodies were encoded when they were queued, so a repeated update is the same to the byte.
  private static func answer(_ items: [UpdateQueue.Item], marker: Int64) -> Answer {
    let updates = items.map(\.body).joined(separator: ",")
    return Answer(body: Data("{\"updates\":[\(updates)],\"marker\":\(marker)}".utf8), effect: .none)
  }
}
