import PluginKit

/// What a roll-over would do to the school as it stands: shown as the preview, and carried out as it was shown.
struct RollOverPlan {
  struct Class {
    let id: String
    let title: String
    let grade: Int
    let letter: String
    let pupils: Int
    /// Whether its pupils graduate; else it moves up a grade.
    let leaves: Bool

    /// The label of next year; nil for a class that leaves.
    var next: String? { leaves ? nil : "\(grade + 1)\(letter)" }
  }

  let from: AcademicYear
  /// The year that begins.
  let to: SchoolYear
  /// From the highest grade down, so that a label is free when a class takes it.
  let classes: [Class]
  /// Groups that go on in the new year, and groups of classes that leave.
  let groups: Int
  let endingGroups: Int
  /// Lessons after today, which are no longer given.
  let lessons: Int
  let today: CivilDate

  /// Nobody moves up from this grade on.
  static let lastGrade = 11

  var graduates: Int { classes.filter(\.leaves).reduce(0) { $0 + $1.pupils } }

  /// `leaving`: ids of the classes whose pupils graduate; nil: those of the last grades.
  static func make(_ call: Call, leaving: Set<String>?, _ transaction: Transaction) throws -> RollOverPlan {
    let today = try SchoolDay.today(call, transaction)
    let from = try AcademicYear.current(RosterChange(call: call, transaction: transaction, today: today))
    let rows = try transaction.rows(
      "SELECT id, title, grade, letter, pupils FROM school_classes WHERE archived = 0 ORDER BY grade DESC, letter")
    let classes = rows.map { row -> Class in
      let (id, grade) = (row["id"]?.string ?? "", row["grade"]?.int ?? 0)
      return Class(
        id: id, title: row["title"]?.string ?? "", grade: grade, letter: row["letter"]?.string ?? "",
        pupils: row["pupils"]?.int ?? 0,
        leaves: grade >= ClassRecord.grades.upperBound || (leaving?.contains(id) ?? (grade >= lastGrade)))
    }
    let going = JSONValue(JSONValue(classes.filter { !$0.leaves }.map { JSONValue($0.id) }).text())
    let counts = try transaction.first(
      """
      SELECT count(*) AS groups, coalesce(sum(EXISTS (SELECT 1 FROM school_group_classes gc
        JOIN json_each(?) k ON k.value = gc.class_id WHERE gc.group_id = g.id)), 0) AS going
      FROM school_groups g WHERE g.archived = 0
      """, [going])
    let groups = counts?["going"]?.int ?? 0
    let ahead = try transaction.first(
      "SELECT count(*) AS lessons FROM school_lessons WHERE date > ?", [JSONValue(today.text)])
    return RollOverPlan(
      from: from, to: SchoolYear(startYear: from.startYear + 1), classes: classes, groups: groups,
      endingGroups: (counts?["groups"]?.int ?? 0) - groups, lessons: ahead?["lessons"]?.int ?? 0, today: today)
  }

  /// Refuses what makes no sense, with the reason.
  func check(leaving: Set<String>?) throws(PluginError) {
    guard !classes.isEmpty else {
      throw .refused("noClasses", Text("Классов нет: переводить некого", en: "There are no classes to move up"))
    }
    if let stranger = leaving?.first(where: { id in !classes.contains { $0.id == id } }) {
      throw .notFound("class", stranger)
    }
    // A second press in one summer would move everybody up twice.
    if let starts = CivilDate(text: from.starts), starts > today {
      throw .refused(
        "alreadyRolledOver",
        Text(
          "Перевод уже сделан: \(from.startYear)/\(from.startYear + 1) учебный год начнётся \(starts.display)",
          en: "The roll-over has been made: the year \(from.startYear)/\(from.startYear + 1) starts on \(starts.text)"))
    }
  }

  /// `{from, to, classes: [{id, from, to?, pupils}], graduates, groups, endingGroups, lessons}`.
  var json: JSONValue {
    [
      "from": JSONValue("\(from.startYear)/\(from.startYear + 1)"), "to": JSONValue(to.title),
      "classes": JSONValue(
        classes.reversed().map { record -> JSONValue in
          let base: JSONValue = [
            "id": JSONValue(record.id), "from": JSONValue(record.title), "pupils": JSONValue(record.pupils),
          ]
          return record.next.map { base.setting("to", JSONValue($0)) } ?? base
        }), "graduates": JSONValue(graduates), "groups": JSONValue(groups), "endingGroups": JSONValue(endingGroups),
      "lessons": JSONValue(lessons),
    ]
  }
}
