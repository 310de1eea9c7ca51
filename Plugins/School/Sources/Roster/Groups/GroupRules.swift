import PluginKit

/// What makes no sense in a group.
extension GroupRecord {
  /// Checks the group as it is to be; `old` is what it was, nil for a new one.
  func check(against old: GroupRecord?, _ transaction: Transaction) throws {
    try checkClasses(transaction)
    if let teacher, teacher != old?.teacher { _ = try Employed.require(teacher, argument: "teacher", transaction) }
    // Whoever has left the classes since was taken out then; a group may even be empty for a while.
    if members != old?.members || classes != old?.classes { try checkMembers(transaction) }
    try refuseTwin(transaction)
  }

  private func checkClasses(_ transaction: Transaction) throws {
    guard !classes.isEmpty else {
      throw PluginError.invalid("classes", Text("Выберите хотя бы один класс", en: "Choose at least one class"))
    }
    for id in classes { _ = try ClassRecord.require(id, transaction) }
  }

  private func checkMembers(_ transaction: Transaction) throws {
    guard let members else { return }
    guard !members.isEmpty else {
      throw PluginError.invalid(
        "members",
        Text(
          "В группе нет учеников: выберите их или отметьте «Весь класс»",
          en: "The group has no pupils: choose them, or the whole class"))
    }
    var strangers: [String] = []
    for id in members {
      let row = try transaction.first(
        "SELECT full_name, class_title, class_id FROM school_pupils WHERE id = ?", [JSONValue(id)])
      guard let row, let name = row["full_name"]?.string else { throw PluginError.notFound("pupil", id) }
      guard !classes.contains(row["class_id"]?.string ?? "") else { continue }
      strangers.append(row["class_id"]?.string == nil ? name : "\(name) (\(row["class_title"]?.string ?? ""))")
    }
    guard let first = strangers.first else { return }
    let names = strangers.prefix(3).joined(separator: ", ") + (strangers.count > 3 ? "…" : "")
    throw PluginError.invalid(
      "members",
      strangers.count == 1
        ? Text("\(first) не учится в классах группы", en: "\(first) does not learn in the group's classes")
        : Text(
          "Не учатся в классах группы (\(strangers.count)): \(names)",
          en: "\(strangers.count) do not learn in the group's classes: \(names)"), kind: "school.notInClass")
  }

  /// The same subject for the same classes in the same part would be the same group.
  private func refuseTwin(_ transaction: Transaction) throws {
    let rows = try transaction.rows(
      """
      SELECT g.id, g.title, (SELECT group_concat(class_id, ' ') FROM (
        SELECT class_id FROM school_group_classes WHERE group_id = g.id ORDER BY class_id)) AS ids
      FROM school_groups g JOIN school_subjects s ON s.id = g.subject_id
      WHERE g.archived = 0 AND shell_fold(s.title) = shell_fold(?) AND shell_fold(g.part) = shell_fold(?) AND g.id <> ?
      """, [JSONValue(subject), JSONValue(part), JSONValue(id)])
    let own = classes.sorted().joined(separator: " ")
    guard let twin = rows.first(where: { $0["ids"]?.string == own }), let title = twin["title"]?.string else { return }
    throw PluginError(
      "school.groupExists",
      Text(
        "Группа «\(title)» уже есть. Для подгруппы заполните поле «Подгруппа»",
        en: "There is a group '\(title)' already; name the part for another one"), data: ["group": twin["id"] ?? .null])
  }
}
