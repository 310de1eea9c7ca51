import FilePackage
import PluginKit
import Synchronization

/// `school.importRoster {path, dryRun?, strict?}` → `{applied, added, changed, removed, errors: [{file, line, column,
/// value, reason}], errorCount, warnings, registries, held, heldRemovals, chats, previews?, operation?, source}`.
///
/// Brings the school to what a OneRoster package says. Files are read into staging tables and memory first; then one transaction
/// changes everything, so a crash leaves the school as it was before or as it is after. A dry run is a rehearsal of the
/// same, in which other plugins say what would follow (`previews`, see `SchoolPreview`). What was there already is not touched, so the same package twice is one change.
enum ImportRoster {
  static let command = "school.importRoster"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command, run)
  }

  /// The hosts that import: one at a time in each, since its staging tables are there once.
  private static let busy = Mutex<Set<UInt>>([])

  /// What an import that was cut off has left in the staging tables.
  static func clearLeftovers(_ host: Host) throws {
    let isClear = try host.read { transaction in
      try ImportTables.staged.allSatisfy { try transaction.first("SELECT 1 AS found FROM \($0) LIMIT 1") == nil }
    }
    guard !isClear else { return }
    try host.write { transaction in
      for table in ImportTables.staged { try transaction.query("DELETE FROM \(table)") }
    }
  }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let wishes = Wishes(
      path: try call.string("path"), isDryRun: call.params["dryRun"]?.bool == true,
      isStrict: call.params["strict"]?.bool == true)
    return Outcome(result: try perform(call, wishes))
  }

  /// What the command answers, also for the form.
  static func perform(_ call: Call, _ wishes: Wishes) throws -> JSONValue {
    guard wishes.path.hasPrefix("/") else {
      throw PluginError.invalid("path", Text("Нужен полный путь: он начинается с /", en: "The path must be absolute"))
    }
    let host = call.host.identity
    let isFree = busy.withLock { $0.insert(host).inserted }
    guard isFree else {
      throw PluginError(
        "import.busy", Text("Другой импорт ещё идёт", en: "Another import is under way"), retryAfterMs: 5000)
    }
    defer { busy.withLock { _ = $0.remove(host) } }
    return try importing(call, wishes)
  }

  struct Wishes {
    let path: String
    let isDryRun: Bool
    let isStrict: Bool
  }

  private static func importing(_ call: Call, _ wishes: Wishes) throws -> JSONValue {
    let report = ImportReport(call)
    let package = try RosterPackage(path: wishes.path, report)
    let today = try call.read { try SchoolDay.today(call, $0) }
    let host = call.host.detached
    try clearLeftovers(host)
    let staging = RosterStaging(call, package, report, today: today)
    do {
      try staging.run()
      let result = try applying(call, wishes, staging)
      try clearLeftovers(host)
      return result
    } catch {
      // try?: the error that stopped the import is the one to tell; the next start clears what stays.
      try? clearLeftovers(host)
      throw error
    }
  }

  /// Stops the transaction and carries what was found.
  private struct Stopped: Error { let result: JSONValue }

  private static func applying(_ call: Call, _ wishes: Wishes, _ staging: RosterStaging) throws -> JSONValue {
    let report = staging.report
    if (wishes.isStrict && report.total > 0) || (staging.modes.isEmpty && report.total > 0) {
      return ImportOutcome(report, staging.package.source).json(isApplied: false, wishes)
    }
    if wishes.isDryRun {
      return try call.host.rehearse { transaction in
        let outcome = try change(call, wishes, staging, transaction)
        return outcome.json(isApplied: false, wishes).setting("previews", try SchoolPreview.json(call, transaction))
      }
    }
    do {
      var accounts: [String] = []
      let result = try call.write { transaction in
        let outcome = try change(call, wishes, staging, transaction)
        accounts = outcome.closedAccounts
        if wishes.isStrict, report.total > 0 { throw Stopped(result: outcome.json(isApplied: false, wishes)) }
        let result = outcome.json(isApplied: true, wishes)
        // As if it had never begun: nothing to undo, nothing to tell.
        if outcome.isNothing { throw Stopped(result: result) }
        return result
      }
      RosterApply.endSessions(of: accounts, call)
      return result
    } catch let stopped as Stopped {
      return stopped.result
    }
  }

  private static func change(
    _ call: Call, _ wishes: Wishes, _ staging: RosterStaging, _ transaction: Transaction
  ) throws -> ImportOutcome {
    let source = staging.package.source
    let operation = try Operation.open(.import, title: title(wishes.path), call, transaction)
    let facts = RosterApply.Facts(
      source: source, modes: staging.modes, years: staging.years,
      school: staging.schools.count == 1 ? staging.schools.first : nil, hasTeachers: staging.hasTeachers,
      hasAgents: staging.hasAgents, today: staging.today)
    let apply = RosterApply(call, transaction, operation, staging.report, facts, staging.members)
    let effects = try ChatEffects(before: transaction, staged: staging.members.count)
    try apply.run()

    var outcome = ImportOutcome(staging.report, source)
    outcome.counts = apply.counts
    outcome.held = apply.held
    outcome.tied = apply.tied
    outcome.closedAccounts = apply.closedAccounts
    outcome.bound = apply.newlyBound
    outcome.chats = try effects.after()
    outcome.heldRemovals = try HeldRemovals.list(operation.number, in: call.language, transaction)
    let waiting = try HeldRemovals.waiting(source, except: operation.number, transaction)
    let isSame =
      try waiting.map { try HeldRemovals.isSame($0, operation.number, transaction) } ?? apply.held.isEmpty
    outcome.isHeldAsBefore = isSame && apply.released == 0
    let isBulk = staging.modes.values.contains(.bulk)
    if let waiting, isBulk, !outcome.isHeldAsBefore || outcome.isWorthKeeping {
      try HeldRemovals.drop(waiting, transaction)
    }
    if outcome.isWorthKeeping || (isBulk && !outcome.isHeldAsBefore && !apply.held.isEmpty) {
      outcome.operation = operation.id
      try finish(outcome, operation, wishes, transaction)
    } else {
      try transaction.query("DELETE FROM school_operations WHERE n = ?", [JSONValue(operation.number)])
    }
    return outcome
  }

  private static func finish(
    _ outcome: ImportOutcome, _ operation: Operation, _ wishes: Wishes, _ transaction: Transaction
  ) throws {
    let counts = outcome.counts
    try operation.close(
      added: counts.added, changed: counts.changed, removed: counts.removed,
      held: outcome.held.values.reduce(0, +), summary: outcome.summary(wishes))
    try SchoolAudit.note(
      command, object: operation.id,
      new: [
        "added": JSONValue(counts.added), "changed": JSONValue(counts.changed), "removed": JSONValue(counts.removed),
        "source": JSONValue(outcome.source),
      ], transaction)
    try transaction.emit(SchoolEvent.rosterChanged, ["reason": "imported", "operation": JSONValue(operation.id)])
    if !outcome.bound.isEmpty {
      try transaction.emit(
        SchoolEvent.bindingsImported,
        ["operation": JSONValue(operation.id), "personIds": JSONValue(outcome.bound.map { JSONValue($0) })])
    }
  }

  private static func title(_ path: String) -> Text {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return Text("Импорт: \(name.prefix(200))", en: "Import: \(name.prefix(200))")
  }
}

