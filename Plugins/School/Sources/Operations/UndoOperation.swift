import PluginKit

/// `school.undoOperation {operation}` → `{operation, kind, title}`: puts the school back as it was before the last
/// import or roll-over. It refuses where another came later, or where somebody has changed its records since.
enum UndoOperation {
  static let command = "school.undoOperation"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let id = try call.string("operation")
    do {
      return try call.write { transaction in try undo(id, call, transaction) }
    } catch let error as PluginError where error.kind == "store.constraint" {
      throw PluginError(
        "school.undoBlocked",
        Text(
          "Отменить нельзя: на записях этой операции уже держатся другие",
          en: "It cannot be undone: other records have come to depend on its own"))
    }
  }

  private static func undo(_ id: String, _ call: Call, _ transaction: Transaction) throws -> Outcome {
    guard
      let operation = try transaction.first(
        "SELECT n, kind, title, state FROM school_operations WHERE id = ?", [JSONValue(id)]),
      let number = operation["n"]?.int
    else { throw PluginError.notFound("operation", id) }
    guard operation["state"]?.string == "applied" else {
      throw PluginError(
        "school.alreadyUndone", Text("Эта операция уже отменена", en: "This operation has been undone already"))
    }
    try requireLast(number, transaction)
    let (words, total) = try UndoConflicts.find(number, transaction)
    guard total == 0 else { throw blocked(by: words, total, call.language) }

    try OperationUndo(operation: number, transaction: transaction).run()
    let told: JSONValue = [
      "operation": JSONValue(id), "kind": operation["kind"] ?? .null, "title": operation["title"] ?? .null,
    ]
    try SchoolAudit.note(command, object: id, old: told, transaction)
    try transaction.emit(SchoolEvent.rosterChanged, ["reason": "undone", "operation": JSONValue(id)])
    return Outcome(result: told)
  }

  private static func requireLast(_ number: Int, _ transaction: Transaction) throws {
    let later = try transaction.first(
      """
      SELECT id, title, coalesce(title_en, title) AS title_en FROM school_operations
      WHERE state = 'applied' AND n > ? ORDER BY n DESC LIMIT 1
      """,
      [JSONValue(number)])
    guard let later else { return }
    let title = later["title"]?.string ?? ""
    throw PluginError(
      "school.notLastOperation",
      Text(
        "Сначала отмените более позднюю операцию: «\(title)»",
        en: "Undo the later operation first: '\(later["title_en"]?.string ?? title)'"),
      data: ["operation": later["id"] ?? .null])
  }

  private static func blocked(by words: [Text], _ total: Int, _ language: Language) -> PluginError {
    func list(_ language: Language) -> String { words.map { $0.text(language) }.joined(separator: "; ") }
    let rest =
      total > words.count ? (ru: " и ещё \(total - words.count)", en: " and \(total - words.count) more") : ("", "")
    return PluginError(
      "school.undoBlocked",
      Text(
        "Отменить нельзя: эти записи с тех пор изменены: \(list(.ru))\(rest.0)",
        en: "It cannot be undone: these records have changed since: \(list(.en))\(rest.1)"),
      data: ["records": JSONValue(words.map { JSONValue($0.text(language)) }), "total": JSONValue(total)])
  }
}
