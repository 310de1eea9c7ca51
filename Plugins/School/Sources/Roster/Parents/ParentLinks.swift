import PluginKit

/// Parents and pupils, tied to each other.
enum ParentLinks {
  struct Child: Equatable, Sendable {
    let pupil: String
    let relation: Relation
  }

  static func children(of parent: String, _ transaction: Transaction) throws -> [Child] {
    try transaction.rows(
      """
      SELECT k.pupil_id, k.relation FROM school_parent_links k JOIN school_pupils u ON u.id = k.pupil_id
      WHERE k.parent_id = ? ORDER BY u.class_order COLLATE russian, k.n
      """, [JSONValue(parent)]
    ).compactMap { row in
      guard let pupil = row["pupil_id"]?.string, let relation = Relation(rawValue: row["relation"]?.string ?? "") else {
        return nil
      }
      return Child(pupil: pupil, relation: relation)
    }
  }

  static func link(
    _ parent: ParentRecord, _ child: Child, _ record: inout RosterRecord, _ transaction: Transaction
  ) throws {
    let pupil = try transaction.first("SELECT person_id FROM school_pupils WHERE id = ?", [JSONValue(child.pupil)])
    guard let pupil else { throw PluginError.notFound("pupil", child.pupil) }
    guard pupil["person_id"]?.string != parent.personID else {
      throw PluginError(
        "school.ownParent",
        Text("\(parent.fullName) не может быть своим родителем", en: "\(parent.fullName) cannot be their own parent"))
    }
    try transaction.query(
      """
      INSERT INTO school_parent_links(parent_id, pupil_id, relation) VALUES (?, ?, ?)
      ON CONFLICT (parent_id, pupil_id) DO UPDATE SET relation = excluded.relation
      """, [JSONValue(parent.id), JSONValue(child.pupil), JSONValue(child.relation.rawValue)])
    try touch(parent, child.pupil, &record, transaction)
    try emit("linked", parent, child.pupil, &record)
  }

  static func unlink(
    _ parent: ParentRecord, _ pupil: String, _ record: inout RosterRecord, _ transaction: Transaction
  ) throws {
    try touch(parent, pupil, &record, transaction)
    try transaction.query(
      "DELETE FROM school_parent_links WHERE parent_id = ? AND pupil_id = ?", [JSONValue(parent.id), JSONValue(pupil)])
    try emit("unlinked", parent, pupil, &record)
  }

  /// Makes these and no others the parent's children.
  static func replace(
    _ parent: ParentRecord, with wanted: [Child], _ record: inout RosterRecord, _ transaction: Transaction
  ) throws {
    let now = try children(of: parent.id, transaction)
    for child in now where !wanted.contains(where: { $0.pupil == child.pupil }) {
      try unlink(parent, child.pupil, &record, transaction)
    }
    for child in wanted where !now.contains(child) { try link(parent, child, &record, transaction) }
  }

  /// For audit lines: `{pupil id: relation}`.
  static func json(_ children: [Child]) -> JSONValue {
    JSONValue(members: children.map { ($0.pupil, JSONValue($0.relation.rawValue)) })
  }

  private static func touch(
    _ parent: ParentRecord, _ pupil: String, _ record: inout RosterRecord, _ transaction: Transaction
  ) throws {
    let link = try transaction.first(
      "SELECT id FROM school_parent_links WHERE parent_id = ? AND pupil_id = ?",
      [JSONValue(parent.id), JSONValue(pupil)])
    if let id = link?["id"]?.string { record.touched.append(id) }
  }

  private static func emit(
    _ change: String, _ parent: ParentRecord, _ pupil: String, _ record: inout RosterRecord
  ) throws {
    record.touched.append(pupil)
    record.emit(
      SchoolEvent.parentChanged,
      ["parentId": JSONValue(parent.id), "pupilId": JSONValue(pupil), "change": JSONValue(change)])
  }
}
