import Jansson
import ShellProtocol

/// Takes what a person typed into a field. What cannot be a value of its type stays typed and is marked.
enum FieldInput {
  /// What is wrong with a value of that field; nil when nothing is.
  static func problem(_ field: JSONValue, _ value: JSONValue) -> LocalizedText? {
    if value.isNull { return nil }
    switch field["type"]?.string ?? "text" {
    case "checkbox":
      return value.bool == nil ? LocalizedText(ru: "Нужно да или нет", en: "Must be true or false") : nil
    case "number":
      return value.double == nil ? LocalizedText(ru: "Нужно число", en: "Must be a number") : nil
    case "date":
      return value.string == "" || value.string.flatMap(DateInput.value) != nil ? nil : DateInput.problem
    case "time":
      return isTime(value.string) ? nil : LocalizedText(ru: "Нужно время", en: "Must be a time, 08:00")
    case "select":
      let allowed = (field["options"]?.array ?? []).contains { $0["value"] == value }
      return allowed ? nil : LocalizedText(ru: "Нет такого значения в списке", en: "Not one of the options")
    default:
      return value.string == nil ? LocalizedText(ru: "Нужен текст", en: "Must be text") : nil
    }
  }

  static func isEmpty(_ value: JSONValue?) -> Bool {
    guard let value, !value.isNull else { return true }
    return value.string?.allSatisfy(\.isWhitespace) ?? false
  }

  /// What was typed as it is kept: a date that people write their way becomes one of the wire.
  static func kept(_ field: JSONValue, _ value: JSONValue) -> JSONValue {
    guard field["type"] == "date", let text = value.string, let date = DateInput.value(text) else { return value }
    return JSONValue(date)
  }

  private static func isTime(_ text: String?) -> Bool {
    guard let text else { return false }
    if text.isEmpty { return true }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hour = Int(parts[0]), let minute = Int(parts[1])
    else { return false }
    return (0..<24).contains(hour) && (0..<60).contains(minute)
  }
}
