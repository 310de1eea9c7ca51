import PluginKit

/// «Группа: Добавление» and «Группа: Изменение» over `school.addGroup` and `school.changeGroup`.
enum GroupWindow {
  static let type = "school.group"
  private static let classes = "classes"
  private static let members = "members"

  static func register(in plugin: inout PluginDefinition) {
    plugin.window(type, open: open, changed: changed, pressed: pressed)
  }

  @Sendable private static func open(_ call: Call) throws -> Window {
    let id = call.params["arguments"]?["group"]?.string
    return try call.read { transaction in
      let group = try id.map { try GroupRecord.require($0, transaction) }
      let teacher = try Employed.name(group?.teacher, transaction)
      let template: JSONValue = [
        "subject": "=subject", "part": "=part", "teacher": "=teacher", "wholeClass": "=wholeClass",
        "classes": "=classes", "members": "=members",
      ]
      return Window(
        title: group == nil
          ? Text("Группа: Добавление", en: "Group: New") : Text("Группа: Изменение", en: "Group: Change"),
        fields: fields(group, teacher),
        tables: [
          WindowTable(
            classes, columns: [TableSource.Column("title", Text("Класс", en: "Class"))],
            rows: try classRows(group?.classes ?? [], transaction), title: Text("Классы", en: "Classes"),
            selection: .multiple),
          WindowTable(
            members,
            columns: [
              TableSource.Column("name", Text("ФИО", en: "Full name"), sortable: true, searchable: true),
              TableSource.Column("class", Text("Класс", en: "Class")),
            ], rows: try pupilRows(group?.members ?? [], transaction), title: Text("Ученики", en: "Pupils"),
            selection: .multiple),
        ],
        buttons: [
          Button("addClasses", Text("Добавить", en: "Add"), table: classes),
          Button("removeClasses", Text("Удалить", en: "Remove"), table: classes),
          Button("addMembers", Text("Добавить", en: "Add"), table: members),
          Button("removeMembers", Text("Удалить", en: "Remove"), table: members),
          Button(
            "save", Text("Сохранить", en: "Save"),
            .command(
              group == nil ? AddGroup.command : ChangeGroup.command,
              arguments: id.map { template.setting("group", JSONValue($0)) } ?? template, changedOnly: id != nil),
            style: .primary),
          .cancel,
        ])
    }
  }

  private static func fields(_ group: GroupRecord?, _ teacher: String?) -> [Field] {
    [
      Field("subject", Text("Предмет", en: "Subject"), value: JSONValue(group?.subject), required: true),
      Field(
        "part", Text("Подгруппа", en: "Part"), value: JSONValue(group?.part),
        hint: Text("Пусто, если группа одна", en: "Empty when there is one group")),
      Employed.field("teacher", Text("Учитель", en: "Teacher"), value: group?.teacher, display: teacher),
      Field(
        "wholeClass", Text("Весь класс", en: "The whole class"), .checkbox,
        value: JSONValue(group.map { $0.members == nil } ?? true),
        hint: Text(
          "Ученики группы — все ученики её классов. Снимите отметку, чтобы выбрать учеников",
          en: "The group is everybody in its classes; clear the mark to choose pupils"), notify: true),
    ]
  }

  private static func classRows(_ ids: [String], _ transaction: Transaction) throws -> [WindowTable.Row] {
    try ids.compactMap { id in
      try transaction.first("SELECT title FROM school_classes WHERE id = ?", [JSONValue(id)])
        .map { WindowTable.Row(id, ["title": $0["title"] ?? ""]) }
    }
  }

  private static func pupilRows(_ ids: [String], _ transaction: Transaction) throws -> [WindowTable.Row] {
    try ids.compactMap { id in
      try transaction.first("SELECT full_name, class_title FROM school_pupils WHERE id = ?", [JSONValue(id)])
        .map { WindowTable.Row(id, ["name": $0["full_name"] ?? "", "class": $0["class_title"] ?? ""]) }
    }
  }

  // MARK: What a person does in it

  @Sendable private static func pressed(_ question: WindowQuestion) throws -> WindowAnswer {
    switch question.button {
    case "addClasses": try add(question, classes, classRows, picker)
    case "removeClasses": try remove(question, classes)
    case "addMembers": try chooseMembers(question)
    default: try remove(question, members)
    }
  }

  /// The whole class has no members of its own.
  @Sendable private static func changed(_ question: WindowQuestion) throws -> WindowAnswer {
    question.value("wholeClass").bool == true ? WindowAnswer(patch: Patch().rows(members, [])) : WindowAnswer()
  }

  /// Whoever chooses pupils does not mean the whole class.
  private static func chooseMembers(_ question: WindowQuestion) throws -> WindowAnswer {
    var answer = try add(question, members, pupilRows, memberPicker)
    answer.patch = answer.patch?.field("wholeClass", ["value": false])
    return answer
  }

  private static func picker(_ question: WindowQuestion) throws -> Effect {
    .pick(
      table: SchoolTables.classPicker, title: Text("Классы", en: "Classes"), multiple: true, button: "addClasses")
  }

  /// The pupils of the group's classes.
  private static func memberPicker(_ question: WindowQuestion) throws -> Effect {
    let ids = question.rows(classes).map { JSONValue($0.id) }
    guard !ids.isEmpty else {
      throw PluginError(
        "school.noClasses", Text("Сначала выберите классы группы", en: "Choose the group's classes first"))
    }
    return .pick(
      table: SchoolTables.pupilsOfClasses, title: Text("Ученики", en: "Pupils"),
      arguments: ["classes": JSONValue(JSONValue(ids).text())], multiple: true, button: "addMembers")
  }

  private static func add(
    _ question: WindowQuestion, _ table: String, _ rows: ([String], Transaction) throws -> [WindowTable.Row],
    _ picker: (WindowQuestion) throws -> Effect
  ) throws -> WindowAnswer {
    guard !question.chosen.isEmpty else { return WindowAnswer(effects: [try picker(question)]) }
    let old = question.rows(table)
    let new = question.chosen.filter { id in !old.contains { $0.id == id } }
    let added = try question.call.read { try rows(new, $0) }
    return WindowAnswer(patch: Patch().rows(table, old + added))
  }

  private static func remove(_ question: WindowQuestion, _ table: String) throws -> WindowAnswer {
    let selected = question.selection(table)
    guard !selected.isEmpty else {
      throw PluginError("school.nothingSelected", Text("Выберите строки в таблице", en: "Select rows in the table"))
    }
    return WindowAnswer(patch: Patch().rows(table, question.rows(table).filter { !selected.contains($0.id) }))
  }
}
