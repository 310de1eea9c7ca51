import PluginKit

/// Carries a plan out, inside one transaction, as an operation that can be undone.
///
/// A class is its pupils: the same row gets the label of the next grade, so its chats stay its own. The year's groups
/// are archived with their lessons and plans, and each that goes on gets a successor with the same subject, teacher
/// and members and an empty plan.
struct RollOver {
  let plan: RollOverPlan
  let operation: Operation
  let call: Call

  private var transaction: Transaction { operation.transaction }

  /// The operation's id.
  static func run(_ plan: RollOverPlan, _ call: Call, _ transaction: Transaction) throws -> String {
    let operation = try Operation.open(
      .rollover,
      title: Text("Перевод на \(plan.to.title) учебный год", en: "Roll-over to the year \(plan.to.title)"), call,
      transaction)
    let run = RollOver(plan: plan, operation: operation, call: call)
    try run.keep()
    let year = try run.startYear()
    // Lessons of the year that ends are no longer given.
    try transaction.query("DELETE FROM school_lessons WHERE date > ?", [JSONValue(plan.today.text)])
    let added = try BulkMode.run(transaction) {
      let groups = try run.archiveGroups()
      try run.graduate()
      try run.moveUp()
      return try run.makeGroups(groups, year: year)
    }
    try operation.close(
      added: added, changed: plan.classes.count - plan.classes.filter(\.leaves).count,
      removed: plan.graduates, summary: plan.json)
    try SchoolAudit.note(call.name, object: operation.id, new: plan.json.removing("classes"), transaction)
    try transaction.emit(
      SchoolEvent.rosterChanged, ["reason": "rolledOver", "operation": JSONValue(operation.id)])
    return operation.id
  }

  private var leaving: [(String, JSONValue)] {
    [("leaving", JSONValue(JSONValue(plan.classes.filter(\.leaves).map { JSONValue($0.id) }).text()))]
  }

  private static let leaves = "class_id IN (SELECT value FROM json_each(:leaving))"

  private func keep() throws {
    try operation.keep(.years, where: "is_current = 1 OR title = :title", [("title", JSONValue(plan.to.title))])
    try operation.keep(.classes, where: "archived = 0")
    try operation.keep(.groups, where: "archived = 0")
    try operation.keep(.pupils, where: "state = 'studying'")
    try operation.keep(.lessons, where: "date > :today", [("today", JSONValue(plan.today.text))])
    try operation.keep(.enrolments, where: "until IS NULL AND \(Self.leaves)", leaving)
  }

  /// Makes the next year the current one; its id.
  private func startYear() throws -> String {
    try transaction.query("UPDATE school_academic_years SET is_current = 0 WHERE is_current = 1")
    let known = try transaction.first(
      "SELECT id FROM school_academic_years WHERE title = ?", [JSONValue(plan.to.title)])
    if let id = known?["id"] {
      try transaction.query("UPDATE school_academic_years SET is_current = 1 WHERE id = ?", [id])
      return id.string ?? ""
    }
    return try operation.inserting(.years) {
      try transaction.first(
        "INSERT INTO school_academic_years(title, starts, ends, is_current) VALUES (?, ?, ?, 1) RETURNING id",
        [JSONValue(plan.to.title), JSONValue(plan.to.starts.text), JSONValue(plan.to.ends.text)])?["id"]?.string ?? ""
    }
  }

  /// Closes the groups of the year that ends; the ids of all that it had.
  private func archiveGroups() throws -> [JSONValue] {
    try transaction.rows("UPDATE school_groups SET archived = 1 WHERE archived = 0 RETURNING id").compactMap {
      $0["id"]
    }
  }

  private func graduate() throws {
    try transaction.query(
      """
      UPDATE school_enrolments SET until = max(since, :today), end_reason = 'graduated'
      WHERE until IS NULL AND \(Self.leaves)
      """, JSONValue(members: leaving + [("today", JSONValue(plan.today.text))]))
    try transaction.query(
      "UPDATE school_classes SET archived = 1 WHERE id IN (SELECT value FROM json_each(:leaving))",
      JSONValue(members: leaving))
  }

  private func moveUp() throws {
    for record in plan.classes where !record.leaves {
      try transaction.query(
        "UPDATE school_classes SET grade = ? WHERE id = ?", [JSONValue(record.grade + 1), JSONValue(record.id)])
    }
  }

  /// A successor for each group that has a class which goes on; how many.
  private func makeGroups(_ old: [JSONValue], year: String) throws -> Int {
    var made = 0
    for group in old {
      let classes = try transaction.rows(
        """
        SELECT gc.class_id AS id FROM school_group_classes gc JOIN school_classes c ON c.id = gc.class_id
        WHERE gc.group_id = ? AND c.archived = 0
        """, [group])
      guard !classes.isEmpty else { continue }
      let key = try takeKey(of: group)
      let id = try operation.inserting(.groups) {
        try transaction.first(
          """
          INSERT INTO school_groups(year_id, subject_id, part, whole_class, teacher_id, subject, teacher, source,
            sourced_id)
          SELECT ?, subject_id, part, whole_class, teacher_id, subject, teacher, ?, ? FROM school_groups WHERE id = ?
          RETURNING id
          """, [JSONValue(year), key["source"] ?? .null, key["sourced_id"] ?? .null, group])?["id"] ?? .null
      }
      for record in classes { try put(record["id"] ?? .null, into: id) }
      try transaction.query(
        """
        INSERT INTO school_group_members(group_id, pupil_id, operation)
        SELECT ?, m.pupil_id, ? FROM school_group_members m JOIN school_pupils u ON u.id = m.pupil_id
        WHERE m.group_id = ? AND u.state = 'studying'
        """, [id, JSONValue(operation.number), group])
      made += 1
    }
    return made
  }

  /// Hands the key by which imports find a group over to its successor: `{source, sourced_id}`, null without one.
  private func takeKey(of group: JSONValue) throws -> JSONValue {
    let key = try transaction.first("SELECT source, sourced_id FROM school_groups WHERE id = ?", [group])
    try transaction.query("UPDATE school_groups SET source = NULL, sourced_id = NULL WHERE id = ?", [group])
    return key ?? .emptyObject
  }

  private func put(_ record: JSONValue, into group: JSONValue) throws {
    try operation.noteAbsent(
      .groupClasses, "SELECT :group AS group_id, :class AS class_id", [("group", group), ("class", record)])
    try transaction.query(
      "INSERT INTO school_group_classes(group_id, class_id) VALUES (?, ?)", [group, record])
  }
}
