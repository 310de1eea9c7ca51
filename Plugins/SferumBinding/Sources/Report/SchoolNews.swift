import PluginKit

/// What happens in the school, taken into the report: one person's change at once, a change of the whole roster by a
/// job that goes through everybody, some people in a transaction.
enum SchoolNews {
  /// Goes through everybody after the payload's `after`. Key: what it was started for.
  static let job = "sferum.followSchool"

  private static let mostPeople = 1_000
  /// A school is gone through whole when the plugin is loaded, unless it is far larger than schools are.
  private static let mostBatchesAtOnce = 5
  private static let filling = "fill"

  static func register(in plugin: inout PluginDefinition) {
    plugin.activate = { host in try catchUp(host) }
    for name in ["school.v1.personChanged", "school.v1.employeeChanged"] {
      plugin.event(name) { call throws in
        try call.write { try follow(call.params["payload"]?["personId"], $0) }
      }
    }
    plugin.event("school.v1.enrolmentChanged") { call throws in try pupilMoved(call) }
    plugin.event("school.v1.parentChanged") { call throws in try parentMoved(call) }
    plugin.event("school.v1.classChanged") { call throws in try call.write { try ReportPlaces.followClasses($0) } }
    plugin.event("school.v1.rosterChanged") { call throws in
      let key = "event-\(call.params["seq"]?.int ?? 0)"
      try call.write { try $0.schedule(job, key: key, dueAtMs: call.host.nowMs) }
    }
    plugin.job(job) { call throws in try goOn(call) }
  }

  /// Somebody's name, position or account. Not a person: nothing to do.
  static func follow(_ person: JSONValue?, _ transaction: Transaction) throws {
    try ReportPlaces.follow([person?.string].compactMap { $0 }, transaction)
  }

  /// A pupil takes the parents along.
  private static func pupilMoved(_ call: Call) throws {
    let payload = call.params["payload"]
    try call.write { transaction in
      let parents = try transaction.rows(
        "SELECT parent_person_id AS id FROM school_v1_parent_links WHERE pupil_id = ?", [payload?["pupilId"] ?? .null])
      try ReportPlaces.follow(
        ([payload?["personId"]] + parents.map { $0["id"] }).compactMap { $0?.string }, transaction)
    }
  }

  private static func parentMoved(_ call: Call) throws {
    let parent = call.params["payload"]?["parentId"] ?? .null
    try call.write { transaction in
      try follow(
        try transaction.first("SELECT person_id FROM school_v1_parents WHERE id = ?", [parent])?["person_id"],
        transaction)
    }
  }

  /// A database that is older than the report is filled, and one that was worked on while nobody delivered the news
  /// is caught up with: commands at a terminal change a folder and end, and what they show next must be true.
  private static func catchUp(_ host: Host) throws {
    let isFilled = try host.read { try ReportPlaces.isFilled($0) }
    if !isFilled {
      // Should this process end before it is through, the next one goes on.
      try host.write { try schedule(after: "", key: filling, dueAtMs: host.nowMs + 60_000, $0) }
    }
    var after: String? = ""
    for _ in 0..<mostBatchesAtOnce {
      guard let from = after else { break }
      after = try host.write { try takeBatch(after: from, $0) }
    }
    // The news will see to the rest of what has been filled before.
    guard !isFilled else { return }
    try host.write { transaction in
      if let after { return try schedule(after: after, key: filling, dueAtMs: host.nowMs, transaction) }
      try transaction.unschedule(job, key: filling)
    }
  }

  private static func goOn(_ call: Call) throws {
    let key = call.params["key"]?.string ?? ""
    let after = call.params["payload"]?["after"]?.string ?? ""
    try call.write { transaction in
      if let next = try takeBatch(after: after, transaction) {
        try schedule(after: next, key: key, dueAtMs: call.host.nowMs, transaction)
      }
      transaction.finishJob()
    }
  }

  private static func schedule(after person: String, key: String, dueAtMs: Int64, _ transaction: Transaction) throws {
    try transaction.schedule(job, key: key, dueAtMs: dueAtMs, payload: ["after": JSONValue(person)])
  }

  /// The last of the people that were taken; nil when they were the last of all.
  private static func takeBatch(after person: String, _ transaction: Transaction) throws -> String? {
    let people = try ReportPlaces.people(after: person, limit: mostPeople, transaction)
    try ReportPlaces.follow(people, transaction)
    let isLast = people.count < mostPeople
    if person.isEmpty || isLast { try ReportPlaces.followClasses(transaction) }
    return isLast ? nil : people.last
  }
}
