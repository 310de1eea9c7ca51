import PluginKit

/// The academic year that runs now.
struct AcademicYear: Sendable {
  let id: String
  let startYear: Int
  let starts: String
  let ends: String

  /// The year that is marked as current; a school that has none yet gets the one that today is in.
  static func current(_ change: RosterChange) throws -> AcademicYear {
    let transaction = change.transaction
    let sql = "SELECT id, starts, ends FROM school_academic_years WHERE is_current = 1"
    if let row = try transaction.first(sql) { return AcademicYear(row) }
    let year = SchoolYear(on: change.today)
    try transaction.query(
      """
      INSERT INTO school_academic_years(title, starts, ends, is_current) VALUES (?, ?, ?, 1)
      ON CONFLICT (title) DO UPDATE SET is_current = 1
      """, [JSONValue(year.title), JSONValue(year.starts.text), JSONValue(year.ends.text)])
    guard let row = try transaction.first(sql) else { throw PluginError.notFound("academicYear", year.title) }
    return AcademicYear(row)
  }

  private init(_ row: JSONValue) {
    id = row["id"]?.string ?? ""
    starts = row["starts"]?.string ?? ""
    ends = row["ends"]?.string ?? ""
    startYear = Int(starts.prefix(4)) ?? 0
  }
}
