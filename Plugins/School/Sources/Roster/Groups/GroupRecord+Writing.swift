import PluginKit

extension GroupRecord {
  /// Writes a new group: its id, and its subject's.
  func insert(_ change: RosterChange) throws -> (id: String, subject: String) {
    let transaction = change.transaction
    let subjectID = try Subjects.id(of: subject, transaction)
    let row = try transaction.first(
      """
      INSERT INTO school_groups(year_id, subject_id, subject, part, whole_class, teacher_id, teacher)
      VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id
      """,
      [
        JSONValue(try AcademicYear.current(change).id), JSONValue(subjectID), JSONValue(subject),
        JSONValue(part), JSONValue(members == nil ? 1 : 0), JSONValue(teacher),
        JSONValue(try Employed.name(teacher, transaction) ?? ""),
      ])
    let id = row?["id"]?.string ?? ""
    try addClasses(classes, to: id, transaction)
    try GroupMembers.add(members ?? [], to: id, transaction)
    return (id, subjectID)
  }

  /// Writes what is different from `old`.
  func update(from old: GroupRecord, _ record: inout RosterRecord, _ transaction: Transaction) throws {
    if subject != old.subject || part != old.part || teacher != old.teacher {
      let subjectID = try Subjects.id(of: subject, transaction)
      try transaction.query(
        "UPDATE school_groups SET subject_id = ?, subject = ?, part = ?, teacher_id = ? WHERE id = ?",
        [JSONValue(subjectID), JSONValue(subject), JSONValue(part), JSONValue(teacher), JSONValue(id)])
      record.touched.append(subjectID)
    }
    if members != old.members {
      // Emptied before the switch and filled after it: the count of pupils is kept for groups that are a part only.
      for pupil in old.members ?? [] where members?.contains(pupil) != true {
        try transaction.query(
          "DELETE FROM school_group_members WHERE group_id = ? AND pupil_id = ?", [JSONValue(id), JSONValue(pupil)])
        record.touched.append(pupil)
      }
      if (members == nil) != (old.members == nil) {
        try transaction.query(
          """
          UPDATE school_groups SET whole_class = :whole, pupils = CASE :whole WHEN 0 THEN 0 ELSE (
            SELECT coalesce(sum(c.pupils), 0) FROM school_group_classes gc JOIN school_classes c ON c.id = gc.class_id
            WHERE gc.group_id = :id) END WHERE id = :id
          """, ["id": JSONValue(id), "whole": JSONValue(members == nil ? 1 : 0)])
      }
    }
    for gone in old.classes where !classes.contains(gone) {
      try transaction.query(
        "DELETE FROM school_group_classes WHERE group_id = ? AND class_id = ?", [JSONValue(id), JSONValue(gone)])
      record.touched.append(gone)
    }
    let newClasses = classes.filter { !old.classes.contains($0) }
    try addClasses(newClasses, to: id, transaction)
    let newMembers = (members ?? []).filter { old.members?.contains($0) != true }
    try GroupMembers.add(newMembers, to: id, transaction)
    record.touched += newClasses + newMembers
  }

  private func addClasses(_ classes: [String], to id: String, _ transaction: Transaction) throws {
    for added in classes {
      try transaction.query(
        "INSERT INTO school_group_classes(group_id, class_id) VALUES (?, ?)", [JSONValue(id), JSONValue(added)])
    }
  }
}
