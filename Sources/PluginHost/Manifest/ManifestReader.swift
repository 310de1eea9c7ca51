import JSONSchema
import Jansson
import ShellProtocol

/// Reads one object of a manifest, member by member, and says where something is wrong.
struct ManifestReader {
  let json: JSONValue
  let pointer: JSONPointer
  let whole: Whole

  /// What belongs to the manifest as a whole; filled while reading.
  final class Whole {
    /// The places where a text for people has one language only.
    var plainTexts: [String] = []
    /// The clauses of `rights`, which contributions name as `@name`.
    var rights: [String: String] = [:]
    /// The rights that a contribution names.
    var usedRights: Set<String> = []
    /// Names that lead nowhere.
    var contradictions: [ManifestError.Issue] = []
  }

  init(_ json: JSONValue, pointer: JSONPointer = JSONPointer(), whole: Whole) throws(ManifestFault) {
    self.json = json
    self.pointer = pointer
    self.whole = whole
    guard json.isObject else {
      throw ManifestFault(pointer, ru: "ожидается объект", en: "expected an object")
    }
  }

  var place: String { pointer.description }

  /// Refuses members of other names.
  func only(_ names: String...) throws(ManifestFault) {
    for (name, _) in json.members ?? [] where !names.contains(name) {
      let known = names.joined(separator: ", ")
      throw ManifestFault(
        pointer.appending(name), ru: "неизвестное поле «\(name)»; известны: \(known)",
        en: "unknown member '\(name)'; known: \(known)")
    }
  }

  func has(_ name: String) -> Bool { json[name] != nil }

  func missing(_ name: String) -> ManifestFault {
    ManifestFault(
      pointer.appending(name), ru: "отсутствует обязательное поле «\(name)»", en: "missing member '\(name)'")
  }

  func wrong(_ name: String, _ wanted: LocalizedText) -> ManifestFault {
    ManifestFault(pointer.appending(name), ru: "ожидается \(wanted.ru)", en: "expected \(wanted.en)")
  }

  // MARK: Strings

  func optionalString(_ name: String, _ accepts: (String) -> Bool) throws(ManifestFault) -> String? {
    guard let value = json[name] else { return nil }
    return try Self.string(value, accepts, at: pointer.appending(name))
  }

  func string(_ name: String, _ accepts: (String) -> Bool) throws(ManifestFault) -> String {
    guard let text = try optionalString(name, accepts) else { throw missing(name) }
    return text
  }

  /// A list of strings; empty when it is absent.
  func strings(_ name: String, _ accepts: (String) -> Bool) throws(ManifestFault) -> [String] {
    var result: [String] = []
    for (index, element) in try elements(name).enumerated() {
      result.append(try Self.string(element, accepts, at: pointer.appending(name).appending(index)))
    }
    return result
  }

  private static func string(
    _ value: JSONValue, _ accepts: (String) -> Bool, at place: JSONPointer
  ) throws(ManifestFault) -> String {
    guard let text = value.string else {
      throw ManifestFault(place, ru: "ожидается строка", en: "expected a string")
    }
    guard accepts(text) else {
      let shown = text.count > 80 ? "\(text.prefix(80))…" : text
      throw ManifestFault(place, ru: "недопустимое имя «\(shown)»", en: "'\(shown)' is not a valid name here")
    }
    return text
  }

  func optionalText(_ name: String) throws(ManifestFault) -> LocalizedText? {
    guard let value = json[name] else { return nil }
    if let text = value.string, Self.isText(text) {
      whole.plainTexts.append(pointer.appending(name).description)
      return LocalizedText(verbatim: text)
    }
    guard let ru = value["ru"]?.string, let en = value["en"]?.string, Self.isText(ru), Self.isText(en),
      value.count == 2
    else {
      throw wrong(
        name, LocalizedText(ru: "текст на двух языках: {\"ru\", \"en\"}", en: "a text {\"ru\", \"en\"}"))
    }
    return LocalizedText(ru: ru, en: en)
  }

  func text(_ name: String) throws(ManifestFault) -> LocalizedText {
    guard let text = try optionalText(name) else { throw missing(name) }
    return text
  }

  private static func isText(_ text: String) -> Bool { (1...500).contains(text.unicodeScalars.count) }

