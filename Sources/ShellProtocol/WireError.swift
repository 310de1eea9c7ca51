import Jansson

/// The only error that crosses the wire: a code, words for a person, and a stable dotted `kind` for programs.
package struct WireError: Error, Sendable {
  package var code: ErrorCode
  package var kind: String
  package var message: LocalizedText
  /// Further members of `data`, an object; `kind` is added when the error is written.
  package var data: JSONValue

  package init(_ code: ErrorCode, kind: String, _ message: LocalizedText, data: JSONValue = .emptyObject) {
    self.code = code
    self.kind = kind
    self.message = message
    self.data = data
  }

  /// One thing wrong with one parameter. `path` is a JSON Pointer into the params.
  package struct Issue: Sendable, Equatable {
    package var path: String
    package var message: LocalizedText
    package init(path: String, _ message: LocalizedText) {
      self.path = path
      self.message = message
    }
  }

  /// The `error` member of an answer in one language.
  package func json(_ locale: Locale) -> JSONValue {
    [
      "code": JSONValue(code.rawValue), "message": JSONValue(message.text(locale)),
      "data": data.setting("kind", JSONValue(kind)),
    ]
  }

  /// Invalid params with the places that are wrong.
  package static func invalidParams(_ issues: [Issue], _ locale: Locale = .ru) -> WireError {
    let list = issues.map { issue -> JSONValue in
      ["path": JSONValue(issue.path), "message": JSONValue(issue.message.text(locale))]
    }
    return WireError(
      .invalidParams, kind: "params.invalid",
      LocalizedText(
        ru: "Неверные параметры: " + issues.map { "\($0.path): \($0.message.ru)" }.joined(separator: "; "),
        en: "Invalid params: " + issues.map { "\($0.path): \($0.message.en)" }.joined(separator: "; ")),
      data: ["issues": JSONValue(list)])
  }

  /// Nothing of that kind (`what`: "window", "registry", "command", "row", …) has that id.
  package static func notFound(_ what: String, _ id: String) -> WireError {
    WireError(
      .notFound, kind: "\(what).notFound",
      LocalizedText(ru: "Не найдено (\(what)): «\(id)»", en: "No such \(what): '\(id)'"),
      data: ["what": JSONValue(what), "id": JSONValue(id)])
  }
}
