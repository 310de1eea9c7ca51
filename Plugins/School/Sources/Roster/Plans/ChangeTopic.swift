import PluginKit

/// `school.addTopic {group, number?, title, hours?}` → `{topic, number}` puts a topic at a number, where later ones make
/// room, or at the end; `school.changeTopic {topic, number?, title?, hours?}` → `{changed: [name]}`;
/// `school.removeTopic {topic}` → `{topic}` closes the gap.
enum ChangeTopic {
  static let add = "school.addTopic"
  static let change = "school.changeTopic"
  static let remove = "school.removeTopic"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(add, added)
    plugin.command(change, changed)
    plugin.command(remove, removed)
  }

  @Sendable private static func added(_ call: Call) throws -> Outcome {
    var arguments = Arguments(call)
    var topic = TopicRecord(group: try arguments.requiredID("group"))
    topic.apply(&arguments, isNew: true)
    try arguments.check()
    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      _ = try GroupRecord.require(topic.group, transaction)
      let next = (try PlanOrder.places(topic.group, transaction).last?.number ?? 0) + 1
      if topic.number == 0 { topic.number = next }
      guard next <= PlanOrder.numbers.upperBound else { throw PlanOrder.full }
      try topic.checkNumber(last: next)
      let moved = try PlanOrder.open(topic.number, in: topic.group, transaction)
      let row = try transaction.first(
        """
        INSERT INTO school_plan_topics(group_id, number, title, hours, group_title)
        SELECT id, ?, ?, ?, title FROM school_groups WHERE id = ? RETURNING id
        """,
        [JSONValue(topic.number), JSONValue(topic.title), JSONValue(topic.hours), JSONValue(topic.group)])
      topic.id = row?["id"]?.string ?? ""
      var record = RosterRecord(topic.id, touched: moved)
      record.new = topic.json
      try written(&record, topic.group, change)
      return Outcome(result: ["topic": JSONValue(topic.id), "number": JSONValue(topic.number)])
    }
  }

  @Sendable private static func changed(_ call: Call) throws -> Outcome {
    var arguments = Arguments(call)
    let id = try arguments.requiredID("topic")
    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let old = try TopicRecord.require(id, transaction)
      var topic = old
      topic.apply(&arguments, isNew: false)
      try arguments.check()
      let differences = topic.differences(from: old)
      guard !differences.isEmpty else { return Outcome(result: ["changed": []]) }
      var record = RosterRecord(id, old: differences.oldJSON, new: differences.newJSON)
      if topic.number != old.number { record.touched += try move(old, to: topic, transaction) }
      try transaction.query(
        "UPDATE school_plan_topics SET title = ?, hours = ? WHERE id = ?",
        [JSONValue(topic.title), JSONValue(topic.hours), JSONValue(id)])
      try written(&record, topic.group, change)
      return Outcome(result: ["changed": JSONValue(differences.names.map { JSONValue($0) })])
    }
  }

  /// Takes a topic out of the row, closes the gap, and puts it in where it is wanted.
  private static func move(_ old: TopicRecord, to new: TopicRecord, _ transaction: Transaction) throws -> [String] {
    let last = try PlanOrder.places(old.group, transaction).last?.number ?? 0
    try new.checkNumber(last: last)
    guard last < PlanOrder.numbers.upperBound else { throw PlanOrder.full }
    let set = "UPDATE school_plan_topics SET number = ? WHERE id = ?"
    // Aside, behind the last one: closing the gap takes it along, and so does making room for it.
    try transaction.query(set, [JSONValue(last + 1), JSONValue(old.id)])
    var moved = try PlanOrder.close(old.number, in: old.group, transaction)
    moved += try PlanOrder.open(new.number, in: old.group, transaction)
    try transaction.query(set, [JSONValue(new.number), JSONValue(old.id)])
    return moved.filter { $0 != old.id }
  }

  @Sendable private static func removed(_ call: Call) throws -> Outcome {
    let id = try Arguments(call).requiredID("topic")
    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let old = try TopicRecord.require(id, transaction)
      let name = try RecordName.words(id, transaction).capitalized
      try transaction.query("DELETE FROM school_plan_topics WHERE id = ?", [JSONValue(id)])
      let moved = try PlanOrder.close(old.number, in: old.group, transaction)
      var record = RosterRecord(id, old: old.json, touched: moved)
      record.name = name
      try written(&record, old.group, change)
      return Outcome(result: ["topic": JSONValue(id)])
    }
  }

  private static func written(
    _ record: inout RosterRecord, _ group: String, _ change: RosterChange
  ) throws {
    record.emit(SchoolEvent.planChanged, ["groupId": JSONValue(group)])
    try record.write(change)
  }
}
