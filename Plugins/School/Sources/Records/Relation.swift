import PluginKit

/// What a parent is to a child.
enum Relation: String, CaseIterable, Sendable {
  case mother, father, guardian, relative

  var title: Text {
    switch self {
    case .mother: Text("Мать", en: "Mother")
    case .father: Text("Отец", en: "Father")
    case .guardian: Text("Опекун", en: "Guardian")
    case .relative: Text("Родственник", en: "Relative")
    }
  }

  /// Reads the stored word, or the title in either language, in any letter case.
  init?(spelled text: String) {
    let word = text.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
    guard
      let found = Relation.allCases.first(where: {
        [$0.rawValue, $0.title.ru.lowercased(), $0.title.en.lowercased()].contains(word)
      })
    else { return nil }
    self = found
  }

  static var titles: String { allCases.map { $0.title.ru.lowercased() }.joined(separator: ", ") }
}
