import PluginKit

/// One topic of a group's plan (КТП).
struct TopicRecord: Sendable {
  var id = ""
  let group: String
  var number = 0
  var title = ""
  var hours = 1

  init(group: String) { self.group = group }

  static func require(_ id: String, _ transaction: Transaction) throws -> TopicRecord {
    let row = try transaction.first("SELECT * FROM school_plan_topics WHERE id = ?", [JSONValue(id)])
    guard let row else { throw PluginError.notFound("topic", id) }
    var topic = TopicRecord(group: row["group_id"]?.string ?? "")
    topic.id = id
    topic.number = row["number"]?.int ?? 0
    topic.title = row["title"]?.string ?? ""
    topic.hours = row["hours"]?.int ?? 1
    return topic
  }

  mutating func apply(_ arguments: inout Arguments, isNew: Bool) {
    if !isNew { arguments.refuseEmpty(["number", "hours"]) }
    if let title = arguments.requiredText("title", atMost: 500, optional: !isNew) { self.title = title }
    if let hours = arguments.integer("hours", 1...100) { self.hours = hours }
    if let number = arguments.integer("number", PlanOrder.numbers) { self.number = number }
  }

  /// Refuses a number that would leave a hole before it.
  func checkNumber(last: Int) throws(PluginError) {
    guard number > last else { return }
    throw .invalid(
      "number", Text("Номер темы: от 1 до \(last)", en: "A topic's number is 1 to \(last)"))
  }

  func differences(from old: TopicRecord) -> Differences {
    var differences = Differences()
    differences.add("number", JSONValue(old.number), JSONValue(number))
    differences.add("title", JSONValue(old.title), JSONValue(title))
    differences.add("hours", JSONValue(old.hours), JSONValue(hours))
    return differences
  }

  var json: JSONValue {
    [
      "group": JSONValue(group), "number": JSONValue(number), "title": JSONValue(title), "hours": JSONValue(hours),
    ]
  }
}
