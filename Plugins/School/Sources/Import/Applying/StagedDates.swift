/// Dated lessons and plan topics go the same way from their file to their registry; this is what differs.
struct StagedDates {
  let staged: String
  let roster: RosterTable
  /// The staged column with the number of our record.
  let record: String
  let registry: RosterCounts.Registry
  let file: RosterFile
  /// What names a row inside its group.
  let slot: [String]
  let columns: [String]
  /// Columns that no file has: they stay when a row moves.
  let carried: [String]

  static let lessons = StagedDates(
    staged: "school_staged_lessons", roster: .lessons, record: "lesson_n", registry: .timetable, file: .lessons,
    slot: ["date", "number"], columns: ["date", "number", "starts", "ends", "room"],
    carried: ["substitute_id", "cancelled"])
  static let topics = StagedDates(
    staged: "school_staged_topics", roster: .topics, record: "topic_n", registry: .plans, file: .plans,
    slot: ["number"], columns: ["number", "title", "hours"], carried: [])
  static let all = [lessons, topics]
}