/// What an import has done, or would do.
struct ImportOutcome {
  let report: ImportReport
  let source: String
  var counts = RosterCounts()
  var held: [RosterCounts.Registry: Int] = [:]
  var heldRemovals: JSONValue = .emptyArray
  var chats: JSONValue = .null
  var tied = 0
  var bound: [String] = []
  var isHeldAsBefore = true
  var operation: String?
  var closedAccounts: [String] = []

  init(_ report: ImportReport, _ source: String) {
    self.report = report
    self.source = source
  }

  /// Whether there is something that an undo would put back and others want to hear of.
  var isWorthKeeping: Bool { !counts.isNothing || !bound.isEmpty }

  /// Whether not even a key or a held removal is another one.
  var isNothing: Bool { !isWorthKeeping && tied == 0 && isHeldAsBefore }

  func json(isApplied: Bool, _ wishes: ImportRoster.Wishes) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("applied", JSONValue(isApplied)), ("dryRun", JSONValue(wishes.isDryRun)), ("added", JSONValue(counts.added)),
      ("changed", JSONValue(counts.changed)), ("removed", JSONValue(counts.removed)), ("errors", report.errors),
      ("errorCount", JSONValue(report.total)), ("warnings", JSONValue(report.warnings)),
      ("registries", counts.json(held: held)), ("held", JSONValue(held.values.reduce(0, +))),
      ("heldRemovals", heldRemovals), ("chats", chats), ("bindings", JSONValue(bound.count)),
      ("source", JSONValue(source)),
    ]
    if isApplied, let operation { members.append(("operation", JSONValue(operation))) }
    return JSONValue(members: members)
  }

  /// What stays with the operation: the numbers, and the first errors.
  func summary(_ wishes: ImportRoster.Wishes) -> JSONValue {
    [
      "source": JSONValue(source), "path": JSONValue(wishes.path), "registries": counts.json(held: held),
      "errors": report.storedErrors, "errorCount": JSONValue(report.total),
      "warnings": JSONValue(report.warnings),
    ]
  }
}
