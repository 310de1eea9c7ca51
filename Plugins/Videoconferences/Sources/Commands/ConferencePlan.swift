import PluginKit
import ZoneRules

/// A conference as it is to be saved: arguments checked, and filled from its lesson and its chat.
struct ConferencePlan {
  let isLesson: Bool
  let name: String
  let chatID: String
  let lessonID: String?
  let date: String
  let starts: String
  let ends: String
  let startsAtMs: Int64
  let endsAtMs: Int64
  let subject: String
  let schoolClass: String
  /// Who gives the lesson, and the Sferum chat administrator: always among the employees.
  let leader: String?
  let keeper: String?
  /// The lesson's own day and times.
  let followsLesson: Bool
  /// Lists that were given, by side; persons.
  let people: [ConferenceSide: [String]]

  init(
    _ arguments: JSONValue, _ old: Conference?, _ user: User, nowMs: Int64, _ transaction: Transaction
  ) throws {
    func value(_ name: String, _ before: String?) -> String? {
      guard let given = arguments[name], !given.isNull else { return before }
      return given.string.flatMap { $0.isEmpty ? nil : $0 }
    }
    let kind = value("kind", old.map { $0.isLesson ? "lesson" : "call" })
    guard let kind, ["lesson", "call"].contains(kind) else {
      throw PluginError.invalid("kind", Text("Выберите тип видеоконференции", en: "Choose the conference's type"))
    }
    isLesson = kind == "lesson"
    guard let chat = value("chat", old?.chatID) else {
      throw PluginError.invalid("chat", Text("Выберите чат", en: "Choose a chat"))
    }
    chatID = chat
    let room = try Self.room(chat, old, user, transaction)
    let lessonID = isLesson ? value("lesson", old?.lessonID) : nil
    self.lessonID = lessonID
    let lesson = try lessonID.map { try LessonOfTimetable.require($0, transaction) }
    try Self.check(lesson, room, isLesson: isLesson, transaction)
    if let lesson, let other = try Conference.ofLesson(lesson.id, transaction), other.id != old?.id {
      throw PluginError.invalid(
        "lesson",
        Text(
          "Для этого урока уже есть онлайн-урок «\(other.name)»", en: "This lesson has the conference '\(other.name)'"),
        kind: "conferences.lessonTaken")
    }
    let isSameLesson = lessonID == old?.lessonID
    let date = value("date", (isSameLesson ? old?.date : nil) ?? lesson?.date ?? old?.date)
    let starts = value("starts", (isSameLesson ? old?.starts : nil) ?? lesson?.starts ?? old?.starts)
    let ends = value("ends", (isSameLesson ? old?.ends : nil) ?? lesson?.ends ?? old?.ends)
    let times = try Self.times(date, starts, ends, transaction)
    (self.date, self.starts, self.ends) = (times.date, times.starts, times.ends)
    (startsAtMs, endsAtMs) = (times.startsAtMs, times.endsAtMs)
    followsLesson = lesson.map { ($0.date, $0.starts, $0.ends) == (times.date, times.starts, times.ends) } ?? false
    subject =
      lesson?.subject ?? room["scope"]?.string.flatMap { $0.contains("(") ? $0.prefix { $0 != "(" } : nil }
      .map { $0.split(separator: " ").joined(separator: " ") } ?? ""
    schoolClass = lesson?.classes ?? (room["class_id"].map { !$0.isNull } == true ? room["scope"]?.string ?? "" : "")
    let given = value("name", old?.name)?.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let made = lesson?.conferenceName(times.date, times.starts)
    guard let name = given ?? made, !name.isEmpty, name.utf16.count <= 200 else {
      throw PluginError.invalid(
        "name",
        Text("Введите наименование видеоконференции, до 200 символов", en: "Enter a name of up to 200 characters"))
    }
    self.name = name
    leader = lesson?.leader
    let organization = try transaction.first("SELECT chat_administrator_person_id AS id FROM school_v1_organization")
    keeper = organization?["id"]?.string
    people = try Self.people(arguments, transaction)
    guard try people[.parent]?.isEmpty != false || (!isLesson && ConferenceSide.isOfParents(chatID, transaction)) else {
      throw PluginError.invalid(
        "parents",
        Text(
          "Родители участвуют только в видеозвонке родительского чата",
          en: "Parents only take part in a call of a parents' chat"), kind: "conferences.noParents")
    }
    try checkTime(old, nowMs)
    if old == nil { try Self.checkBound(user, transaction) }
  }

