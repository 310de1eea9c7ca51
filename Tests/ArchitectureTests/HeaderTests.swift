import Testing

/// The C header is all that a plugin author needs.
struct HeaderTests {
  static let dialects = [
    ["cc", "-x", "c", "-std=c11"], ["cc", "-x", "c", "-std=c17"], ["c++", "-x", "c++", "-std=c++11"],
    ["c++", "-x", "c++", "-std=c++17"],
  ]

  @Test(
    arguments: dialects,
    ["Sources/CShellPlugin/include/shell_plugin.h", "Sources/CPluginTesting/include/shell_testing.h"])
  func `the headers for plugin authors compile alone, without a warning`(dialect: [String], header: String) throws {
    let (status, output) = try run(
      dialect + ["-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-include", header, "/dev/null"]
        + (dialect.contains("c++") ? [] : ["-pedantic"]))

    #expect(status == 0, "\(output)")
  }

  @Test func `every function of the header says on which thread it is called`() throws {
    let text = try Repository.text("Sources/CShellPlugin/include/shell_plugin.h")
    let tables = text.split(separator: "typedef struct shell_").filter {
      $0.hasPrefix("host {") || $0.hasPrefix("plugin {")
    }
    #expect(tables.count == 2)

    for table in tables {
      var comment = ""
      for line in table.prefix(while: { $0 != "}" }).split(separator: "\n") {
        if line.contains("/*") { comment = "" }
        if line.contains("*/") || line.contains("/*") || line.hasPrefix("   *") {
          comment += line
        } else if line.contains("(*") {
          #expect(comment.contains("["), "\(line)")
        }
      }
    }
  }
}
