import PluginHost
import ShellStore
import Terminal

/// A new plugin's name in the spellings that its files need.
struct PluginName {
  /// `class-notes`: the manifest's id.
  let id: String

  /// Takes what a person typed; refuses with the reason and, where there is one, a name that would do.
  init(_ text: String) throws(HostError) {
    guard ManifestGrammar.isPluginID(text) else {
      let hint = Self.suggestion(for: text)
      throw HostError(
        ru: "«\(text)»: имя модуля — строчные латинские буквы, цифры и дефисы, первой буква, не длиннее 64"
          + (hint.map { "; подойдёт, например, \($0)" } ?? ""),
        en: "'\(text)': a plugin's name is lower-case Latin letters, digits and hyphens, a letter first, at most 64"
          + (hint.map { "; \($0) would do" } ?? ""))
    }
    guard !Self.reserved.contains(text) else {
      throw HostError(
        ru: "«\(text)»: это имя занято самим сервером", en: "'\(text)': the host keeps this name for itself")
    }
    id = text
  }

  /// `shell` begins the names of the host's own commands and tables, `host` owns those tables, and a bench of
  /// `PluginTesting` has a plugin of its own.
  private static let reserved: Set = ["shell", "host", "esh-bench"]

  /// `classNotes`: what the names of its commands, windows and tables begin with.
  var word: String { parts[0] + parts.dropFirst().map(Self.capitalized).joined() }
  /// `ClassNotes`: modules and types.
  var type: String { parts.map(Self.capitalized).joined() }
  /// `class_notes`: what its tables in the database begin with.
  var prefix: String { String(StatementPolicy.prefix(of: id).dropLast()) }

  private var parts: [String] { id.split(separator: "-").map(String.init) }

  private static func capitalized(_ part: String) -> String { part.prefix(1).uppercased() + part.dropFirst() }

  /// `org.example.Notes` as a name: `org-example-notes`.
  private static func suggestion(for text: String) -> String? {
    let plain = text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    let name = String(String(plain).split(separator: "-").joined(separator: "-").prefix(64))
    return ManifestGrammar.isPluginID(name) ? name : nil
  }
}