  /// `05.04.2025`.
  static func shown(_ date: String) -> String { date.split(separator: "-").reversed().joined(separator: ".") }

  var bindings: JSONValue {
    [
      "kind": JSONValue(isLesson ? "lesson" : "call"), "name": JSONValue(name), "chat": JSONValue(chatID),
      "lesson": JSONValue(lessonID), "date": JSONValue(date), "starts": JSONValue(starts), "ends": JSONValue(ends),
      "starts_ms": JSONValue(startsAtMs), "ends_ms": JSONValue(endsAtMs), "leader": JSONValue(leader),
      "subject": JSONValue(subject), "class": JSONValue(schoolClass), "follows": JSONValue(followsLesson),
    ]
  }

  var json: JSONValue {
    [
      "name": JSONValue(name), "chat": JSONValue(chatID), "lesson": JSONValue(lessonID), "date": JSONValue(date),
      "starts": JSONValue(starts), "ends": JSONValue(ends),
    ]
  }

  // MARK: Checks

  private static func room(
    _ id: String, _ old: Conference?, _ user: User, _ transaction: Transaction
  ) throws -> JSONValue {
    let row = try transaction.first(
      "SELECT id, kind, scope, class_id, group_id, \(ConferenceRights.hosts) AS open FROM chats_v1_chats WHERE id = :chat",
      ConferenceRights.bindings(user).setting("chat", JSONValue(id)))
    guard let row else { throw PluginError.notFound("chat", id) }
    guard row["open"]?.int == 1 || old?.chatID == id else {
      throw PluginError.invalid(
        "chat",
        Text(
          "Создавать видеоконференции в этом чате может его администратор",
          en: "Only an administrator of the chat may make conferences in it"), kind: "conferences.notHost")
    }
    return row
  }

  private static func check(
    _ lesson: LessonOfTimetable?, _ room: JSONValue, isLesson: Bool, _ transaction: Transaction
  ) throws {
    let isSubject = room["kind"]?.string == "subject"
    guard let lesson else {
      guard isLesson, isSubject else { return }
      throw PluginError.invalid("lesson", Text("Выберите урок", en: "Choose a lesson"))
    }
    guard !lesson.isCancelled else {
      throw PluginError.invalid("lesson", Text("Урок отменён", en: "The lesson is cancelled"))
    }
    let belongs =
      isSubject
      ? room["group_id"]?.string == lesson.groupID
      : try room["kind"]?.string == "class"
        && transaction.first(
          "SELECT 1 AS found FROM school_v1_group_classes WHERE group_id = ? AND class_id = ?",
          [JSONValue(lesson.groupID), room["class_id"] ?? .null]) != nil
    guard belongs || room["kind"]?.string == "other" else {
      throw PluginError.invalid(
        "lesson", Text("Урок не относится к выбранному чату", en: "The lesson does not belong to the chat"),
        kind: "conferences.foreignLesson")
    }
  }

  private struct Times {
    let date: String
    let starts: String
    let ends: String
    let startsAtMs: Int64
    let endsAtMs: Int64
  }

  private static func times(
    _ date: String?, _ starts: String?, _ ends: String?, _ transaction: Transaction
  ) throws -> Times {
    let zone = try LocalTime.ofOrganization(transaction)
    let required = Text("Обязательное поле", en: "Required")
    guard let date else { throw PluginError.invalid("date", required) }
    guard let starts else { throw PluginError.invalid("starts", required) }
    guard let ends else { throw PluginError.invalid("ends", required) }
    guard let noon = zone.instant(date, "12:00"), zone.day(noon) == shown(date) else {
      throw PluginError.invalid("date", Text("Нет такого дня", en: "No such day"))
    }
    for (field, time) in [("starts", starts), ("ends", ends)] where !TimeOfDay.isOne(time) {
      throw PluginError.invalid(field, Text("Нет такого времени", en: "No such time"))
    }
    guard let from = zone.instant(date, starts), let until = zone.instant(date, ends), until > from else {
      throw PluginError.invalid(
        "ends", Text("Время окончания должно быть позже времени начала", en: "The end must be after the start"),
        kind: "conferences.endsBeforeStart")
    }
    return Times(date: date, starts: starts, ends: ends, startsAtMs: from, endsAtMs: until)
  }

