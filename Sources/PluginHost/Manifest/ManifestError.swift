import ShellProtocol

/// Why a manifest cannot be used: the file, and each place in it with the reason.
package struct ManifestError: Error, Sendable, Equatable, CustomStringConvertible {
  package struct Issue: Sendable, Equatable {
    /// JSON Pointer into the manifest; "" is the whole.
    package let pointer: String
    package let reason: LocalizedText

    package init(pointer: String, reason: LocalizedText) {
      self.pointer = pointer
      self.reason = reason
    }
  }

  package let file: String
  /// At least one.
  package let issues: [Issue]

  package init(file: String, issues: [Issue]) {
    self.file = file
    self.issues = issues
  }

  /// A file that does not even hold JSON.
  package init(file: String, reason: LocalizedText) {
    self.init(file: file, issues: [Issue(pointer: "", reason: reason)])
  }

  /// The issues in words for a person, without the file's folder.
  package var message: LocalizedText {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    func words(_ text: (LocalizedText) -> String) -> String {
      issues.map { $0.pointer.isEmpty ? text($0.reason) : "\($0.pointer): \(text($0.reason))" }.joined(
        separator: "; ")
    }
    return LocalizedText(ru: "\(name): \(words(\.ru))", en: "\(name): \(words(\.en))")
  }

  package var description: String {
    issues.map { "\(file): \($0.pointer.isEmpty ? "" : $0.pointer + ": ")\($0.reason.en)" }.joined(
      separator: "\n")
  }
}
