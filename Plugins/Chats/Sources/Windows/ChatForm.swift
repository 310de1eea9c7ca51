import PluginKit

/// The form of a chat: what its fields, tabs and tables are at each moment, and what is remembered beside them.
struct ChatForm {
  private let chat: ChatRecord?
  var kind: ChatKind?
  private(set) var group: (id: String, title: String)?
  private var title: JSONValue
  private var rows: [Side: [WindowTable.Row]] = [:]
  /// Rows of the new chat that its group has filled in; they go when another group is chosen.
  private var given: [Side: [String]] = [:]
  /// Of a chat that is there: who was in it when the form was opened, and with which mark.
  private let opened: JSONValue?

  init(kind: ChatKind?) {
    chat = nil
    opened = nil
    title = .null
    self.kind = kind
  }

  init(_ chat: ChatRecord) {
    self.chat = chat
    kind = chat.kind
    title = JSONValue(chat.title)
    group = chat.groupID.map { ($0, chat.scope) }
    opened = .emptyObject
  }

  /// As it stands in a window.
  init(_ question: WindowQuestion) {
    chat = nil
    opened = question.state["opened"].isAbsent ? nil : question.state["opened"]
    kind = question.value("kind").string.flatMap(ChatKind.init)
    title = question.value("title")
    group = question.value("group").string.flatMap { $0.isEmpty ? nil : ($0, "") }
    for side in Side.allCases {
      rows[side] = question.rows(side.list)
      given[side] = (question.state["given"]?[side.list]?.array ?? []).compactMap(\.string)
    }
  }

  mutating func fill(_ side: Side, _ rows: [WindowTable.Row]) { self.rows[side] = rows }

  /// A group fills in its pupils and its teacher; those whom another one had filled in go.
  mutating func choose(_ id: String, _ user: User, _ transaction: Transaction) throws {
    takeGivenBack()
    guard !id.isEmpty else { return group = nil }
    let row = try transaction.first("SELECT title FROM school_v1_groups WHERE id = ?", [JSONValue(id)])
    guard let row else { throw PluginError.notFound("group", id) }
    try ChatRights.requireTeaching(id, user, transaction)
    group = (id, row["title"]?.string ?? "")
    let people = try FormRows.ofGroup(id, transaction)
    take(.employee, people.employees)
    take(.pupil, people.pupils)
  }

  mutating func clearGroup() {
    takeGivenBack()
    group = nil
  }

  private mutating func take(_ side: Side, _ people: [WindowTable.Row]) {
    let old = rows[side] ?? []
    let new = people.filter { row in !old.contains { $0.id == row.id } }
    rows[side] = old + new
    given[side] = new.map(\.id)
  }

  private mutating func takeGivenBack() {
    for side in Side.allCases {
      let gone = Set(given[side] ?? [])
      rows[side] = (rows[side] ?? []).filter { !gone.contains($0.id) }
      given[side] = []
    }
  }

  // MARK: What the window shows

  private var isNew: Bool { chat == nil && opened == nil }

  var fields: [Field] {
    let options = (isNew ? AddChat.kinds : ChatKind.allCases).map { Field.Option($0.rawValue, $0.title) }
    return [
      Field("title", Text("Наименование чата", en: "Chat's name"), value: title, required: true),
      Field(
        "kind", Text("Тип чата", en: "Type"), .select, value: JSONValue(kind?.rawValue), enabled: isNew, required: true,
        options: options, notify: true),
      Field(
        "group", Text("Предмет/Группа (Класс)", en: "Subject/Group (Class)"), .reference,
        value: JSONValue(group?.id ?? (isNew ? nil : chat?.scope)), display: group?.title ?? chat?.scope,
        enabled: isNew && kind == .subject, notify: true,
        picker: Field.Picker(
          table: ChatRegistry.groupPicker, display: "title", title: Text("Группы", en: "Groups"))),
    ]
  }

  var tabs: [Tab] {
    Side.allCases.map { side in
      Tab(
        side.list, side.title, visible: kind?.sides.contains(side) ?? (side != .parent),
        selected: side == .employee)
    }
  }

  func table(_ side: Side, isNew: Bool) -> WindowTable {
    var columns = [
      TableSource.Column("name", Text("ФИО", en: "Full name"), sortable: true, searchable: true, collation: .russian)
    ]
    switch side {
    case .employee:
      columns.append(
        TableSource.Column(
          "administrator", Text("Администратор", en: "Administrator"), .boolean, sortable: true, editable: true))
    case .pupil: columns.append(TableSource.Column("detail", Text("Класс", en: "Class"), searchable: true))
    case .parent: columns.append(TableSource.Column("detail", Text("Дети", en: "Children"), searchable: true))
    }
    columns.append(TableSource.Column("blocked", Text("Заблокирован", en: "Blocked"), .boolean, sortable: true))
    if !isNew {
      columns.append(TableSource.Column("reason", Text("Основание", en: "Reason")))
      columns.append(TableSource.Column("platform", Text("На платформе", en: "On the platform"), sortable: true))
    }
    return WindowTable(side.list, columns: columns, rows: rows[side] ?? [], tab: side.list, selection: .multiple)
  }

  /// What a changed field changes elsewhere.
  var patch: Patch {
    var patch = Patch()
      .field(
        "group",
        [
          "enabled": JSONValue(isNew && kind == .subject), "value": JSONValue(group?.id),
          "required": JSONValue(isNew && kind == .subject),
        ]
      )
      .tabs(tabs)
    if let group, !group.title.isEmpty { patch = patch.field("group", ["display": JSONValue(group.title)]) }
    if group == nil { patch = patch.field("group", ["display": .null]) }
    for side in Side.allCases { patch = patch.rows(side.list, rows[side] ?? []) }
    return patch
  }

  /// Remembered with the window.
  var state: JSONValue {
    var members: [(String, JSONValue)] = [
      (
        "given",
        JSONValue(
          members: Side.allCases.map { side in (side.list, JSONValue((given[side] ?? []).map { JSONValue($0) })) })
      )
    ]
    if let chat {
      members.append(("chat", JSONValue(chat.id)))
      members.append(("title", JSONValue(chat.title)))
      members.append(
        (
          "opened",
          JSONValue(
            members: Side.allCases.map { side in
              (
                side.list,
                JSONValue(members: (rows[side] ?? []).map { ($0.id, $0.cells["administrator"] ?? false) })
              )
            })
        ))
    }
    return JSONValue(members: members)
  }
}
