import PluginKit
import ZoneRules

/// The form of a conference: its fields and tabs as they follow from type, chat and lesson.
struct ConferenceForm {
  var id: String?
  var kind = "lesson"
  var name = ""
  var chat: (id: String, title: String)?
  var lesson: LessonOfTimetable?
  var date = ""
  var starts = ""
  var ends = ""
  var isActive = false
  /// Whether the name is still the one that was made of the lesson.
  var nameIsMade = true
  var isSubjectChat = false
  var isParentsChat = false
  private(set) var rows: [ConferenceSide: [WindowTable.Row]] = [:]

  init() {}

  init(_ conference: Conference, _ transaction: Transaction) throws {
    id = conference.id
    kind = conference.isLesson ? "lesson" : "call"
    name = conference.name
    nameIsMade = false
    lesson = try conference.lessonID.map { try LessonOfTimetable.require($0, transaction) }
    (date, starts, ends) = (conference.date, conference.starts, conference.ends)
    isActive = conference.phase == "active" && conference.status != "error"
    try choose(chat: conference.chatID, keepingPeople: true, transaction)
    for side in ConferenceSide.allCases {
      rows[side] = try people(
        side,
        "SELECT person_id FROM videoconferences_participants WHERE conference_id = :id AND side = :side",
        conference.id, transaction)
    }
  }

  /// As it stands in a window.
  init(_ question: WindowQuestion, _ transaction: Transaction) throws {
    id = question.state["conference"]?.string
    kind = question.value("kind").string ?? "lesson"
    name = question.value("name").string ?? ""
    nameIsMade = question.state["name"]?.string == name
    date = question.value("date").string ?? ""
    starts = question.value("starts").string ?? ""
    ends = question.value("ends").string ?? ""
    if let chat = question.value("chat").string, !chat.isEmpty {
      try choose(chat: chat, keepingPeople: true, transaction)
    }
    if let lesson = question.value("lesson").string, !lesson.isEmpty {
      self.lesson = try LessonOfTimetable.require(lesson, transaction)
    }
    for side in ConferenceSide.allCases { rows[side] = question.rows(side.list) }
  }

  /// The chat fills in its people, and the Sferum chat administrator is always among the employees.
  mutating func choose(chat id: String, keepingPeople: Bool, _ transaction: Transaction) throws {
    let row = try transaction.first("SELECT id, title, kind FROM chats_v1_chats WHERE id = ?", [JSONValue(id)])
    guard let row else { throw PluginError.notFound("chat", id) }
    chat = (id, row["title"]?.string ?? "")
    isSubjectChat = row["kind"]?.string == "subject"
    isParentsChat = row["kind"]?.string == "parents"
    guard !keepingPeople else { return }
    for side in ConferenceSide.allCases {
      rows[side] = try people(
        side, "SELECT person_id FROM chats_v1_members WHERE chat_id = :id AND side = :side", id, transaction)
    }
  }

  mutating func choose(lesson id: String, _ transaction: Transaction) throws {
    let lesson = try LessonOfTimetable.require(id, transaction)
    self.lesson = lesson
    (date, starts, ends) = (lesson.date, lesson.starts, lesson.ends)
    fillName()
  }

  mutating func fillName() {
    guard nameIsMade || name.isEmpty, kind == "lesson", let lesson else { return }
    name = "\(lesson.classes) - \(ConferencePlan.shown(date)) - \(starts) - \(lesson.subject)"
    nameIsMade = true
  }

  mutating func set(_ side: ConferenceSide, _ rows: [WindowTable.Row]) { self.rows[side] = rows }

  private func people(
    _ side: ConferenceSide, _ persons: String, _ id: String, _ transaction: Transaction
  ) throws -> [WindowTable.Row] {
    try transaction.rows(
      """
      SELECT r.id, r.full_name AS name, coalesce(a.blocked, 0) AS blocked FROM \(side.view) r
      LEFT JOIN school_v1_accounts a ON a.person_id = r.person_id WHERE r.person_id IN (\(persons))
      ORDER BY r.full_name COLLATE russian, r.id
      """, ["id": JSONValue(id), "side": JSONValue(side.rawValue)]
    ).map(Self.row)
  }

