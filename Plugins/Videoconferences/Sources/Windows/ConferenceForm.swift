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
  /// Rows that nobody has added in this form: they were there, or the chat filled them in.
  private var given: [ConferenceSide: Set<String>] = [:]

  init() {}

  init(_ conference: Conference, _ transaction: Transaction) throws {
    id = conference.id
    kind = conference.isLesson ? "lesson" : "call"
    name = conference.name
    nameIsMade = false
    lesson = try conference.lessonID.flatMap { try LessonOfTimetable.find($0, transaction) }
    (date, starts, ends) = (conference.date, conference.starts, conference.ends)
    isActive = conference.phase == "active" && conference.status != "error"
    try choose(chat: conference.chatID, keepingPeople: true, transaction)
    for side in ConferenceSide.allCases {
      rows[side] = try people(
        side,
        "SELECT person_id FROM videoconferences_participants WHERE conference_id = :id AND side = :side",
        conference.id, transaction)
    }
    takeAsGiven()
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
    for side in ConferenceSide.allCases {
      rows[side] = question.rows(side.list)
      given[side] = Set((question.state["given"]?[side.list]?.array ?? []).compactMap(\.string))
    }
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
    takeAsGiven()
  }

  private mutating func takeAsGiven() { given = rows.mapValues { Set($0.map(\.id)) } }

  mutating func choose(lesson id: String, _ transaction: Transaction) throws {
    let lesson = try LessonOfTimetable.require(id, transaction)
    self.lesson = lesson
    (date, starts, ends) = (lesson.date, lesson.starts, lesson.ends)
    fillName()
  }

  mutating func fillName() {
    guard nameIsMade || name.isEmpty, kind == "lesson", let lesson else { return }
    name = lesson.conferenceName(date, starts)
    nameIsMade = true
  }

  /// People chosen in a picker, after those who are there.
  mutating func add(_ ids: [String], to side: ConferenceSide, _ transaction: Transaction) throws {
    let old = rows[side] ?? []
    let new = ids.filter { id in !old.contains { $0.id == id } }
    let list = JSONValue(JSONValue(new.map { JSONValue($0) }).text())
    rows[side] = try old + Self.rows(side, "r.id IN (SELECT value FROM json_each(:list))", ["list": list], transaction)
  }

  /// Employees who cannot be taken out: the Sferum chat administrator, and whoever gives the lesson.
  func staying(_ transaction: Transaction) throws -> Set<String> {
    let rows = try transaction.rows(
      """
      SELECT id FROM school_v1_employees WHERE person_id = :leader
        OR person_id = (SELECT chat_administrator_person_id FROM school_v1_organization)
      """, ["leader": JSONValue(lesson?.leader)])
    return Set(rows.compactMap { $0["id"]?.string })
  }

  /// Names of those who were added in this form and have not bound their accounts.
  var addedUnbound: [String] {
    shownSides.flatMap { side in
      (rows[side] ?? []).filter { $0.cells["bound"]?.bool == false && given[side]?.contains($0.id) != true }
    }.compactMap { $0.cells["name"]?.string }
  }

  private func people(
    _ side: ConferenceSide, _ persons: String, _ id: String, _ transaction: Transaction
  ) throws -> [WindowTable.Row] {
    try Self.rows(
      side, "r.person_id IN (\(persons))", ["id": JSONValue(id), "side": JSONValue(side.rawValue)], transaction)
  }

  private static func rows(
    _ side: ConferenceSide, _ condition: String, _ bindings: JSONValue, _ transaction: Transaction
  ) throws -> [WindowTable.Row] {
    try transaction.rows(
      """
      SELECT r.id, r.full_name AS name, coalesce(a.blocked, 0) AS blocked,
        EXISTS (SELECT 1 FROM sferum_binding_v1_bindings b WHERE b.person_id = r.person_id AND b.state = 'bound') AS bound
      FROM \(side.view) r LEFT JOIN school_v1_accounts a ON a.person_id = r.person_id WHERE \(condition)
      ORDER BY r.full_name COLLATE russian, r.id
      """, bindings
    ).map { person in
      WindowTable.Row(
        person["id"]?.string ?? "",
        [
          "name": person["name"] ?? "", "blocked": JSONValue(person["blocked"]?.int == 1),
          "bound": JSONValue(person["bound"]?.int == 1),
        ])
    }
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

  /// Parents only take part in calls of a parents' chat.
  private var shownSides: [ConferenceSide] {
    ConferenceSide.allCases.filter { $0 != .parent || (kind == "call" && isParentsChat) }
  }

  var tabs: [Tab] {
    ConferenceSide.allCases.map { side in
      Tab(side.list, side.title, visible: shownSides.contains(side), selected: side == .pupil)
    }
  }

  func table(_ side: ConferenceSide) -> WindowTable {
    WindowTable(
      side.list,
      columns: [
        TableSource.Column("name", Text("ФИО", en: "Full name"), sortable: true, searchable: true, collation: .russian),
        TableSource.Column("blocked", Text("Заблокирован", en: "Blocked"), .boolean),
        TableSource.Column("bound", Text("Привязан к Сферуму", en: "Bound to Sferum"), .boolean, sortable: true),
      ], rows: rows[side] ?? [], tab: side.list, selection: .multiple)
  }

  var patch: Patch {
    var patch = Patch().fields(fields).tabs(tabs)
    for side in ConferenceSide.allCases { patch = patch.rows(side.list, rows[side] ?? []) }
    return patch
  }

  var state: JSONValue {
    let given = ConferenceSide.allCases.map { side in
      (side.list, JSONValue((self.given[side] ?? []).sorted().map { JSONValue($0) }))
    }
    return [
      "conference": JSONValue(id), "name": nameIsMade ? JSONValue(name) : .null, "given": JSONValue(members: given),
    ]
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
      let shown = shownSides.contains(side) ? rows[side] ?? [] : []
      members.append((side.list, JSONValue(shown.map { JSONValue($0.id) })))
    }
    return JSONValue(members: members)
  }
}
