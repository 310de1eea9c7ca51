import Jansson
import ShellProtocol

/// One thing that `esh plugin check` has to say: what, where, why it matters, and what to do about it.
struct CheckFinding: Sendable {
  enum Severity: String, Sendable {
    /// The host would refuse the plugin, or the plugin breaks the contract.
    case error
    /// It works, but is hardly meant so.
    case warning
  }

  /// Stable, for programs: "refs.leak".
  let id: String
  let severity: Severity
  /// A JSON Pointer into the manifest, a file, or what was being called.
  let place: String
  let message: LocalizedText
  /// What to do about it.
  let advice: LocalizedText

  init(_ id: String, _ severity: Severity, at place: String, _ message: LocalizedText, advice: LocalizedText) {
    self.id = id
    self.severity = severity
    self.place = place
    self.message = message
    self.advice = advice
  }

  var json: JSONValue {
    [
      "id": JSONValue(id), "severity": JSONValue(severity.rawValue), "place": JSONValue(place),
      "message": ["ru": JSONValue(message.ru), "en": JSONValue(message.en)],
      "advice": ["ru": JSONValue(advice.ru), "en": JSONValue(advice.en)],
    ]
  }

  /// Reads what `json` has written; nil for anything else.
  init?(_ json: JSONValue) {
    guard let id = json["id"]?.string, let severity = json["severity"]?.string.flatMap(Severity.init(rawValue:)),
      let place = json["place"]?.string, let message = LocalizedText(json["message"]),
      let advice = LocalizedText(json["advice"])
    else { return nil }
    self.init(id, severity, at: place, message, advice: advice)
  }

  /// For people, two or three lines.
  var lines: String {
    let word = severity == .error ? "ошибка / error" : "замечание / warning"
    let text = message.ru == message.en ? message.ru : "\(message.ru) / \(message.en)"
    let advised = advice.ru == advice.en ? advice.ru : "\(advice.ru) / \(advice.en)"
    return "\(word): \(place): \(text) [\(id)]\n  → \(advised)"
  }
}
