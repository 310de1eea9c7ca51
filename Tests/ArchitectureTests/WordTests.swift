import Testing

/// What must not be written where.
struct WordTests {
  /// Words of the domain, of which the host knows none.
  static let domain = [
    "school", "sferum", "chat", "pupil", "teacher", "homeroom", "timetable", "conference", "школ",
    "сферум", "чат", "ученик", "учител", "педагог", "расписани", "видеоконференц",
  ]
  static let host = [
    "CShellPlugin", "JSONSchema", "Jansson", "PluginHost", "PluginKit", "ShellCore", "ShellHTTP", "ShellProtocol",
    "ShellStore", "ShellTime", "ShellTransport", "TerminalDesktop", "WebDesktop", "WhenClause", "CJansson", "CWebPage",
  ]

  @Test(arguments: host)
  func `the host's rooms know no word of the domain`(room: String) throws {
    for file in try Repository.files(under: "Sources/\(room)", endings: [".swift", ".c", ".h", ".html", ".css", ".js"])
    {
      for (number, line) in try Repository.text(file).split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        let words = line.lowercased().split { !$0.isLetter }
        for word in Self.domain where words.contains(where: { $0.hasPrefix(word) }) {
          Issue.record("\(file):\(number + 1) says '\(word)': \(line)")
        }
      }
    }
  }

  @Test func `no file is longer than 400 lines`() throws {
    // The schema's text is one piece, and has its own file in `Manifests`.
    for file in try Repository.sources() where !file.hasSuffix("ManifestSchema.swift") {
      let lines = try Repository.text(file).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 401, "\(file): \(lines.count) lines")
    }
  }

  @Test func `no forced try, no unowned to-do, no path of somebody's machine`() throws {
    // Put together here, so that this file does not find itself.
    let forbidden = [
      "try" + "!", "TO" + "DO", "FIX" + "ME", "/ho" + "me/", "/wo" + "rk/", "/ro" + "ot/", "/Us" + "ers/", "as" + "! ",
    ]
    let texts = try Repository.sources() + Repository.files(under: "Manifests", endings: [".json"])
    for file in texts {
      let text = try Repository.text(file)
      for word in forbidden where text.contains(word) {
        if word == "as" + "! " || word == "try" + "!", !file.hasSuffix(".swift") { continue }
        Issue.record("\(file) contains '\(word)'")
      }
    }
  }

  @Test func `no forced crash on what comes from outside, and nothing printed past the log`() throws {
    for file in try Repository.sources(["Sources", "Plugins"]) where file.hasSuffix(".swift") {
      let room = file.split(separator: "/")[1]
      let text = try Repository.text(file)
      #expect(!text.contains("fatalError("), "\(file)")
      if !["esh", "shell-bench", "chat-bench", "Terminal", "PlatformLibrary"].contains(room) {
        #expect(!text.contains("print(\""), "\(file)")
      }
    }
  }

  @Test func `no type is called by what says nothing`() throws {
    let vague = ["Manager", "Util", "Utils", "Helper", "Helpers", "Impl", "Common"]
    for file in try Repository.sources(["Sources", "Plugins", "Tests"]) where file.hasSuffix(".swift") {
      for line in try Repository.text(file).split(separator: "\n") {
        let words = line.split(whereSeparator: { " :<(){".contains($0) }).map(String.init)
        for (index, word) in words.enumerated().dropFirst()
        where ["class", "struct", "enum", "actor", "protocol"].contains(words[index - 1]) {
          #expect(!vague.contains { word.hasSuffix($0) } && word != "Base", "\(file): \(word)")
        }
      }
    }
  }

  @Test func `test names are sentences`() throws {
    for file in try Repository.files(under: "Tests", endings: ["Tests.swift"]) {
      let lines = try Repository.text(file).split(separator: "\n").map { $0.drop { $0 == " " } }
      for line in lines where line.hasPrefix("func test") { Issue.record("\(file): \(line)") }
    }
  }
}
