import PluginKit

/// A class as commands find and guard it: its pupils and its cohort stay, its label may change every year.
struct ClassRecord: Sendable {
  let id: String
  var grade: Int
  var letter: String
  var homeroomTeacher: String?
  let isArchived: Bool
  let pupils: Int

  static let grades = 1...12

  var title: String { "\(grade)\(letter)" }

  /// A class that is not archived. `argument`: the command's argument that named it, for a form's field.
  static func require(_ id: String, argument: String? = nil, _ transaction: Transaction) throws -> ClassRecord {
    let record = try requireAny(id, transaction)
    guard !record.isArchived else {
      let message = Text(
        "Класс \(record.title) в архиве: выберите другой", en: "The class \(record.title) is archived: choose another")
      throw PluginError(
        "school.classArchived", message, code: argument == nil ? nil : -32602,
        issues: argument.map { [PluginError.Issue(path: "/\($0)", message)] } ?? [])
    }
    return record
  }

  /// A class, archived or not.
  static func requireAny(_ id: String, _ transaction: Transaction) throws -> ClassRecord {
    let row = try transaction.first("SELECT * FROM school_classes WHERE id = ?", [JSONValue(id)])
    guard let row else { throw PluginError.notFound("class", id) }
    return ClassRecord(row)
  }

  private init(_ row: JSONValue) {
    id = row["id"]?.string ?? ""
    grade = row["grade"]?.int ?? 0
    letter = row["letter"]?.string ?? ""
    homeroomTeacher = row["homeroom_teacher_id"]?.string
    isArchived = row["archived"]?.int == 1
    pupils = row["pupils"]?.int ?? 0
  }

  /// The letter of a label: «а» is written «А», also where it was typed on a Latin keyboard.
  static func letter(_ arguments: inout Arguments, optional: Bool) -> String? {
    let text = arguments.requiredText("letter", atMost: 10, optional: optional).map(ClassLetter.russian)
    if let text, ClassLetter.isMixed(text) {
      arguments.refuse(
        "letter",
        Text(
          "В литере «\(text)» смешаны русские и латинские буквы: наберите её русскими",
          en: "The letter '\(text)' mixes Russian and Latin letters: type it in Russian ones"))
    }
    return text
  }

  /// Two classes that pupils learn in cannot have one label.
  static func refuseLabel(_ grade: Int, _ letter: String, except id: String?, _ transaction: Transaction) throws {
    let other = try transaction.first(
      "SELECT id, title FROM school_classes WHERE grade = ? AND letter = ? AND archived = 0 AND id IS NOT ?",
      [JSONValue(grade), JSONValue(letter), JSONValue(id)])
    guard let other, let title = other["title"]?.string else { return }
    throw PluginError(
      "school.classExists", Text("Класс \(title) уже есть", en: "There is a class \(title) already"), code: -32602,
      issues: [
        PluginError.Issue(path: "/letter", Text("Класс \(title) уже есть", en: "There is a class \(title) already"))
      ],
      data: ["class": other["id"] ?? .null])
  }
}
