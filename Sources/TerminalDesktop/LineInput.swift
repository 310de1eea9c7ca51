/// One line as it is typed.
struct LineInput {
  private(set) var characters: [Character]
  private(set) var cursor: Int
  let isSecret: Bool

  enum Step: Equatable { case typing, done, cancelled }

  init(_ initial: String, isSecret: Bool) {
    characters = Array(initial)
    cursor = characters.count
    self.isSecret = isSecret
  }

  var text: String { String(characters) }
  /// What the screen may show of it.
  var shown: String { isSecret ? String(repeating: "•", count: characters.count) : text }
  /// Cells before the cursor.
  var cursorColumn: Int { isSecret ? cursor : TextWidth.of(String(characters.prefix(cursor))) }

  mutating func take(_ key: Key) -> Step {
    switch key {
    case .enter: return .done
    case .escape, .control("c"): return .cancelled
    case .character(let character):
      characters.insert(character, at: cursor)
      cursor += 1
    case .backspace where cursor > 0:
      cursor -= 1
      characters.remove(at: cursor)
    case .delete where cursor < characters.count: characters.remove(at: cursor)
    case .left: cursor = max(0, cursor - 1)
    case .right: cursor = min(characters.count, cursor + 1)
    case .home, .control("a"): cursor = 0
    case .end, .control("e"): cursor = characters.count
    case .control("u"):
      characters.removeFirst(cursor)
      cursor = 0
    case .control("k"): characters.removeLast(characters.count - cursor)
    default: break
    }
    return .typing
  }
}
