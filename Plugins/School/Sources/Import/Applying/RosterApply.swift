import PluginKit

/// Brings the school to what the staged files say, set by set, inside one transaction. A dry run is the same run,
/// rolled back.
///
/// First everything is found out and nothing changed: which staged row is which of our records, who leaves. Then the
/// rows that will change are kept for an undo, and then they change.
final class RosterApply {
  let call: Call
  let transaction: Transaction
  let operation: Operation
  let report: ImportReport
  let facts: Facts
  /// Who is in which group, by the package; of a delta also who was before.
  var members: StagedMembers
  var counts = RosterCounts()
  /// Removals that wait for a word, by registry.
  var held: [RosterCounts.Registry: Int] = [:]
  /// Numbers of the pupils that it added.
  var newPupils = 0..<0
  /// People whom the package says to be bound, and whom we did not know to be.
  var newlyBound: [String] = []
  /// Accounts whose sessions are to end when the change is made.
  var closedAccounts: [String] = []
  /// Removals of earlier imports that waited and that the package contradicts.
  var released = 0
  /// How many of a source's records were tied to ours, which nobody sees but the next import.
  var tied = 0

  /// What the files said beside their rows.
  struct Facts {
    var source = ""
    var modes: [RosterFile: RosterMode] = [:]
    var years: [StagedYear] = []
    /// The school's name, where the package is of one school.
    var school: String?
    var hasTeachers = false
    var hasAgents = false
    var today: CivilDate
  }

  init(
    _ call: Call, _ transaction: Transaction, _ operation: Operation, _ report: ImportReport, _ facts: Facts,
    _ members: StagedMembers = StagedMembers()
  ) {
    self.call = call
    self.transaction = transaction
    self.operation = operation
    self.report = report
    self.facts = facts
    self.members = members
  }

  func run() throws {
    try BulkMode.run(transaction) {
      try say(62, Text("Сопоставление", en: "Matching"))
      try resolveUsers()
      try resolveLinks()
      try resolveClasses()
      try resolvePlaces()
      try resolveTimetable()
      try releaseHeld()
      try say(66, Text("Кто выбывает", en: "Who leaves"))
      try planRemovals()
      try keepRemovals()
      try keepChanges()

      try applyRemovals()
      try say(70, Text("Люди", en: "People"))
      try applyPeople()
      try applyParents()
      try say(75, Text("Классы и группы", en: "Classes and groups"))
      try applyClasses()
      try applyPlaces()
      try applyGroups()
      try applyMembers()
      try settleLeavingClasses()
      try say(90, Text("Пересчёт", en: "Counting"))
    }
    // After the recount: lessons and topics show their groups' titles.
    try say(95, Text("Расписание и КТП", en: "Timetable and plans"))
    for table in StagedDates.all { try apply(table) }
    try applyBindings()
    try applyName()
  }

  /// A school that nobody has given a name yet takes the package's.
  private func applyName() throws {
    guard let name = facts.school else { return }
    try run(
      """
      INSERT OR IGNORE INTO school_operation_rows(operation, name, record, image)
      SELECT :operation, 'school_organization', id, json_object('name', name, 'short_name', short_name)
      FROM school_organization WHERE name = 'Школа' AND short_name = 'Школа' AND :name <> name
      """, [("name", JSONValue(name))])
    tied += try run(
      """
      UPDATE school_organization SET name = :name, short_name = substr(:name, 1, 100)
      WHERE name = 'Школа' AND short_name = 'Школа' AND :name <> name
      """, [("name", JSONValue(name))])
  }

  func say(_ percent: Int, _ text: Text) throws {
    if call.isCancelled { throw PluginError("request.cancelled", Text("Отменено", en: "Cancelled"), code: -32800) }
    call.progress(text, percent: percent)
  }

  // MARK: SQL

  /// Parameters that every statement may use.
  private var shared: [(String, JSONValue)] {
    [
      ("source", JSONValue(facts.source)), ("today", JSONValue(facts.today.text)),
      ("operation", JSONValue(operation.number)),
    ]
  }

  /// Runs a statement with `:source`, `:today`, `:operation` and others; how many rows it changed.
  @discardableResult
  func run(_ sql: String, _ others: [(String, JSONValue)] = []) throws -> Int {
    try transaction.query(sql, JSONValue(members: shared + others))
    return transaction.changes
  }

  /// The same for a statement that reads `columns` as `shell_columns`.
  @discardableResult
  func run(_ sql: String, _ others: [(String, JSONValue)] = [], over columns: Columns) throws -> Int {
    try transaction.query(sql, JSONValue(members: shared + others), over: columns)
    return transaction.changes
  }

  func rows(_ sql: String, _ others: [(String, JSONValue)] = []) throws -> [JSONValue] {
    try transaction.rows(sql, JSONValue(members: shared + others))
  }

  func number(_ sql: String, _ others: [(String, JSONValue)] = []) throws -> Int {
    try rows(sql, others).first?["n"]?.int ?? 0
  }

  func keep(_ table: RosterTable, where predicate: String, over columns: Columns? = nil) throws {
    try operation.keep(table, where: predicate, shared, over: columns)
  }

  /// Adds rows with one INSERT … SELECT; the numbers that they got, in the order of the SELECT.
  func add(_ table: RosterTable, _ sql: String, _ others: [(String, JSONValue)] = []) throws -> Range<Int> {
    try operation.inserting(table) {
      let count = try run(sql, others)
      guard count > 0 else { return 0..<0 }
      let last = try number("SELECT max(n) AS n FROM \(table.name)")
      return last - count + 1..<last + 1
    }
  }
}
