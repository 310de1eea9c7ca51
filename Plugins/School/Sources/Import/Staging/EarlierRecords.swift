import PluginKit

/// Records that earlier packages of the source brought, by their ids there.
struct EarlierRecords {
  private(set) var users: [String: (person: Int, role: UserRole?)] = [:]
  private(set) var classes: [String: (record: Int, isHomeroom: Bool)] = [:]
  private(set) var courses: [String: String] = [:]

  init(_ source: String, _ transaction: Transaction) throws {
    let bound: JSONValue = [JSONValue(source)]
    for row in try transaction.rows(
      "SELECT sourced_id AS id, record, role FROM school_source_keys WHERE source = ? AND kind = 'user'", bound)
    {
      guard let id = row["id"]?.string, let record = row["record"]?.int else { continue }
      users[id] = (record, row["role"]?.string.flatMap(UserRole.init))
    }
    for (table, isHomeroom) in [("school_classes", true), ("school_groups", false)] {
      let isOfNow = isHomeroom ? "1" : RosterApply.isOfThisYear
      for row in try transaction.rows(
        "SELECT sourced_id AS id, n FROM \(table) WHERE source = ? AND \(isOfNow)", bound)
      {
        guard let id = row["id"]?.string, let record = row["n"]?.int else { continue }
        classes[id] = (record, isHomeroom)
      }
    }
    for row in try transaction.rows(
      """
      SELECT k.sourced_id AS id, s.title FROM school_source_keys k JOIN school_subjects s ON s.n = k.record
      WHERE k.source = ? AND k.kind = 'course'
      """, bound)
    {
      guard let id = row["id"]?.string, let title = row["title"]?.string else { continue }
      courses[id] = title
    }
  }
}

/// Records of earlier packages that rows of this one refer to, on their way into the staging tables.
final class ReferredRecords {
  private let host: Host
  private var users: (numbers: [Int32], people: [Int32]) = ([], [])
  private var classes: (numbers: [Int32], homeroom: [Int32], records: [Int32]) = ([], [], [])
  private var classIDs = Columns.Texts()

  init(_ host: Host) { self.host = host }

  func addUser(_ number: Int, person: Int) {
    users.numbers.append(Int32(number))
    users.people.append(Int32(person))
  }

  func addClass(_ number: Int, _ sourcedID: String, isHomeroom: Bool, record: Int) {
    classes.numbers.append(Int32(number))
    classes.homeroom.append(isHomeroom ? 1 : 0)
    classes.records.append(Int32(record))
    classIDs.append(sourcedID)
  }

  /// Writes those that are not written yet.
  func flush() throws {
    if !users.numbers.isEmpty {
      let columns = Columns([.int32(users.numbers), .int32(users.people)])
      users = ([], [])
      _ = try host.write {
        try $0.query("INSERT INTO school_staged_users(n, person_n) SELECT a, b FROM shell_columns", over: columns)
      }
    }
    guard !classes.numbers.isEmpty else { return }
    let columns = Columns([
      .int32(classes.numbers), .text(classIDs), .int32(classes.homeroom), .int32(classes.records),
    ])
    classes = ([], [], [])
    classIDs = Columns.Texts()
    _ = try host.write {
      try $0.query(
        """
        INSERT INTO school_staged_classes(n, sourced_id, homeroom, class_n, group_n)
        SELECT a, b, c, iif(c = 1, d, NULL), iif(c = 0, d, NULL) FROM shell_columns
        """, over: columns)
    }
  }
}
