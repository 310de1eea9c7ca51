/// Puts a page on the terminal: the part that fits, the current spot inverse, a line of words at the foot.
final class Screen {
  private let tty: Tty
  private(set) var top = 0

  init(_ tty: Tty) { self.tty = tty }

  var width: Int { tty.columns }
  /// Lines of a page that the screen shows.
  var height: Int { max(1, tty.lines - 1) }

  func draw(_ page: Canvas, current: Spot?, foot: String) {
    if let current { reveal(current.line) }
    top = max(0, min(top, page.lines.count - height))
    var output = "\u{1b}[?25l\u{1b}[H"
    for row in 0..<height {
      let line = top + row
      if line < page.lines.count { output += text(page.lines[line], line: line, current: current) }
      output += "\u{1b}[0m\u{1b}[K\r\n"
    }
    output += tty.sequence(.hint, isCurrent: false) + TextWidth.fit(foot, width - 1) + "\u{1b}[0m"
    // The terminal's own cursor stays on the spot: screen readers follow it.
    if let current {
      output += "\u{1b}[\(current.line - top + 1);\(min(current.from, width - 1) + 1)H\u{1b}[?25h"
    }
    tty.write(output)
  }

  func scroll(by lines: Int) { top = max(0, top + lines) }

  private func reveal(_ line: Int) {
    if line < top { top = line }
    if line >= top + height { top = line - height + 1 }
  }

  private func text(_ pieces: [Canvas.Piece], line: Int, current: Spot?) -> String {
    var (output, column) = ("", 0)
    for piece in pieces {
      let size = TextWidth.of(piece.text)
      let isCurrent = current.map { $0.line == line && $0.from == column && $0.to == column + size } ?? false
      let room = width - column
      guard room > 0 else { break }
      output += tty.sequence(piece.style, isCurrent: isCurrent)
      output += size > room ? TextWidth.fit(piece.text, room) : piece.text
      column += size
    }
    return output
  }
}
