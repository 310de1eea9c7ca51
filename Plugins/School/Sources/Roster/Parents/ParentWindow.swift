import PluginKit

/// «Родитель: Добавление» and «Родитель: Изменение» over `school.addParent` and `school.changeParent`.
enum ParentWindow {
  static let type = "school.parent"

  static func register(in plugin: inout PluginDefinition) {
    plugin.window(type, open: open, changed: changed, pressed: pressed)
    plugin.command("school.openParent") { call throws -> Outcome in
      Outcome(effects: [.openWindow(type, arguments: call.params)])
    }
  }

  @Sendable private static func open(_ call: Call) throws -> Window {
    let id = call.params["arguments"]?["parent"]?.string
    return try call.read { transaction in
      guard let id else {
        return window(
          Text("Родитель: Добавление", en: "Parent: New"), ParentPerson(), [], AddParent.command,
          ["person": "=person"], isNew: true)
      }
      let parent = try ParentRecord.require(id, transaction)
      return window(
        Text("Родитель: Изменение", en: "Parent: Change"), try .read(parent.personID, transaction),
        try ChildRows.rows(try ParentLinks.children(of: id, transaction), transaction), ChangeParent.command,
        ["parent": JSONValue(id)], isNew: false)
    }
  }

  private static let names = ["familyName", "givenName", "middleName", "phone", "email"]

  private static func window(
    _ title: Text, _ person: ParentPerson, _ children: [WindowTable.Row], _ command: String, _ arguments: JSONValue,
    isNew: Bool
  ) -> Window {
    let template = JSONValue(members: (names + ["children"]).map { ($0, JSONValue("=\($0)")) })
    return Window(
      title: title,
      fields: (isNew ? [employee] : []) + fields(person) + [relation],
      tables: [ChildRows.table(children)],
      buttons: [
        Button("addChildren", Text("Добавить", en: "Add"), table: ChildRows.id),
        Button("removeChildren", Text("Удалить", en: "Remove"), table: ChildRows.id),
        Button(
          "save", Text("Сохранить", en: "Save"), .command(command, arguments: arguments.merging(template)),
          style: .primary),
        .cancel,
      ])
  }

  private static let employee: Field = {
    var field = Employed.field(
      "person", Text("Сотрудник школы", en: "Employee of the school"), value: nil, display: nil, notify: true)
    field.hint = Text(
      "Если родитель работает в школе: имя и телефон берутся из его карточки",
      en: "When the parent works in the school: name and phone are those of the employee")
    return field
  }()

  private static func fields(_ person: ParentPerson, enabled: Bool = true) -> [Field] {
    [
      Field(
        "familyName", Text("Фамилия", en: "Family name"), value: JSONValue(person.familyName), enabled: enabled,
        required: true),
      Field(
        "givenName", Text("Имя", en: "Given name"), value: JSONValue(person.givenName), enabled: enabled, required: true
      ),
      Field("middleName", Text("Отчество", en: "Middle name"), value: JSONValue(person.middleName), enabled: enabled),
      Field(
        "phone", Text("Номер телефона", en: "Phone number"), .phone, value: JSONValue(person.phone), enabled: enabled,
        hint: "+7 (9XX) XXX-XX-XX"),
      Field("email", Text("Электронная почта", en: "E-mail"), value: JSONValue(person.email), enabled: enabled),
    ]
  }

  private static let relation = Field(
    "relation", Text("Степень родства", en: "Relation"), .select, value: JSONValue(Relation.mother.rawValue),
    options: Relation.allCases.map { Field.Option($0.rawValue, $0.title) },
    hint: Text("Для детей, которых вы добавляете", en: "Of the children that you add"))

  // MARK: What a person does in it

  /// An employee was chosen, or a child's relation was typed over.
  @Sendable private static func changed(_ question: WindowQuestion) throws -> WindowAnswer {
    if let edit = question.edit { return try ChildRows.edited(question, edit) }
    let chosen = question.value("person").string.flatMap { $0.isEmpty ? nil : $0 }
    return try question.call.read { transaction in
      guard let chosen else { return WindowAnswer(patch: Patch().fields(fields(ParentPerson()))) }
      let person = try ParentPerson.read(try PersonRecord.id(of: chosen, transaction), transaction)
      return WindowAnswer(patch: Patch().fields(fields(person, enabled: false)))
    }
  }

  @Sendable private static func pressed(_ question: WindowQuestion) throws -> WindowAnswer {
    switch question.button {
    case "addChildren" where question.chosen.isEmpty:
      return WindowAnswer(effects: [
        .pick(
          table: SchoolTables.pupilPicker, title: Text("Ученики", en: "Pupils"), multiple: true, button: "addChildren")
      ])
    case "addChildren": return try ChildRows.added(question)
    default: return try ChildRows.removed(question)
    }
  }
}
