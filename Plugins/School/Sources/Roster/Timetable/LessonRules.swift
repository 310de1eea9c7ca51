import PluginKit

/// What makes no sense in a timetable, and is refused.
extension LessonRecord {
  /// Checks where the lesson is to stand; `old` is where it stood, nil for a new one.
  func checkPlace(against old: LessonRecord?, _ change: RosterChange) throws {
    let isMoved = old == nil || old?.date != date || old?.number != number
    guard isMoved || old?.starts != starts || old?.ends != ends else { return }
    if let old, try change.isOver(old.date, old.ends) {
      throw Self.held(
        old, Text("перенести его нельзя, он в журнале", en: "cannot be moved: it stands in the journal"))
    }
    if isMoved { try checkYear(change) }
    // It could not be taken back from there.
    guard try !change.isOver(date, ends) else {
      throw PluginError.invalid(
        isMoved ? "date" : "ends",
        Text(
          "\(place.ru), закончился бы в \(ends): это время прошло. Выберите то, что впереди",
          en: "\(place.en), would have ended at \(ends): that time has passed. Choose one to come"),
        kind: "school.lessonPast")
    }
    if isMoved { try refuseTwin(change.transaction) }
  }

  /// Refuses to remove a lesson that was held.
  func checkRemoval(_ change: RosterChange) throws {
    guard try change.isOver(date, ends) else { return }
    throw Self.held(
      self, Text("удалить его нельзя, он в журнале", en: "cannot be removed: it stands in the journal"))
  }

  private static func held(_ lesson: LessonRecord, _ consequence: Text) -> PluginError {
    PluginError(
      "school.lessonHeld",
      Text(
        "Урок закончился (\(lesson.place.ru), до \(lesson.ends)): \(consequence.ru)",
        en: "The lesson is over (\(lesson.place.en), until \(lesson.ends)) and \(consequence.en)"))
  }

  private func checkYear(_ change: RosterChange) throws {
    let year = try AcademicYear.current(change)
    guard !(year.starts...year.ends).contains(date) else { return }
    throw PluginError.invalid(
      "date",
      Text(
        "Дата вне учебного года: \(CivilDate.display(year.starts)) – \(CivilDate.display(year.ends))",
        en: "The date is not in the academic year, \(year.starts) to \(year.ends)"))
  }

  private func refuseTwin(_ transaction: Transaction) throws {
    let other = try transaction.first(
      "SELECT id, group_title FROM school_lessons WHERE group_id = ? AND date = ? AND number = ? AND id <> ?",
      [JSONValue(group), JSONValue(date), JSONValue(number), JSONValue(id)])
    guard let other else { return }
    let title = other["group_title"]?.string ?? ""
    throw PluginError(
      "school.lessonExists",
      Text(
        "У группы «\(title)» уже есть этот урок: \(place.ru)",
        en: "The group '\(title)' has that lesson already: \(place.en)"),
      code: -32602,
      issues: [
        PluginError.Issue(
          path: "/number",
          Text("У группы «\(title)» уже есть этот урок", en: "The group '\(title)' has that lesson already"))
      ], data: ["lesson": other["id"] ?? .null])
  }
}
