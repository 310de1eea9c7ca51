import Testing

/// The page is sent line by line without its comments (decision 0028): what that needs of its files.
struct PageTests {
  private static let folder = "Sources/WebDesktop/Page"

  @Test func `a comment that begins a line of the page fills it, and no string goes over a line's end`() throws {
    let files = try Repository.files(under: Self.folder, endings: [".js", ".css"])
    #expect(files.count > 30)
    for file in files {
      var isInComment = false
      for (number, line) in try Repository.text(file).split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        let words = line.drop { $0 == " " }
        let place = "\(file):\(number + 1)"
        let opens = !isInComment && words.hasPrefix("/*")
        if isInComment || opens {
          let rest = opens ? words.dropFirst(2) : words
          isInComment = !rest.contains("*/")
          #expect(isInComment || words.hasSuffix("*/"), "code behind a comment: \(place)")
        } else if !words.hasPrefix("//") {
          // In front of a comment that ends the line.
          let code = words.firstRange(of: " //").map { words[..<$0.lowerBound] } ?? words
          #expect(code.count { $0 == "`" } % 2 == 0, "a string over several lines: \(place)")
          #expect(
            code.lastRange(of: "/*")?.lowerBound ?? code.startIndex <= code.lastRange(of: "*/")?.lowerBound
              ?? code.startIndex, "a comment that goes on: \(place)")
        }
      }
      #expect(!isInComment, "\(file)")
    }
  }
}

extension Substring {
  fileprivate func lastRange(of words: String) -> Range<Index>? { ranges(of: words).last }
}
