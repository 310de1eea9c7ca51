/// A script or a style sheet as browsers need it: without the comments and the indentation that are for readers.
///
/// Works by whole lines and keeps their number, so that the line of an error is the line of the repository. Only what
/// begins a line is a comment, so no text of the page may run over several lines: a test looks.
enum LeanText {
  static func of(_ text: String) -> String {
    var isInComment = false
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> Substring in
      let words = line.drop { $0 == " " }
      if isInComment {
        isInComment = !words.hasSuffix("*/")
        return ""
      }
      guard words.hasPrefix("/*") else { return words.hasPrefix("//") ? "" : words }
      isInComment = !words.hasSuffix("*/")
      return ""
    }
    return lines.joined(separator: "\n")
  }
}
