import PluginKit

/// «Сотрудник: Увольнение»: what the employee leaves behind, and who takes it over.
enum DismissalWindow {
  static let type = "school.dismissal"

  static func register(in plugin: inout PluginDefinition) { plugin.window(type, open: open) }

  @Sendable private static func open(_ call: Call) throws -> Window {
    let id = call.params["arguments"]?["employee"]?.string ?? ""
    let (employee, duties, today) = try call.read { transaction in
      let employee = try EmployeeRecord.require(id, transaction)
      return (
        employee, try Duties.of(id, transaction), try SchoolDay.today(transaction, nowMs: call.host.nowMs)
      )
    }
    return Window(
      title: Text("Сотрудник: Увольнение", en: "Employee: dismissal"),
      fields: [
        Field("employee", Text("Сотрудник", en: "Employee"), .label, value: JSONValue(employee.fullName)),
        Field(
          "duties", Text("Остаётся без учителя", en: "Left without a teacher"), .label, value: duties.words.json,
          visible: !duties.isEmpty),
        Field("date", Text("Дата увольнения", en: "Dismissed"), .date, value: JSONValue(today.text), required: true),
        Employed.field("successor", Text("Передать сотруднику", en: "Hand over to"), value: nil, display: nil),
      ],
      buttons: [
        Button(
          "save", Text("Уволить", en: "Dismiss"),
          .command(
            DismissEmployee.command,
            arguments: ["employee": JSONValue(id), "date": "=date", "successor": "=successor"]), style: .danger),
        .cancel,
      ])
  }
}
