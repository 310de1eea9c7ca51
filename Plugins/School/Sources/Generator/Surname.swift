/// A family name in its two forms. Built from the masculine form by the rules of Russian grammar.
struct Surname: Equatable, Sendable {
  let masculine: String
  let feminine: String

  init(_ masculine: String) {
    self.masculine = masculine
    feminine = masculine.split(separator: "-").map { Surname.feminine(of: String($0)) }.joined(separator: "-")
  }

  func form(_ sex: Sex) -> String { sex == .male ? masculine : feminine }

  /// Names in -ов, -ев, -ин, -ын take -а, adjectives take -ая; all others (Шевченко, Черных, Ким) stay.
  private static func feminine(of name: String) -> String {
    let endings = [("ов", "ова"), ("ев", "ева"), ("ёв", "ёва"), ("ин", "ина"), ("ын", "ына")]
    for (masculine, feminine) in endings where name.hasSuffix(masculine) && name.count > 3 {
      return name.dropLast(masculine.count) + feminine
    }
    for ending in ["ский", "цкий", "ый", "ой"] where name.hasSuffix(ending) && name.count > 3 {
      return name.dropLast(2) + "ая"
    }
    return name
  }
}

enum Sex: String, Sendable { case male, female }
