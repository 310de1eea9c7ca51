import PluginKit

/// Reads a command's arguments and collects all that is wrong with them, so that a form marks every field at once.
///
/// An argument that is absent changes nothing; one that is null or blank empties what it names.
struct Arguments {
  let params: JSONValue
  private var objections = Objections()
  var issues: [PluginError.Issue] { objections.issues }

  init(_ call: Call) { params = call.params }

  /// Whether the argument was given at all, null included.
  func has(_ name: String) -> Bool { params[name] != nil }

  mutating func refuse(_ name: String, _ message: Text) { objections.add(name, message) }

  /// Throws what has been collected.
  func check() throws(PluginError) { try objections.raise() }

  /// A person's own data with what the arguments say put over them.
  mutating func person(_ person: PersonInput, today: CivilDate) -> PersonInput {
    person.applying(params, today: today, &objections)
  }

  /// Refuses arguments that are needed and were not given, unless they are refused already.
  mutating func require(_ names: [String], given: [Bool]) {
    for (name, isGiven) in zip(names, given) where !isGiven && !issues.contains(where: { $0.path == "/\(name)" }) {
      refuse(name, Text("Обязательное поле", en: "Required"))
    }
  }

  /// Refuses arguments that were given and are null or blank: what they name cannot be empty.
  mutating func refuseEmpty(_ names: [String]) {
    for name in names {
      guard let value = params[name], value.isNull || value.string?.allSatisfy(\.isWhitespace) == true else { continue }
      refuse(name, Text("Не может быть пустым", en: "Cannot be empty"))
    }
  }

  /// The words of a text with single blanks between them; nil when absent, empty when null or blank.
  mutating func text(_ name: String, atMost limit: Int) -> String? {
    guard let value = params[name] else { return nil }
    let text = (value.string ?? "").split { $0.isWhitespace }.joined(separator: " ")
    if !value.isNull, value.string == nil { refuse(name, Text("Нужен текст", en: "Must be text")) }
    if text.count > limit {
      refuse(
        name,
        Text("Не больше \(limit) знаков, здесь \(text.count)", en: "At most \(limit) characters, not \(text.count)"))
    }
    return text
  }

  /// A text that must not be empty; absence is refused unless `optional`.
  mutating func requiredText(_ name: String, atMost limit: Int, optional: Bool = false) -> String? {
    let text = text(name, atMost: limit)
    if text == nil, optional { return nil }
    if text?.isEmpty ?? true { refuse(name, Text("Обязательное поле", en: "Required")) }
    return text
  }

  /// An id; nil when absent, null or blank.
  func id(_ name: String) -> String? {
    params[name]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// An id that must be there.
  func requiredID(_ name: String) throws(PluginError) -> String {
    guard let id = id(name) else { throw .invalid(name, Text("Обязательное поле", en: "Required")) }
    return id
  }

  /// A whole number, also one written as text, as a list's option is; nil when absent or empty.
  mutating func integer(_ name: String, _ range: ClosedRange<Int>) -> Int? {
    guard let value = params[name], !value.isNull, value.string != "" else { return nil }
    let number =
      value.int ?? value.string.flatMap { Int($0) }
      ?? value.double.flatMap { $0 == $0.rounded() && abs($0) < 1e9 ? Int($0) : nil }
    guard let number, range.contains(number) else {
      refuse(
        name,
        Text(
          "Целое число от \(range.lowerBound) до \(range.upperBound)",
          en: "A whole number from \(range.lowerBound) to \(range.upperBound)"))
      return nil
    }
    return number
  }

  /// A list of ids with each one once; nil when absent or null.
  mutating func ids(_ name: String) -> [String]? {
    guard let value = params[name], !value.isNull else { return nil }
    guard let list = value.array, list.allSatisfy({ $0.string?.isEmpty == false }) else {
      refuse(name, Text("Нужен список записей", en: "Must be a list of ids"))
      return nil
    }
    var ids: [String] = []
    for id in list.compactMap(\.string) where !ids.contains(id) { ids.append(id) }
    return ids
  }

  /// A time of day, `8:00` or `08:00`; nil when absent or empty.
  mutating func time(_ name: String) -> String? {
    guard let value = params[name], !value.isNull, value.string != "" else { return nil }
    let parts = (value.string ?? "").split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
      parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let hour = UInt(parts[0]), let minute = UInt(parts[1]), hour < 24, minute < 60
    else {
      refuse(name, Text("Время пишется ЧЧ:ММ, например 08:30", en: "A time is written HH:MM, e.g. 08:30"))
      return nil
    }
    return (hour < 10 ? "0" : "") + "\(hour):\(parts[1])"
  }

  /// A day, `2026-09-01`; nil when absent or empty.
  mutating func date(_ name: String) -> CivilDate? {
    guard let value = params[name], !value.isNull, value.string != "" else { return nil }
    guard let text = value.string, let date = CivilDate(text: text) else {
      refuse(name, Text("Дата пишется ГГГГ-ММ-ДД", en: "A date is written YYYY-MM-DD"))
      return nil
    }
    return date
  }
}

extension CivilDate {
  /// A day written `2025-04-05`; nil for anything else, and for days that no calendar has.
  init?(text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2], let year = UInt(parts[0]), let month = UInt(parts[1]),
      let day = UInt(parts[2]), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    self.init(Int(year), Int(month), Int(day))
    guard self.text == text else { return nil }
  }
}
