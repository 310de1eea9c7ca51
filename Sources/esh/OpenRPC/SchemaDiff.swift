import Jansson

/// Whether values that fitted an old schema fit the new one, or the other way round. As far as the host's own schemas go:
/// type, enum, const, members, items, anyOf, bounds, pattern; what it does not know it does not judge.
struct SchemaDiff {
  enum Direction {
    /// Clients send it: the new schema must take whatever the old one took.
    case toHost
    /// The host sends it: the new schema must promise whatever the old one promised.
    case toClient
  }

  struct Finding: Equatable {
    let place: String
    let words: String
  }

  private(set) var findings: [Finding] = []
  private let old: JSONValue
  private let new: JSONValue
  private let direction: Direction
  /// Pairs of names that are being compared: schemas may lead back to themselves.
  private var underway: Set<String> = []

  init(old: JSONValue, new: JSONValue, _ direction: Direction) {
    (self.old, self.new, self.direction) = (old, new, direction)
  }

  mutating func compare(_ before: JSONValue, _ after: JSONValue, _ place: String) {
    let names = [before, after].map { $0["$ref"]?.string ?? "" }
    if names != ["", ""] {
      guard underway.insert(names.joined(separator: " ")).inserted else { return }
    }
    let (before, after) = (Self.resolve(before, in: old), Self.resolve(after, in: new))
    // The wider of the two is the one that must take what the other one gives.
    let (giver, taker) = direction == .toHost ? (before, after) : (after, before)
    compareTypes(giver, taker, place)
    compareChoices(giver, taker, place)
    compareBounds(giver, taker, place)
    compareMembers(before, after, giver, taker, place)
    if let items = before["items"], let others = after["items"] { compare(items, others, "\(place)[]") }
    compareAlternatives(giver, taker, place)
  }

  private mutating func found(_ place: String, _ words: String) { findings.append(Finding(place: place, words: words)) }

  /// `toHost` and `toClient` say the same thing from the two ends.
  private mutating func found(_ place: String, refused: String, given: String) {
    found(place, direction == .toHost ? refused : given)
  }

  private static func resolve(_ schema: JSONValue, in document: JSONValue) -> JSONValue {
    let prefix = "#/components/schemas/"
    guard let name = schema["$ref"]?.string, name.hasPrefix(prefix) else { return schema }
    return document["components"]?["schemas"]?[String(name.dropFirst(prefix.count))] ?? .emptyObject
  }
}

// MARK: - Keywords

extension SchemaDiff {
  private mutating func compareTypes(_ giver: JSONValue, _ taker: JSONValue, _ place: String) {
    guard let taken = Self.types(taker) else { return }
    guard let given = Self.types(giver) else {
      // Alternatives and constants say their types by themselves.
      guard giver["anyOf"] == nil, giver["const"] == nil, giver["enum"] == nil else { return }
      return found(place, refused: "takes only \(taken.sorted()) now", given: "may be of any type now")
    }
    let fits = given.filter { taken.contains($0) || ($0 == "integer" && taken.contains("number")) }
    for type in given.subtracting(fits).sorted() {
      found(place, refused: "no longer takes: \(type)", given: "may be: \(type)")
    }
  }

  private static func types(_ schema: JSONValue) -> Set<String>? {
    if let one = schema["type"]?.string { return [one] }
    return schema["type"]?.array.map { Set($0.compactMap(\.string)) }
  }

  private mutating func compareChoices(_ giver: JSONValue, _ taker: JSONValue, _ place: String) {
    func choices(_ schema: JSONValue) -> [JSONValue]? { schema["enum"]?.array ?? schema["const"].map { [$0] } }
    guard let taken = choices(taker) else { return }
    guard let given = choices(giver) else {
      return found(place, refused: "takes only certain values now", given: "may have any value now")
    }
    for value in given where !taken.contains(value) {
      found(place, refused: "no longer takes \(value.text())", given: "may be \(value.text())")
    }
  }

  private mutating func compareBounds(_ giver: JSONValue, _ taker: JSONValue, _ place: String) {
    for name in ["minimum", "minLength", "minItems", "minProperties"] {
      guard let least = taker[name]?.double, (giver[name]?.double ?? -.infinity) < least else { continue }
      if name != "minimum", least == 0 { continue }
      found(place, refused: "\(name) is \(taker[name]?.text() ?? "") now", given: "\(name) is lower now")
    }
    for name in ["maximum", "maxLength", "maxItems", "maxProperties"] {
      guard let most = taker[name]?.double, (giver[name]?.double ?? .infinity) > most else { continue }
      found(place, refused: "\(name) is \(taker[name]?.text() ?? "") now", given: "\(name) is higher now")
    }
    for name in ["pattern", "format"] {
      guard let rule = taker[name], rule != giver[name] else { continue }
      found(place, refused: "\(name) is another now", given: "\(name) is another now")
    }
  }

  private mutating func compareMembers(
    _ before: JSONValue, _ after: JSONValue, _ giver: JSONValue, _ taker: JSONValue, _ place: String
  ) {
    func required(_ schema: JSONValue) -> Set<String> { Set((schema["required"]?.array ?? []).compactMap(\.string)) }
    for name in required(taker).subtracting(required(giver)).sorted() {
      found("\(place)/\(name)", refused: "is required now", given: "may be missing now")
    }
    let members = after["properties"]
    for (name, schema) in before["properties"]?.members ?? [] {
      if let other = members?[name] {
        compare(schema, other, "\(place)/\(name)")
      } else if direction == .toClient || after["additionalProperties"] == false {
        found("\(place)/\(name)", "is gone")
      }
    }
    guard taker["additionalProperties"] == false, giver["additionalProperties"] != false, giver["type"] != nil else {
      return
    }
    found(place, refused: "refuses further members now", given: "may have further members now")
  }

  /// Each alternative of the one must fit some alternative of the other.
  private mutating func compareAlternatives(_ giver: JSONValue, _ taker: JSONValue, _ place: String) {
    guard let taken = taker["anyOf"]?.array else { return }
    let given = giver["anyOf"]?.array ?? [giver]
    for (index, alternative) in given.enumerated() {
      let fits = taken.contains { other in
        var trial = self
        trial.findings = []
        let (before, after) = direction == .toHost ? (alternative, other) : (other, alternative)
        trial.compare(before, after, place)
        return trial.findings.isEmpty
      }
      if !fits { found("\(place)|\(index)", refused: "is no longer taken", given: "is a new alternative") }
    }
  }
}
