import PluginKit

/// `school.linkParent {parent, pupil, relation?}` and `school.unlinkParent {parent, pupil}` → `{parent, pupil}`.
/// Linking a pair that is linked changes the relation.
enum LinkParent {
  static func register(in plugin: inout PluginDefinition) {
    plugin.command("school.linkParent", link)
    plugin.command("school.unlinkParent", unlink)
  }

  @Sendable private static func link(_ call: Call) throws -> Outcome {
    var arguments = Arguments(call)
    let (id, pupil) = (try arguments.requiredID("parent"), try arguments.requiredID("pupil"))
    let relation = arguments.relation("relation", call.params["relation"]) ?? .relative
    try arguments.check()
    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let parent = try ParentRecord.require(id, transaction)
      let old = try ParentLinks.children(of: id, transaction).first { $0.pupil == pupil }
      let child = ParentLinks.Child(pupil: pupil, relation: relation)
      guard old != child else {
        throw PluginError(
          "school.linkExists",
          Text(
            "\(parent.fullName) уже записан у этого ученика: \(relation.title.ru.lowercased())",
            en: "\(parent.fullName) is this pupil's \(relation.rawValue) already"))
      }
      var record = RosterRecord(parent.id)
      try ParentLinks.link(parent, child, &record, transaction)
      record.old = old.map { ParentLinks.json([$0]) }
      record.new = ParentLinks.json([child])
      try record.write(change)
      return Outcome(result: ["parent": JSONValue(id), "pupil": JSONValue(pupil)])
    }
  }

  @Sendable private static func unlink(_ call: Call) throws -> Outcome {
    let arguments = Arguments(call)
    let (id, pupil) = (try arguments.requiredID("parent"), try arguments.requiredID("pupil"))
    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let parent = try ParentRecord.require(id, transaction)
      guard let child = try ParentLinks.children(of: id, transaction).first(where: { $0.pupil == pupil }) else {
        throw PluginError(
          "school.linkMissing",
          Text("У этого ученика нет такого родителя", en: "This pupil has no such parent"),
          data: ["parent": JSONValue(id), "pupil": JSONValue(pupil)])
      }
      var record = RosterRecord(parent.id, old: ParentLinks.json([child]))
      try ParentLinks.unlink(parent, pupil, &record, transaction)
      try record.write(change)
      return Outcome(result: ["parent": JSONValue(id), "pupil": JSONValue(pupil)])
    }
  }
}
