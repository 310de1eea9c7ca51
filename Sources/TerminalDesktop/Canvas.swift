/// How a piece of text looks; what that means in colours is the terminal's matter.
package enum Style: Sendable {
  case plain, title, label, button, disabled, value, hint, heading, selected, bold, warning, error, tab, tabSelected
}

/// What happens when a person acts on a place of the screen. Ids are the host's.
package enum Action: Equatable, Sendable {
  case item(path: [String])
  case shortcut(String)
  case show(window: String)
  case tab(window: String, tab: String)
  case press(window: String, button: String, row: String?)
  case field(window: String, field: String)
  case cell(window: String, table: String, row: String, column: String)
  case sort(window: String, table: String, column: String)
  case more(window: String, table: String)
}

/// A place that can be acted upon. An action is its own key: it is the same when the page is drawn anew.
package struct Spot: Equatable, Sendable {
  package let line: Int
  /// Cells of the screen, from 0.
  package let from: Int
  package let to: Int
  package let action: Action
}

/// Lines of styled text with places to act upon.
package struct Canvas {
  package struct Piece: Equatable {
    package let text: String
    package let style: Style
  }

  package private(set) var lines: [[Piece]] = [[]]
  package private(set) var spots: [Spot] = []
  private var column = 0

  package init() {}

  /// Adds text to the current line; with an `action` it becomes a spot.
  mutating func put(_ text: String, _ style: Style = .plain, _ action: Action? = nil) {
    let clean = String(text.map { $0.isNewline || $0.asciiValue.map { $0 < 32 } == true ? " " : $0 })
    let width = TextWidth.of(clean)
    lines[lines.count - 1].append(Piece(text: clean, style: style))
    if let action { spots.append(Spot(line: lines.count - 1, from: column, to: column + width, action: action)) }
    column += width
  }

  mutating func newline() {
    lines.append([])
    column = 0
  }

  mutating func line(_ text: String, _ style: Style = .plain) {
    put(text, style)
    newline()
  }

  /// The page without its colours, lines without blanks at their ends.
  package var text: String {
    lines.map { line in
      var text = line.map(\.text).joined()
      while text.last == " " { text.removeLast() }
      return text
    }.joined(separator: "\n")
  }
}
