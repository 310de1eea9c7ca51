import PluginKit

/// `school.copyPlan {from, to, replace?}` → `{topics}`: gives a group the topics of another one. A plan that is there
/// already stands in the way unless `replace`; its topics of the same titles are those of the new plan, under the same
/// ids, so that lessons stay bound to them.
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
      let kept = try kept(to, transaction)
      try transaction.query("DELETE FROM school_plan_topics WHERE group_id = ?", [JSONValue(to)])
      try insert(from, to, kept, transaction)
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

  /// The topics that a group has, by title and, of one title, by place: `{title, place, n, source, sourced_id}`.
  private static func kept(_ group: String, _ transaction: Transaction) throws -> JSONValue {
    JSONValue(
      try transaction.rows(
        """
        SELECT n, title, source, sourced_id, row_number() OVER (PARTITION BY title ORDER BY number) AS place
        FROM school_plan_topics WHERE group_id = ?
        """, [JSONValue(group)]))
  }

  /// A topic whose title was there keeps its row's number, and what an import knows it by.
  private static func insert(
    _ from: String, _ to: String, _ kept: JSONValue, _ transaction: Transaction
  ) throws {
    try transaction.query(
      """
      WITH old AS (
        SELECT value ->> 'title' AS title, value ->> 'place' AS place, value ->> 'n' AS n, value ->> 'source' AS source,
          value ->> 'sourced_id' AS sourced_id FROM json_each(:kept)),
      new AS (
        SELECT number, title, hours, row_number() OVER (ORDER BY number) AS position,
          row_number() OVER (PARTITION BY title ORDER BY number) AS place
        FROM school_plan_topics WHERE group_id = :from)
      INSERT INTO school_plan_topics(n, group_id, number, title, hours, group_title, source, sourced_id)
      SELECT old.n, g.id, new.position, new.title, new.hours, g.title, old.source, old.sourced_id
      FROM new JOIN school_groups g ON g.id = :to LEFT JOIN old ON old.title = new.title AND old.place = new.place
      ORDER BY new.position
      """, ["kept": JSONValue(kept.text()), "from": JSONValue(from), "to": JSONValue(to)])
  }
}