  static func row(_ person: JSONValue) -> WindowTable.Row {
    WindowTable.Row(
      person["id"]?.string ?? "",
      ["name": person["name"] ?? "", "blocked": JSONValue(person["blocked"]?.int == 1)])
  }

  // MARK: What the window shows

  var fields: [Field] {
    [
      Field("notice", "", .label, value: Self.notice.json),
      Field("name", Text("Наименование видеоконференции", en: "Name"), value: JSONValue(name), enabled: !isActive),
      Field(
        "kind", Text("Тип видеоконференции", en: "Type"), .select, value: JSONValue(kind), enabled: !isActive,
        required: true,
        options: [
          Field.Option("lesson", Text("Онлайн-урок", en: "Online lesson")),
          Field.Option("call", Text("Видеозвонок", en: "Video call")),
        ], notify: true),
      Field(
        "chat", Text("Чат", en: "Chat"), .reference, value: JSONValue(chat?.id), display: chat?.title,
        enabled: !isActive, required: true, notify: true,
        picker: Field.Picker(table: ConferenceTables.chatPicker, display: "title", title: Text("Чаты", en: "Chats"))),
      Field(
        "lesson", Text("Урок", en: "Lesson"), .reference, value: JSONValue(lesson?.id), display: lessonTitle,
        enabled: kind == "lesson" && !isActive, required: kind == "lesson" && isSubjectChat, notify: true,
        picker: Field.Picker(
          table: ConferenceTables.lessonPicker, display: "group", title: Text("Уроки", en: "Lessons"),
          arguments: ["chat": JSONValue(chat?.id)])),
      Field(
        "date", Text("Дата начала", en: "Date"), .date, value: JSONValue(date), enabled: !isActive, required: true,
        notify: true),
      Field(
        "starts", Text("Время начала", en: "Starts"), .time, value: JSONValue(starts), enabled: !isActive,
        required: true, notify: true),
      Field("ends", Text("Время окончания", en: "Ends"), .time, value: JSONValue(ends), required: true),
    ]
  }

  private var lessonTitle: String? {
    lesson.map { "\($0.classes), \($0.subject), \(ConferencePlan.shown($0.date)), \($0.starts)" }
  }

  /// The manual's words.
  private static let notice = Text(
    "Внимание! Видеоконференция автоматически начинается в момент наступления времени начала видеоконференции, а также "
      + "автоматически завершается в момент наступления времени окончания видеоконференции.",
    en: "The conference starts by itself at its start and ends by itself at its end.")

  var tabs: [Tab] {
    ConferenceSide.allCases.map { side in
      Tab(
        side.list, side.title, visible: side != .parent || (kind == "call" && isParentsChat), selected: side == .pupil)
    }
  }

  func table(_ side: ConferenceSide) -> WindowTable {
    WindowTable(
      side.list,
      columns: [
        TableSource.Column("name", Text("ФИО", en: "Full name"), sortable: true, searchable: true, collation: .russian),
        TableSource.Column("blocked", Text("Заблокирован", en: "Blocked"), .boolean),
      ], rows: rows[side] ?? [], tab: side.list, selection: .multiple)
  }

  var patch: Patch {
    var patch = Patch().fields(fields).tabs(tabs)
    for side in ConferenceSide.allCases { patch = patch.rows(side.list, rows[side] ?? []) }
    return patch
  }

  var state: JSONValue {
    ["conference": JSONValue(id), "name": nameIsMade ? JSONValue(name) : .null]
  }

  /// The arguments of the command.
  func arguments(_ name: String, _ ends: String) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("name", JSONValue(name)), ("kind", JSONValue(kind)), ("chat", JSONValue(chat?.id)),
      ("lesson", JSONValue(kind == "lesson" ? lesson?.id ?? "" : "")), ("date", JSONValue(date)),
      ("starts", JSONValue(starts)), ("ends", JSONValue(ends)),
    ]
    if let id { members.append(("conference", JSONValue(id))) }
    for side in ConferenceSide.allCases {
      members.append((side.list, JSONValue((rows[side] ?? []).map { JSONValue($0.id) })))
    }
    return JSONValue(members: members)
  }
}
