import PluginKit

/// The members of a group that is a part of its classes.
enum GroupMembers {
  /// Adds pupils who are no members yet, and counts them.
  static func add(_ pupils: [String], to group: String, _ transaction: Transaction) throws {
    guard !pupils.isEmpty else { return }
    try transaction.insertMany(
      "INSERT INTO school_group_members(group_id, pupil_id) VALUES (?, ?)",
      JSONValue(pupils.map { [JSONValue(group), JSONValue($0)] as JSONValue }))
    try transaction.query(
      "UPDATE school_groups SET pupils = pupils + ? WHERE id = ? AND whole_class = 0",
      [JSONValue(pupils.count), JSONValue(group)])
  }
}
