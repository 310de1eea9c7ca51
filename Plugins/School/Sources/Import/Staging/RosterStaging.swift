import FilePackage
import PluginKit

/// Reads a package's files into the staging tables, row by row, in batches of their own, so that nobody who writes
/// meanwhile waits for the parsing; members of groups, which may be a million, into memory. References become numbers of staged rows here, so a dangling one is found on the
/// line that has it.
final class RosterStaging {
  let call: Call
  let package: RosterPackage
  let report: ImportReport
  let today: CivilDate

  /// How the rows of each file that was read are meant; a file that could not be used is not here.
  private(set) var modes: [RosterFile: RosterMode] = [:]

  struct User {
    let number: Int
    var role: UserRole?
    /// Of a guardian or relative: what it is called in the school.
    var relation: String?
  }
  struct Class {
    let number: Int
    let isHomeroom: Bool
  }

  var users: [String: User] = [:]
  var classes: [String: Class] = [:]
  /// Titles of courses by their ids.
  var courses: [String: String] = [:]
  /// Types of positions that the users' file gives where the roles are in another one.
  var positionTypes: [Int: String] = [:]
  /// `agentSourcedIds` of users, to be resolved when all are known.
  var agents: [Agents] = []
  /// Names of schools in the package.
  var schools: [String] = []
  /// School years of the package.
  var years: [StagedYear] = []
  /// Who is in which group.
  var members = StagedMembers()
  /// Whether the users' file says who is whose parent.
  var hasAgents = false
  /// Whether a bulk file of enrolments names any teacher: then a class without one has none.
  var hasTeachers = false

  private var earlier: EarlierRecords?
  /// Records of earlier packages that this one refers to.
  let referred: ReferredRecords
  private var lastNumber = 0
  private var bytesBefore = 0
  private var lastTold: Int64 = 0

  init(_ call: Call, _ package: RosterPackage, _ report: ImportReport, today: CivilDate) {
    self.call = call
    self.package = package
    self.report = report
    self.today = today
    referred = ReferredRecords(call.host.detached)
  }

  func run() throws {
    for file in package.files {
      do {
        try read(file)
      } catch let error as FilePackageError {
        throw error.explained
      }
      bytesBefore += Int(clamping: package.package.files[file.name] ?? 0)
    }
    let spared = batch("INSERT OR IGNORE INTO school_staged_spared(file, sourced_id) VALUES (?, ?)")
    for (file, ids) in report.spared {
      for id in ids { try spared.add([JSONValue(file), JSONValue(id)]) }
    }
    try spared.flush()
    try referred.flush()
  }

  private func read(_ file: RosterFile) throws {
    guard let rows = try RosterRows(file, package.package, report, isDelta: package.deltas.contains(file)) else {
      return
    }
    switch file {
    case .orgs: try each(rows, stageOrganization)
    case .academicSessions: try each(rows, stageSession)
    case .courses: try stageCourses(rows)
    case .users: try stageUsers(rows)
    case .roles: try stageRoles(rows)
    case .demographics: try stageDemographics(rows)
    case .classes: try stageClasses(rows)
    case .enrollments: try stageEnrolments(rows)
    case .lessons: try stageLessons(rows)
    case .plans: try stageTopics(rows)
    case .bindings: try stageBindings(rows)
    }
    // Only a file that has said something may have the last word on what it leaves out.
    if rows.count == 0 {
      report.warn(
        file.name, Text("В файле нет ни одной строки: он не учтён", en: "The file has no rows: it was passed over"))
    } else {
      modes[file] = rows.mode
    }
  }

  /// Every good row of a file, with progress told and a cancelled call heard.
  func each(_ rows: RosterRows, _ body: (RosterRow) throws -> Void) throws {
    while let row = try rows.next() {
      try body(row)
      if rows.count & 0xFFF == 0 { try tell(rows) }
    }
  }

  private func tell(_ rows: RosterRows) throws {
    if call.isCancelled { throw PluginError("request.cancelled", Text("Отменено", en: "Cancelled"), code: -32800) }
    let done = (bytesBefore + rows.bytesRead) * 60 / max(1, package.totalBytes)
    guard lastTold != Int64(done) || rows.count & 0xFFFF == 0 else { return }
    lastTold = Int64(done)
    call.progress(Text("Чтение \(rows.file.name)", en: "Reading \(rows.file.name)"), percent: min(60, done))
  }

  /// A number for the next staged row, of whatever kind.
  func nextNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  func batch(_ sql: String) -> StagingBatch {
    StagingBatch(sql, call.host.detached, after: referred)
  }

  // MARK: References

  /// The staged user that a row refers to; nil, and reported, when there is none.
  func user(_ sourcedID: String, _ row: RosterRow, _ column: String, _ mode: RosterMode) throws -> User? {
    if let known = users[sourcedID] { return known }
    if mode == .delta || modes[.users] != .bulk, let found = try earlierUser(sourcedID) { return found }
    report.add(
      row.fileName, row.line, column, sourcedID,
      Text("Нет такого пользователя, или его строка не принята", en: "There is no such user, or its row was left out"))
    return nil
  }

  /// The staged class that a row refers to; nil, and reported, when there is none.
  func rosterClass(_ sourcedID: String, _ row: RosterRow, _ column: String, _ mode: RosterMode) throws -> Class? {
    if let known = classes[sourcedID] { return known }
    if mode == .delta || modes[.classes] != .bulk, let found = try earlierClass(sourcedID) { return found }
    report.add(
      row.fileName, row.line, column, sourcedID,
      Text("Нет такого класса, или его строка не принята", en: "There is no such class, or its row was left out"))
    return nil
  }

  /// The title of a course of this package or of an earlier one.
  func course(_ sourcedID: String, _ mode: RosterMode) throws -> String? {
    if let known = courses[sourcedID] { return known }
    guard mode == .delta || modes[.courses] != .bulk else { return nil }
    return try loadEarlier().courses[sourcedID]
  }

  func earlierUser(_ sourcedID: String) throws -> User? {
    guard let found = try loadEarlier().users[sourcedID] else { return nil }
    let user = User(number: nextNumber(), role: found.role)
    referred.addUser(user.number, person: found.person)
    users[sourcedID] = user
    return user
  }

  private func earlierClass(_ sourcedID: String) throws -> Class? {
    guard let found = try loadEarlier().classes[sourcedID] else { return nil }
    let record = Class(number: nextNumber(), isHomeroom: found.isHomeroom)
    referred.addClass(record.number, sourcedID, isHomeroom: found.isHomeroom, record: found.record)
    classes[sourcedID] = record
    return record
  }

  private func loadEarlier() throws -> EarlierRecords {
    if let earlier { return earlier }
    let loaded = try call.read { try EarlierRecords(package.source, $0) }
    earlier = loaded
    return loaded
  }
}

/// What a user of a source is in the school.
enum UserRole: String, Sendable { case employee, pupil, parent }
