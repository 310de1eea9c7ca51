import Terminal

/// Asks at the foot of the screen.
final class TerminalPrompts: Prompts {
  private let tty: Tty
  /// Keys that came together with those that opened the question.
  private var waiting: [Key] = []
  /// What is to be read at the foot until the next key.
  private(set) var said = ""

  init(_ tty: Tty) { self.tty = tty }

  func say(_ text: String) { said = text }
  func forget() { said = "" }

  /// The next key: kept ones first. Nil when the terminal is gone.
  func key() -> Key? {
    while waiting.isEmpty {
      switch tty.wait(wire: nil) {
      case .keys(let keys): waiting = keys
      case .ended: return nil
      case .resized, .wire: continue
      }
    }
    return waiting.removeFirst()
  }

  func keep(_ keys: some Sequence<Key>) { waiting += keys }

  /// A key that has come already.
  func kept() -> Key? { waiting.isEmpty ? nil : waiting.removeFirst() }

  func line(_ label: String, initial: String, isSecret: Bool) throws -> String? {
    var input = LineInput(initial, isSecret: isSecret)
    while true {
      show(label, input)
      guard let key = key() else { return nil }
      switch input.take(key) {
      case .typing: continue
      case .cancelled: return nil
      case .done: return input.text
      }
    }
  }

  private func show(_ label: String, _ input: LineInput) {
    let room = max(4, tty.columns - TextWidth.of(label) - 3)
    // A long line is shown from where its cursor is.
    let skipped = max(0, input.cursorColumn - room + 1)
    let shown = String(input.shown.dropFirst(skipped).prefix(room))
    let column = TextWidth.of(label) + 2 + input.cursorColumn - skipped + 1
    tty.write(
      "\u{1b}[\(tty.lines);1H\u{1b}[0m\u{1b}[K\u{1b}[1m\(label):\u{1b}[0m \(shown)\u{1b}[\(tty.lines);\(column)H\u{1b}[?25h"
    )
  }

  func choice(_ label: String, options: [String], initial: Int) throws -> Int? {
    guard !options.isEmpty else { return nil }
    var at = min(initial, options.count - 1)
    while true {
      show(label, options, at)
      guard let key = key() else { return nil }
      switch key {
      case .up, .left: at = (at + options.count - 1) % options.count
      case .down, .right, .tab: at = (at + 1) % options.count
      case .home: at = 0
      case .end: at = options.count - 1
      case .enter, .character(" "): return at
      case .escape, .control("c"): return nil
      case .character(let letter):
        // A letter goes to the next option that begins with it.
        let order = (1...options.count).map { (at + $0) % options.count }
        at = order.first { options[$0].lowercased().hasPrefix(String(letter).lowercased()) } ?? at
      default: break
      }
    }
  }

  private func show(_ label: String, _ options: [String], _ at: Int) {
    let height = min(options.count, max(1, tty.lines - 2))
    let first = max(0, min(at - height / 2, options.count - height))
    var output = "\u{1b}[\(tty.lines - height);1H\u{1b}[0m\u{1b}[K\u{1b}[1m\(label)\u{1b}[0m"
    for (row, index) in (first..<first + height).enumerated() {
      let style = tty.sequence(.plain, isCurrent: index == at)
      output += "\u{1b}[\(tty.lines - height + 1 + row);1H\u{1b}[0m\u{1b}[K  \(style)"
      output += TextWidth.fit(options[index], min(tty.columns - 4, 60)) + "\u{1b}[0m"
    }
    output += "\u{1b}[\(tty.lines - height + 1 + at - first);3H\u{1b}[?25h"
    tty.write(output)
  }
}
