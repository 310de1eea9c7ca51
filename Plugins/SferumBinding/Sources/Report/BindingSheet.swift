import PluginKit

/// The printable sheet: who is bound in a class or in the school, and who still has something to do.
struct BindingSheet {
  /// A line of the summary.
  struct Count {
    let kind: PersonKind
    let label: String
    let bound: Int
    let total: Int
    /// What the others are, by the columns of the summary.
    let rest: [(title: Text, people: Int)]

    /// Of a hundred; nil where there is nobody.
    var percent: Int? { total == 0 ? nil : bound * 100 / total }
  }

  /// Somebody who is not bound.
  struct Waiting {
    let name: String
    let kind: PersonKind
    let label: String
    let state: BindingState
    let since: Int64?
  }

  /// So many people are named on one sheet; a school has far fewer.
  static let mostNamed = 5_000

  let scope: SheetScope
  let organization: String
  let day: LocalDay
  let todayMs: Int64
  /// Of the scope itself.
  let totals: [Count]
  /// Of the classes, for the whole school.
  let classes: [Count]
  let waiting: [Waiting]
  /// How many are not bound; more than `waiting` has when there are too many to name.
  let waitingInAll: Int

  static func read(_ transaction: Transaction, _ scope: SheetScope, nowMs: Int64) throws -> BindingSheet {
    let organization = try transaction.first("SELECT name, time_zone FROM school_v1_organization")
    let isSchool = scope.value == SheetScope.school.value
    let totals = try counts(
      transaction, "class_id = :class AND (:kind IS NULL OR kind = :kind)",
      [
        "class": JSONValue(scope.classID ?? ""),
        "kind": JSONValue(scope.value == SheetScope.employees.value ? PersonKind.employee.rawValue : nil),
      ])
    return BindingSheet(
      scope: scope, organization: organization?["name"]?.string ?? "",
      day: LocalDay(zone: organization?["time_zone"]?.string), todayMs: nowMs, totals: totals,
      classes: isSchool ? try counts(transaction, "class_id <> ''", .emptyObject) : [],
      waiting: try waiting(transaction, scope),
      waitingInAll: try waitingInAll(transaction, scope))
  }

  private static func counts(_ transaction: Transaction, _ condition: String, _ values: JSONValue) throws -> [Count] {
    try transaction.rows(
      """
      SELECT * FROM sferum_binding_counts WHERE \(condition) ORDER BY label_order COLLATE russian, kind_order, id
      """, values
    ).compactMap { row in
      guard let kind = row["kind"]?.string.flatMap(PersonKind.init) else { return nil }
      return Count(
        kind: kind, label: row["label"]?.string ?? "", bound: row["bound"]?.int ?? 0, total: row["total"]?.int ?? 0,
        rest: sums.map { ($0.title, row[$0.column]?.int ?? 0) })
    }
  }

  private static let sums: [(column: String, title: Text)] = [
    ("waiting", Text("ждут", en: "waiting")), ("refused", Text("отказ", en: "refused")),
    ("absent", Text("без МАХ", en: "not on MAX")), ("unasked", Text("не запрашивали", en: "not asked")),
    ("accountless", Text("без учётной записи", en: "no account")),
  ]

  private static func waiting(_ transaction: Transaction, _ scope: SheetScope) throws -> [Waiting] {
    try transaction.rows(
      """
      SELECT full_name, kind, class_title, state, since FROM sferum_binding_places
      WHERE \(condition(scope)) ORDER BY class_order COLLATE russian, kind_order, full_name COLLATE russian, id LIMIT :most
      """, values(scope).setting("most", JSONValue(mostNamed))
    ).compactMap { row in
      guard let kind = row["kind"]?.string.flatMap(PersonKind.init),
        let state = row["state"]?.string.flatMap(BindingState.init)
      else { return nil }
      return Waiting(
        name: row["full_name"]?.string ?? "", kind: kind, label: row["class_title"]?.string ?? "", state: state,
        since: row["since"]?.int64)
    }
  }

  private static func waitingInAll(_ transaction: Transaction, _ scope: SheetScope) throws -> Int {
    let row = try transaction.first(
      "SELECT count(*) AS people FROM sferum_binding_places WHERE \(condition(scope))", values(scope))
    return row?["people"]?.int ?? 0
  }

  private static func condition(_ scope: SheetScope) -> String {
    let place =
      switch scope.value {
      case SheetScope.school.value: "listed = 1"
      case SheetScope.employees.value: "kind = 'employee'"
      default: "class_id = :class"
      }
    return "\(place) AND state <> 'bound'"
  }

  private static func values(_ scope: SheetScope) -> JSONValue {
    scope.classID.map { ["class": JSONValue($0)] } ?? .emptyObject
  }
}
