import PluginKit

/// `school.changeClass {class, grade?, letter?, homeroomTeacher?}` → `{changed: [name]}`, and
/// `school.setHomeroomTeacher {class, employee}` → the same. What is absent stays; a teacher who is null leaves.
///
/// A class with another label is the same class: pupils, groups and chats stay its own.
enum ChangeClass {
  static let command = "school.changeClass"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command) { call throws -> Outcome in try run(call, teacherArgument: "homeroomTeacher") }
    plugin.command("school.setHomeroomTeacher") { call throws -> Outcome in
      guard call.params["employee"] != nil else {
        throw PluginError.invalid("employee", Text("Обязательное поле", en: "Required"))
      }
      return try run(call, teacherArgument: "employee")
    }
  }

  private static func run(_ call: Call, teacherArgument: String) throws -> Outcome {
    var arguments = Arguments(call)
    let id = try arguments.requiredID("class")
    arguments.refuseEmpty(["grade"])
    let grade = arguments.integer("grade", ClassRecord.grades)
    let letter = ClassRecord.letter(&arguments, optional: true)
    try arguments.check()

    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let old = try ClassRecord.require(id, transaction)
      var new = old
      new.grade = grade ?? old.grade
      new.letter = letter ?? old.letter
      if arguments.has(teacherArgument) { new.homeroomTeacher = arguments.id(teacherArgument) }
      var differences = Differences()
      differences.add("grade", JSONValue(old.grade), JSONValue(new.grade))
      differences.add("letter", JSONValue(old.letter), JSONValue(new.letter))
      differences.add("homeroomTeacher", JSONValue(old.homeroomTeacher), JSONValue(new.homeroomTeacher))
      guard !differences.isEmpty else { return Outcome(result: ["changed": []]) }

      if new.title != old.title { try ClassRecord.refuseLabel(new.grade, new.letter, except: id, transaction) }
      if let teacher = new.homeroomTeacher, teacher != old.homeroomTeacher {
        _ = try Employed.require(teacher, argument: teacherArgument, transaction)
      }
      try transaction.query(
        "UPDATE school_classes SET grade = ?, letter = ?, homeroom_teacher_id = ? WHERE id = ?",
        [JSONValue(new.grade), JSONValue(new.letter), JSONValue(new.homeroomTeacher), JSONValue(id)])
      var record = RosterRecord(id, old: differences.oldJSON, new: differences.newJSON)
      record.emit(SchoolEvent.classChanged, ["classId": JSONValue(id)])
      try record.write(change)
      return Outcome(result: ["changed": JSONValue(differences.names.map { JSONValue($0) })])
    }
  }
}
