import PluginKit

/// `school.copyPlan {from, to, replace?}` → `{topics}`: gives a group the topics of another one. A plan that is there
/// already stands in the way unless `replace`.
enum CopyPlan {
  static let command = "school.copyPlan"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let arguments = Arguments(call)
    let (from, to) = (try arguments.requiredID("from"), try arguments.requiredID("to"))
    guard from != to else {
      throw PluginError.invalid("to", Text("Выберите другую группу", en: "Choose another group"))
    }
    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let source = try transaction.first("SELECT title FROM school_groups WHERE id = ?", [JSONValue(from)])
      guard let source else { throw PluginError.notFound("group", from) }
      let target = try GroupRecord.require(to, transaction)
      let old = try PlanOrder.places(to, transaction)
      if !old.isEmpty, call.params["replace"]?.bool != true {
        throw PluginError.invalid(
          "to",
          Text(
            "У группы «\(target.title)» уже есть КТП, тем: \(old.count). Чтобы заменить его, отметьте «Заменить»",
            en: "The group '\(target.title)' has a plan of \(old.count) topics; say that it is to be replaced"),
          kind: "school.planExists")
      }
      try transaction.query("DELETE FROM school_plan_topics WHERE group_id = ?", [JSONValue(to)])
      try transaction.query(
        """
        INSERT INTO school_plan_topics(group_id, number, title, hours, group_title)
        SELECT g.id, row_number() OVER (ORDER BY t.number), t.title, t.hours, g.title
        FROM school_plan_topics t, school_groups g WHERE t.group_id = ? AND g.id = ?
        """, [JSONValue(from), JSONValue(to)])
      let new = try PlanOrder.places(to, transaction)
      guard !new.isEmpty else {
        let title = source["title"]?.string ?? from
        throw PluginError.invalid(
          "from", Text("У группы «\(title)» нет КТП", en: "The group '\(title)' has no plan"), kind: "school.planEmpty")
      }
      var record = RosterRecord(
        to, old: ["topics": JSONValue(old.count)], new: ["topics": JSONValue(new.count), "from": JSONValue(from)],
        touched: old.map(\.id) + new.map(\.id))
      record.emit(SchoolEvent.planChanged, ["groupId": JSONValue(to)])
      try record.write(change)
      return Outcome(result: ["topics": JSONValue(new.count)])
    }
  }
}
