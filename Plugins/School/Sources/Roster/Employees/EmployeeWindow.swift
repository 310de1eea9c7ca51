import PluginKit

/// «Сотрудник: Приём» and, with the argument `employee`, «Сотрудник: Изменение».
enum EmployeeWindow {
  static let type = "school.employee"

  static func register(in plugin: inout PluginDefinition) { plugin.window(type, open: open, changed: changed) }

  /// Whoever is registered already brings their own data.
  @Sendable private static func changed(_ question: WindowQuestion) -> WindowAnswer {
    WindowAnswer(patch: PersonFields.shown(question.value("person").string?.isEmpty ?? true))
  }

  @Sendable private static func open(_ call: Call) throws -> Window {
    guard let id = call.params["arguments"]?["employee"]?.string else { return try hiring(call) }
    let (employee, person) = try call.read { transaction in
      let employee = try EmployeeRecord.require(id, transaction)
      return (employee, try PersonRecord.read(employee.personId, transaction))
    }
    return Window(
      title: Text("Сотрудник: Изменение", en: "Employee: change"),
      fields: PersonFields.fields(person)
        + positionFields(PositionInput(title: employee.position, type: employee.positionType)),
      buttons: [
        save(ChangeEmployee.command, and: [("employee", JSONValue(id))]), .cancel,
      ])
  }

  private static func hiring(_ call: Call) throws -> Window {
    let known = Field(
      "person", Text("Уже в реестрах", en: "Already registered"), .reference,
      hint: Text("Если принимают родителя: его данные вводить не нужно", en: "For a parent who starts to work here"),
      notify: true,
      picker: Field.Picker(
        table: "school.parentPicker", display: "name", title: Text("Родители", en: "Parents")))
    let date = Field(
      "date", Text("Дата приёма", en: "Hired"), .date, value: JSONValue(try call.schoolToday().text), required: true)
    return Window(
      title: Text("Сотрудник: Приём", en: "Employee: hire"),
      fields: [known] + PersonFields.fields()
        + positionFields(PositionInput(title: "", type: PositionType.teaching.rawValue)) + [date],
      buttons: [
        save(HireEmployee.command, and: [("person", "=person"), ("date", "=date")]), .cancel,
      ])
  }

  private static func positionFields(_ position: PositionInput) -> [Field] {
    [
      Field("position", Text("Должность", en: "Position"), value: JSONValue(position.title), required: true),
      Field(
        "positionType", Text("Тип должности", en: "Position type"), .select, value: JSONValue(position.type),
        required: true,
        options: PositionType.allCases.map { Field.Option($0.rawValue, Text($0.rawValue, en: $0.english)) }),
    ]
  }

  private static func save(_ command: String, and others: [(String, JSONValue)]) -> Button {
    Button(
      "save", Text("Сохранить", en: "Save"),
      .command(
        command, arguments: PersonFields.arguments(PersonInput.arguments + ["position", "positionType"], and: others),
        changedOnly: command == ChangeEmployee.command), style: .primary)
  }
}
