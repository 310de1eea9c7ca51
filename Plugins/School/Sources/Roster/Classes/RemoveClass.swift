import PluginKit

/// `school.removeClass {class}` → `{class}`: puts a class away in which nobody learns and that nothing is taught to.
/// It is archived, not deleted: those who left it keep their last class.
enum RemoveClass {
  static let command = "school.removeClass"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let id = try Arguments(call).requiredID("class")
    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let old = try ClassRecord.require(id, transaction)
      guard old.pupils == 0 else {
        throw PluginError(
          "school.classHasPupils",
          Text(
            "В классе \(old.title) учеников: \(old.pupils). Сначала переведите или отчислите их",
            en: "\(old.pupils) pupils learn in \(old.title): transfer or expel them first"))
      }
      try refuseGroups(old, transaction)
      try transaction.query("UPDATE school_classes SET archived = 1 WHERE id = ?", [JSONValue(id)])
      var record = RosterRecord(id, old: ["archived": false], new: ["archived": true])
      record.emit(SchoolEvent.classChanged, ["classId": JSONValue(id)])
      try record.write(change)
      return Outcome(result: ["class": JSONValue(id)])
    }
  }

  private static func refuseGroups(_ record: ClassRecord, _ transaction: Transaction) throws {
    let groups = try transaction.rows(
      """
      SELECT g.title FROM school_group_classes gc JOIN school_groups g ON g.id = gc.group_id
      WHERE gc.class_id = ? AND g.archived = 0 ORDER BY g.title COLLATE russian
      """, [JSONValue(record.id)]
    ).compactMap { $0["title"]?.string }
    guard let first = groups.first else { return }
    throw PluginError(
      "school.classHasGroups",
      Text(
        "У класса \(record.title) есть группы (\(groups.count), первая: «\(first)»): сначала удалите их",
        en: "\(record.title) has \(groups.count) groups, '\(first)' first: remove them before"))
  }
}
