import PluginKit

/// A group: a subject taught to classes, or to a part of them, by a teacher.
struct GroupRecord: Sendable {
  let id: String
  let title: String
  var subject: String
  var part: String
  var teacher: String?
  var classes: [String]
  /// Nil: the group is all pupils of its classes, whoever they are.
  var members: [String]?

  /// A group that is not archived.
  static func require(_ id: String, _ transaction: Transaction) throws -> GroupRecord {
    let row = try transaction.first("SELECT * FROM school_groups WHERE id = ?", [JSONValue(id)])
    guard let row else { throw PluginError.notFound("group", id) }
    guard row["archived"]?.int == 0 else {
      let title = row["title"]?.string ?? id
      throw PluginError(
        "school.groupArchived", Text("Группа «\(title)» в архиве", en: "The group '\(title)' is archived"))
    }
    return try GroupRecord(row, transaction)
  }

  private init(_ row: JSONValue, _ transaction: Transaction) throws {
    id = row["id"]?.string ?? ""
    title = row["title"]?.string ?? ""
    subject = row["subject"]?.string ?? ""
    part = row["part"]?.string ?? ""
    teacher = row["teacher_id"]?.string
    classes = try transaction.rows(
      """
      SELECT gc.class_id AS id FROM school_group_classes gc JOIN school_classes c ON c.id = gc.class_id
      WHERE gc.group_id = ? ORDER BY c.grade, c.letter
      """, [JSONValue(id)]
    ).compactMap { $0["id"]?.string }
    guard row["whole_class"]?.int == 0 else { return }
    members = try transaction.rows(
      """
      SELECT m.pupil_id AS id FROM school_group_members m JOIN school_pupils u ON u.id = m.pupil_id
      WHERE m.group_id = ? ORDER BY u.full_name COLLATE russian, u.id
      """, [JSONValue(id)]
    ).compactMap { $0["id"]?.string }
  }

  /// A group that is about to be added.
  init(subject: String, part: String, teacher: String?, classes: [String], members: [String]?) {
    id = ""
    title = ""
    self.subject = subject
    self.part = part
    self.teacher = teacher
    self.classes = classes
    self.members = members
  }

  func differences(from old: GroupRecord) -> Differences {
    var differences = Differences()
    differences.add("subject", JSONValue(old.subject), JSONValue(subject))
    differences.add("part", JSONValue(old.part), JSONValue(part))
    differences.add("teacher", JSONValue(old.teacher), JSONValue(teacher))
    differences.add("classes", Self.json(old.classes.sorted()), Self.json(classes.sorted()))
    differences.add("members", Self.json(old.members?.sorted()), Self.json(members?.sorted()))
    return differences
  }

  /// For audit lines; null where the members are the whole class.
  static func json(_ ids: [String]?) -> JSONValue { ids.map { JSONValue($0.map { JSONValue($0) }) } ?? .null }
}