  /// A clause, or the one of the right that is named: `@manage`.
  func clause(_ name: String) throws(ManifestFault) -> Manifest.Clause? {
    guard let value = json[name] else { return nil }
    guard var text = value.string, (1...1000).contains(text.unicodeScalars.count) else {
      throw wrong(name, LocalizedText(ru: "условие", en: "a when-clause"))
    }
    if text.hasPrefix("@") {
      let right = String(text.dropFirst())
      whole.usedRights.insert(right)
      if let clause = whole.rights[right] {
        text = clause
      } else {
        // What a schema cannot see is told with the other contradictions.
        whole.contradictions.append(
          ManifestFault(
            pointer.appending(name), ru: "право «\(right)» не описано в rights",
            en: "the right '\(right)' is not described in 'rights'"
          ).issue)
      }
    }
    return Manifest.Clause(text: text, pointer: pointer.appending(name).description)
  }

  /// `rights`: a clause for each name. They may not name each other.
  func readRights() throws(ManifestFault) {
    guard let rights = try reader("rights") else { return }
    for (name, _) in rights.json.members ?? [] {
      guard ManifestGrammar.isLocalID(name) else {
        throw ManifestFault(
          rights.pointer.appending(name), ru: "недопустимое имя «\(name)»", en: "'\(name)' is not a valid name here")
      }
      guard let clause = try rights.clause(name) else { continue }
      whole.rights[name] = clause.text
    }
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Choice.Type
  ) throws(ManifestFault) -> Choice? where Choice.RawValue == String {
    guard let value = json[name] else { return nil }
    guard let choice = value.string.flatMap(Choice.init(rawValue:)) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw wrong(name, LocalizedText(ru: "одно из: \(known)", en: "one of: \(known)"))
    }
    return choice
  }

  // MARK: Other values

  func bool(_ name: String) throws(ManifestFault) -> Bool? {
    guard let value = json[name] else { return nil }
    guard let truth = value.bool else {
      throw wrong(name, LocalizedText(ru: "true или false", en: "true or false"))
    }
    return truth
  }

  func integer(_ name: String, in range: ClosedRange<Int64>) throws(ManifestFault) -> Int64? {
    guard let value = json[name] else { return nil }
    guard let number = value.int64, range.contains(number) else {
      let bounds = "\(range.lowerBound)…\(range.upperBound)"
      throw wrong(name, LocalizedText(ru: "целое число \(bounds)", en: "an integer \(bounds)"))
    }
    return number
  }

  func index() throws(ManifestFault) -> Int {
    Int(try integer("index", in: -1_000_000...1_000_000) ?? Int64(Manifest.defaultIndex))
  }

  func optionalObject(_ name: String) throws(ManifestFault) -> JSONValue? {
    guard let value = json[name] else { return nil }
    guard value.isObject else { throw wrong(name, LocalizedText(ru: "объект", en: "an object")) }
    return value
  }

  func reader(_ name: String) throws(ManifestFault) -> ManifestReader? {
    guard let value = json[name] else { return nil }
    return try ManifestReader(value, pointer: pointer.appending(name), whole: whole)
  }

  /// The objects of a list; none when it is absent.
  func readers(_ name: String) throws(ManifestFault) -> [ManifestReader] {
    var result: [ManifestReader] = []
    for (index, element) in try elements(name).enumerated() {
      result.append(
        try ManifestReader(element, pointer: pointer.appending(name).appending(index), whole: whole))
    }
    return result
  }

  private func elements(_ name: String) throws(ManifestFault) -> [JSONValue] {
    guard let value = json[name] else { return [] }
    guard let elements = value.array, elements.count <= 1000 else {
      throw wrong(name, LocalizedText(ru: "список не длиннее 1000", en: "a list of at most 1000"))
    }
    return elements
  }
}

/// One thing wrong with a manifest; the file's name is added at the top.
struct ManifestFault: Error {
  let issue: ManifestError.Issue

  init(_ pointer: JSONPointer, ru: String, en: String) { self.init(pointer.description, ru: ru, en: en) }

  init(_ pointer: String, ru: String, en: String) {
    issue = ManifestError.Issue(pointer: pointer, reason: LocalizedText(ru: ru, en: en))
  }
}
