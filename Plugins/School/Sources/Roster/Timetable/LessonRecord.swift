import PluginKit

/// One dated lesson.
struct LessonRecord: Sendable {
  var id = ""
  var group: String
  var date = ""
  var number = 0
  var starts = ""
  var ends = ""
  var room = ""
  var substitute: String?

  init(group: String) { self.group = group }

  static func require(_ id: String, _ transaction: Transaction) throws -> LessonRecord {
    let row = try transaction.first("SELECT * FROM school_lessons WHERE id = ?", [JSONValue(id)])
    guard let row else { throw PluginError.notFound("lesson", id) }
    var lesson = LessonRecord(group: row["group_id"]?.string ?? "")
    lesson.id = id
    lesson.date = row["date"]?.string ?? ""
    lesson.number = row["number"]?.int ?? 0
    lesson.starts = row["starts"]?.string ?? ""
    lesson.ends = row["ends"]?.string ?? ""
    lesson.room = row["room"]?.string ?? ""
    lesson.substitute = row["substitute_id"]?.string
    return lesson
  }

  /// «23.11.2026, урок 3»: as messages name it.
  var place: Text {
    Text("\(CivilDate.display(date)), урок \(number)", en: "\(date), lesson \(number)")
  }

  /// Takes what the arguments say. Where the number is new and no time is given, the bells say when it is.
  mutating func apply(_ arguments: inout Arguments, _ transaction: Transaction) throws {
    let isNew = id.isEmpty
    if !isNew { arguments.refuseEmpty(["date", "number"]) }
    let (newDate, newNumber) = (arguments.date("date"), arguments.integer("number", 0...20))
    let (newStart, newEnd) = (arguments.time("starts"), arguments.time("ends"))
    if let room = arguments.text("room", atMost: 50) { self.room = room }
    if isNew { arguments.require(["date", "number"], given: [newDate != nil, newNumber != nil]) }
    guard arguments.issues.isEmpty else { return }

    let isOtherNumber = isNew || newNumber.map { $0 != number } ?? false
    date = newDate?.text ?? date
    number = newNumber ?? number
    // An emptied time is the bell's.
    let isEmptied = (arguments.has("starts") && newStart == nil) || (arguments.has("ends") && newEnd == nil)
    if (isOtherNumber && (newStart == nil || newEnd == nil)) || isEmptied {
      guard let bell = try Bells.times(number, transaction) else {
        return arguments.refuse(
          newStart == nil ? "starts" : "ends",
          Text(
            "Для урока \(number) нет звонка: укажите время", en: "There is no bell for lesson \(number): give the time")
        )
      }
      if isOtherNumber || arguments.has("starts") { starts = bell.starts }
      if isOtherNumber || arguments.has("ends") { ends = bell.ends }
    }
    starts = newStart ?? starts
    ends = newEnd ?? ends
    if starts >= ends {
      arguments.refuse("ends", Text("Окончание должно быть позже начала", en: "The end must be after the start"))
    }
  }

  func differences(from old: LessonRecord) -> Differences {
    var differences = Differences()
    differences.add("date", JSONValue(old.date), JSONValue(date))
    differences.add("number", JSONValue(old.number), JSONValue(number))
    differences.add("starts", JSONValue(old.starts), JSONValue(starts))
    differences.add("ends", JSONValue(old.ends), JSONValue(ends))
    differences.add("room", JSONValue(old.room), JSONValue(room))
    return differences
  }

  /// «Урок Физика (7А), 23.11.2026, урок 3».
  func name(_ transaction: Transaction) throws -> Text { try RecordName.words(id, transaction).capitalized }

  /// For audit lines.
  var json: JSONValue {
    [
      "group": JSONValue(group), "date": JSONValue(date), "number": JSONValue(number), "starts": JSONValue(starts),
      "ends": JSONValue(ends), "room": JSONValue(room), "substitute": JSONValue(substitute),
    ]
  }
}

/// The school's bells.
enum Bells {
  static func times(_ number: Int, _ transaction: Transaction) throws -> (starts: String, ends: String)? {
    let row = try transaction.first("SELECT starts, ends FROM school_bells WHERE number = ?", [JSONValue(number)])
    guard let starts = row?["starts"]?.string, let ends = row?["ends"]?.string else { return nil }
    return (starts, ends)
  }
}
