import PluginKit

/// The places of a group's topics. Numbers are unique in a group at every moment, so a topic moves aside first and
/// its neighbours follow one by one.
enum PlanOrder {
  static let numbers = 1...1000

  struct Place: Sendable {
    let id: String
    let number: Int
  }

  /// The topics of a group in order.
  static func places(_ group: String, _ transaction: Transaction) throws -> [Place] {
    try transaction.rows(
      "SELECT id, number FROM school_plan_topics WHERE group_id = ? ORDER BY number", [JSONValue(group)]
    ).map { Place(id: $0["id"]?.string ?? "", number: $0["number"]?.int ?? 0) }
  }

  /// Moves topics from `number` on one place down, so that the number is free. Ids of those that moved.
  static func open(_ number: Int, in group: String, _ transaction: Transaction) throws -> [String] {
    let later = try places(group, transaction).filter { $0.number >= number }
    // Up to the first gap: behind it nothing has to move.
    var moved: [Place] = []
    var wanted = number
    for place in later where place.number == wanted {
      moved.append(place)
      wanted += 1
    }
    guard wanted <= numbers.upperBound else { throw full }
    return try shift(moved.reversed(), by: 1, transaction)
  }

  /// Moves topics behind `number`, which is free, one place up. Ids of those that moved.
  static func close(_ number: Int, in group: String, _ transaction: Transaction) throws -> [String] {
    try shift(places(group, transaction).filter { $0.number > number }, by: -1, transaction)
  }

  static let full = PluginError(
    "school.planFull",
    Text("В КТП не больше \(numbers.upperBound) тем", en: "A plan has at most \(numbers.upperBound) topics"))

  private static func shift(_ places: [Place], by step: Int, _ transaction: Transaction) throws -> [String] {
    try transaction.insertMany(
      "UPDATE school_plan_topics SET number = ? WHERE id = ?",
      JSONValue(places.map { [JSONValue($0.number + step), JSONValue($0.id)] as JSONValue }))
    return places.map(\.id)
  }
}
