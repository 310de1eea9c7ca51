import PluginKit

/// «Ученик: Зачисление» and, with the argument `pupil`, «Ученик: Изменение».
enum PupilWindow {
  static let type = "school.pupil"

  static func register(in plugin: inout PluginDefinition) { plugin.window(type, open: open) }

  @Sendable private static func open(_ call: Call) throws -> Window {
    guard let id = call.params["arguments"]?["pupil"]?.string else { return try enrolment(call) }
    let person = try call.read { transaction in
      try PersonRecord.read(PupilRecord.require(id, transaction).personId, transaction)
    }
    return Window(
      title: Text("Ученик: Изменение", en: "Pupil: change"), fields: PersonFields.fields(person),
      buttons: [save(ChangePupil.command, and: [("pupil", JSONValue(id))]), .cancel])
  }

  private static func enrolment(_ call: Call) throws -> Window {
    let today = try call.schoolToday()
    return Window(
      title: Text("Ученик: Зачисление", en: "Pupil: enrolment"),
      fields: PersonFields.fields() + [
        MovementWindows.classField(required: true),
        Field("date", Text("Дата зачисления", en: "Enrolled"), .date, value: JSONValue(today.text), required: true),
      ],
      buttons: [save(EnrolPupil.command, and: [("class", "=class"), ("date", "=date")]), .cancel])
  }

  private static func save(_ command: String, and others: [(String, JSONValue)]) -> Button {
    Button(
      "save", Text("Сохранить", en: "Save"),
      .command(
        command, arguments: PersonFields.arguments(and: others), changedOnly: command == ChangePupil.command),
      style: .primary)
  }
}
