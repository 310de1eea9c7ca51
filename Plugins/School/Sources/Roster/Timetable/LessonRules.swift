import PluginKit

/// What makes no sense in a timetable, and is refused.
extension LessonRecord {
  /// Checks where the lesson is to stand; `old` is where it stood, nil for a new one.
  func checkPlace(against old: LessonRecord?, _ change: RosterChange) throws {
    guard old == nil || old?.date != date || old?.number != number else { return }
    if let old, old.date < change.today.text {
      throw PluginError(
        "school.lessonHeld",
        Text(
          "Урок прошёл (\(old.place.ru)): перенести его нельзя, он в журнале",
          en: "The lesson is over (\(old.place.en)) and cannot be moved: it stands in the journal"))
    }
    let year = try AcademicYear.current(change)
    guard (year.starts...year.ends).contains(date) else {
      throw PluginError.invalid(
        "date",
        Text(
          "Дата вне учебного года: \(CivilDate.display(year.starts)) – \(CivilDate.display(year.ends))",
          en: "The date is not in the academic year, \(year.starts) to \(year.ends)"))
    }
    let other = try change.transaction.first(
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

  /// Refuses to remove a lesson that was held.
  func checkRemoval(_ change: RosterChange) throws {
    guard date < change.today.text else { return }
    throw PluginError(
      "school.lessonHeld",
      Text(
        "Урок прошёл (\(place.ru)): удалить его нельзя, он в журнале",
        en: "The lesson is over (\(place.en)) and cannot be removed: it stands in the journal"))
  }
}
