/// Kinds of positions, as lists and imports write them. The first two make the teachers' chat.
enum PositionType: String, CaseIterable, Sendable {
  case administration = "Администрация"
  case teaching = "Педагогический состав"
  case assisting = "Учебно-вспомогательный персонал"
  case serving = "Обслуживающий персонал"

  var english: String {
    switch self {
    case .administration: "Administration"
    case .teaching: "Teaching staff"
    case .assisting: "Teaching support"
    case .serving: "Service staff"
    }
  }
}
