import PluginKit

/// `school.addClass {grade, letter, homeroomTeacher?}` → `{class, title}`.
enum AddClass {
  static let command = "school.addClass"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    var arguments = Arguments(call)
    let grade = arguments.integer("grade", ClassRecord.grades)
    arguments.require(["grade"], given: [grade != nil])
    let letter = ClassRecord.letter(&arguments, optional: false)
    let teacher = arguments.id("homeroomTeacher")
    try arguments.check()
    guard let grade, let letter else { throw PluginError.invalid("grade", Text("Обязательное поле", en: "Required")) }

    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      try ClassRecord.refuseLabel(grade, letter, except: nil, transaction)
      if let teacher { _ = try Employed.require(teacher, argument: "homeroomTeacher", transaction) }
      let row = try transaction.first(
        """
        INSERT INTO school_classes(grade, letter, cohort, homeroom_teacher_id) VALUES (?, ?, ?, ?) RETURNING id, title
        """,
        [
          JSONValue(grade), JSONValue(letter), JSONValue(try cohort(grade, letter, change)),
          JSONValue(teacher),
        ])
      let id = row?["id"]?.string ?? ""
      var record = RosterRecord(id)
      record.new = [
        "grade": JSONValue(grade), "letter": JSONValue(letter), "homeroomTeacher": JSONValue(teacher),
      ]
      record.emit(SchoolEvent.classChanged, ["classId": JSONValue(id)])
      try record.write(change)
      return Outcome(result: ["class": JSONValue(id), "title": row?["title"] ?? .null])
    }
  }

  /// What makes the class itself for all its years: the year in which its pupils started, and its first letter. Where
  /// a school forms a second class of that name, a number tells it apart.
  private static func cohort(_ grade: Int, _ letter: String, _ change: RosterChange) throws -> String {
    let year = try AcademicYear.current(change)
    let name = "\(year.startYear - grade + 1)\(letter)"
    let taken = try change.transaction.rows(
      "SELECT cohort FROM school_classes WHERE cohort = ? OR cohort GLOB ? || '-*'", [JSONValue(name), JSONValue(name)]
    ).compactMap { $0["cohort"]?.string }
    guard taken.contains(name) else { return name }
    var number = 2
    while taken.contains("\(name)-\(number)") { number += 1 }
    return "\(name)-\(number)"
  }
}
