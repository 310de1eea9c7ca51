import PluginKit

/// What an import tells whoever started it: rows that were left out, and warnings about files.
final class ImportReport {
  struct Fault: Sendable {
    let file: String
    /// The header is line 1.
    let line: Int
    /// The column's name.
    let column: String
    let value: String
    let reason: Text

    /// What is kept with an operation: without phones and addresses, which nobody could take out of it again.
    func stored(in language: Language) -> JSONValue {
      let json = json(in: language)
      return ["phone", "sms", "email"].contains(column) ? json.removing("value") : json
    }

    func json(in language: Language) -> JSONValue {
      [
        "file": JSONValue(file), "line": JSONValue(line), "column": JSONValue(column), "value": JSONValue(value),
        "reason": JSONValue(reason.text(language)),
      ]
    }
  }

  /// Errors that are listed; a file in the wrong encoding has one on every line.
  static let mostListed = 10_000

  /// Of whoever started the import.
  private let language: Language

  private(set) var faults: [Fault] = []
  private(set) var total = 0
  private(set) var warnings: [JSONValue] = []
  /// Ids of rows that were left out, by file: a bad row about somebody is no word that they are gone.
  private(set) var spared: [String: Set<String>] = [:]

  init(_ call: Call) { language = call.language }

  func add(_ file: String, _ line: Int, _ column: String, _ value: String, _ reason: Text) {
    total += 1
    guard faults.count < Self.mostListed else { return }
    faults.append(Fault(file: file, line: line, column: column, value: String(value.prefix(200)), reason: reason))
  }

  func spare(_ file: String, _ sourcedID: String) {
    guard !sourcedID.isEmpty, sourcedID.utf8.count <= 255 else { return }
    spared[file, default: []].insert(sourcedID)
  }

  func warn(_ file: String, _ reason: Text) {
    warnings.append(["file": JSONValue(file), "reason": JSONValue(reason.text(language))])
  }

  /// In the order of the files and lines.
  var errors: JSONValue { JSONValue(sorted.map { $0.json(in: language) }) }

  /// The first of them as they are kept.
  var storedErrors: JSONValue { JSONValue(sorted.prefix(200).map { $0.stored(in: language) }) }

  private var sorted: [Fault] {
    let places = Dictionary(
      uniqueKeysWithValues: RosterFile.allCases.enumerated().map { ($0.element.name, $0.offset) })
    return faults.enumerated().sorted { left, right in
      let (a, b) = (places[left.element.file] ?? -1, places[right.element.file] ?? -1)
      return (a, left.element.line, left.offset) < (b, right.element.line, right.offset)
    }.map(\.element)
  }
}
