import PluginKit

/// «Родитель: Добавление» and «Родитель: Изменение» over `school.addParent` and `school.changeParent`.
enum ParentWindow {
  static let type = "school.parent"

  static func register(in plugin: inout PluginDefinition) {
    plugin.window(type, open: open, changed: changed, pressed: pressed)
  }

  @Sendable private static func open(_ call: Call) throws -> Window {
    let id = call.params["arguments"]?["parent"]?.string
    return try call.read { transaction in
      guard let id else {
        return window(
          Text("Родитель: Добавление", en: "Parent: New"), PersonInput(), [], AddParent.command,
          ("person", "=person"))
      }
      let parent = try ParentRecord.require(id, transaction)
      return window(
        Text("Родитель: Изменение", en: "Parent: Change"), try PersonRecord.read(parent.personID, transaction),
        try ChildRows.rows(try ParentLinks.children(of: id, transaction), transaction), ChangeParent.command,
        ("parent", JSONValue(id)))
    }
  }

  private static func window(
    _ title: Text, _ person: PersonInput, _ children: [WindowTable.Row], _ command: String,
    _ argument: (String, JSONValue)
  ) -> Window {
    Window(
      title: title,
      fields: (command == AddParent.command ? [known] : []) + PersonFields.fields(person) + [relation],
      tables: [ChildRows.table(children)],
      buttons: [
        Button("addChildren", Text("Добавить", en: "Add"), table: ChildRows.id),
        Button("removeChildren", Text("Удалить", en: "Remove"), table: ChildRows.id),
        Button(
          "save", Text("Сохранить", en: "Save"),
          .command(
            command, arguments: PersonFields.arguments(and: [argument, ("children", "=children")]),
            changedOnly: command == ChangeParent.command), style: .primary),
        .cancel,
      ])
  }

  private static let known: Field = {
    var field = Employed.field(
      "person", Text("Уже в реестрах", en: "Already registered"), value: nil, display: nil, notify: true)
    field.hint = Text(
      "Если родитель работает в школе: его данные вводить не нужно", en: "For a parent who works in the school")
    return field
  }()

  private static let relation = Field(
    "relation", Text("Степень родства", en: "Relation"), .select, value: JSONValue(Relation.mother.rawValue),
    options: Relation.allCases.map { Field.Option($0.rawValue, $0.title) },
    hint: Text("Для детей, которых вы добавляете", en: "Of the children that you add"))

  // MARK: What a person does in it

  /// An employee was chosen, or a child's relation was typed over.
  @Sendable private static func changed(_ question: WindowQuestion) throws -> WindowAnswer {
    if let edit = question.edit { return try ChildRows.edited(question, edit) }
    return WindowAnswer(patch: PersonFields.shown(question.value("person").string?.isEmpty ?? true))
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
