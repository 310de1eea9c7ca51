/// A module or a style sheet of the page as it is sent: without what only its readers need.
///
/// Lines of comments are sent empty and indentation is left out, a seventh of the page. Every line keeps its number, so
/// what a browser says of a line holds for the file in the repository, which runs as it lies there, too. Nothing is
/// parsed; so the files keep to this: a comment that begins a line fills it, and no string goes over a line's end. A
/// test looks after that.
enum ServedText {
  /// `text`: UTF-8.
  static func of(_ text: some Collection<UInt8>) -> [UInt8] {
    var sent: [UInt8] = []
    sent.reserveCapacity(text.count)
    var isInComment = false
    for line in text.split(separator: newline, omittingEmptySubsequences: false) {
      let words = line.drop { $0 == space }
      if isInComment {
        isInComment = !contains(words, closing)
      } else if words.starts(with: opening) {
        isInComment = !contains(words.dropFirst(opening.count), closing)
      } else if !words.starts(with: lineComment) {
        sent.append(contentsOf: words)
      }
      sent.append(newline)
    }
    // There is one line's end fewer than there are lines.
    sent.removeLast()
    return sent
  }

  private static let newline = UInt8(ascii: "\n")
  private static let space = UInt8(ascii: " ")
  private static let opening: [UInt8] = Array("/*".utf8)
  private static let closing: [UInt8] = Array("*/".utf8)
  private static let lineComment: [UInt8] = Array("//".utf8)

  private static func contains(_ line: some Collection<UInt8>, _ pair: [UInt8]) -> Bool {
    zip(line, line.dropFirst()).contains { $0 == pair[0] && $1 == pair[1] }
  }
}