  private func checkTime(_ old: Conference?, _ nowMs: Int64) throws {
    if let old, old.status == "finished" {
      throw PluginError("conferences.finished", Text("Видеоконференция завершена", en: "The conference is over"))
    }
    if let old, old.phase == "active", old.status != "error" {
      // While it runs only the participants and the end change. Source: SPEC, "Silences filled".
      guard old.date == date, old.starts == starts, old.chatID == chatID, old.lessonID == lessonID else {
        throw PluginError(
          "conferences.active",
          Text(
            "Пока видеоконференция идёт, можно изменить только участников и время окончания",
            en: "While the conference runs only its participants and its end can be changed"))
      }
      guard endsAtMs > nowMs else {
        throw PluginError.invalid("ends", Text("Это время уже прошло", en: "That time has passed"))
      }
      return
    }
    guard startsAtMs > nowMs || (old?.status == "error" && endsAtMs > nowMs) else {
      throw PluginError.invalid(
        "starts", Text("Время начала уже прошло", en: "The start is in the past"), kind: "conferences.inThePast")
    }
  }

  private static func checkBound(_ user: User, _ transaction: Transaction) throws {
    // The owner of the folder acts for the school and has no account to bind.
    guard let person = user.json["personId"]?.string else { return }
    let bound = try transaction.first(
      "SELECT 1 AS found FROM sferum_binding_v1_bindings WHERE person_id = ? AND state = 'bound'", [JSONValue(person)])
    guard bound == nil else { return }
    throw PluginError(
      "conferences.notBound",
      Text(
        "Учетная запись не привязана к учебному аккаунту Сферум. Привяжите её: ярлык «Привязать аккаунт к Сферум»",
        en: "Your account is not bound to Sferum. Bind it first: shortcut 'Bind the account to Sferum'"),
      level: .warning)
  }

  private static func people(
    _ arguments: JSONValue, _ transaction: Transaction
  ) throws -> [ConferenceSide: [String]] {
    var people: [ConferenceSide: [String]] = [:]
    for side in ConferenceSide.allCases {
      guard let list = arguments[side.list], !list.isNull else { continue }
      people[side] = try side.persons(list, at: side.list, transaction)
    }
    return people
  }
}

/// A lesson of the timetable, as conferences need it.
struct LessonOfTimetable: Sendable {
  let id: String
  let date: String
  let starts: String
  let ends: String
  let groupID: String
  let subject: String
  let classes: String
  /// The person who gives it.
  let leader: String?
  let isCancelled: Bool

  /// `2А - 23.11.2026 - 08:00 - Алгебра`.
  func conferenceName(_ date: String, _ starts: String) -> String {
    "\(classes) - \(ConferencePlan.shown(date)) - \(starts) - \(subject)"
  }

  static func require(_ id: String, _ transaction: Transaction) throws -> LessonOfTimetable {
    guard let lesson = try find(id, transaction) else { throw PluginError.notFound("lesson", id) }
    return lesson
  }

  /// nil: it is not in the timetable any more.
  static func find(_ id: String, _ transaction: Transaction) throws -> LessonOfTimetable? {
    let row = try transaction.first(
      """
      SELECT l.id, l.date, l.starts, l.ends, l.group_id, l.subject, l.classes, l.cancelled, e.person_id AS leader
      FROM school_v1_lessons l LEFT JOIN school_v1_employees e ON e.id = l.conducted_by WHERE l.id = ?
      """, [JSONValue(id)])
    guard let row else { return nil }
    return LessonOfTimetable(
      id: id, date: row["date"]?.string ?? "", starts: row["starts"]?.string ?? "", ends: row["ends"]?.string ?? "",
      groupID: row["group_id"]?.string ?? "", subject: row["subject"]?.string ?? "",
      classes: row["classes"]?.string ?? "", leader: row["leader"]?.string, isCancelled: row["cancelled"]?.int == 1)
  }

  /// The subject chat of the lesson's group; the oldest when there are several.
  static func chat(_ group: String, _ transaction: Transaction) throws -> JSONValue? {
    try transaction.first(
      "SELECT id, title FROM chats_v1_chats WHERE group_id = ? AND archived = 0 ORDER BY length(id), id LIMIT 1",
      [JSONValue(group)])
  }
}
