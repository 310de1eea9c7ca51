import PluginKit

/// The forms of movements, each for the pupils that are selected: «Перевод», «Отчисление», «Выпуск»,
/// «Восстановление», and the question before a restoration is cancelled.
enum MovementWindows {
  private struct Form {
    let type: String
    let title: Text
    let command: String
    let button: Text
    let hasClass: Bool
    let isRequired: Bool
    let style: Button.Style
  }

  private static let forms = [
    Form(
      type: "school.transfer", title: Text("Ученики: Перевод", en: "Pupils: transfer"), command: MovePupils.transfer,
      button: Text("Перевести", en: "Transfer"), hasClass: true, isRequired: true, style: .primary),
    Form(
      type: "school.expulsion", title: Text("Ученики: Отчисление", en: "Pupils: expulsion"), command: MovePupils.expel,
      button: Text("Отчислить", en: "Expel"), hasClass: false, isRequired: false, style: .danger),
    Form(
      type: "school.graduation", title: Text("Ученики: Выпуск", en: "Pupils: graduation"),
      command: MovePupils.graduate, button: Text("Выпустить", en: "Graduate"), hasClass: false, isRequired: false,
      style: .primary),
    Form(
      type: "school.restoration", title: Text("Восстановление", en: "Restoration"), command: RestorePupils.restore,
      button: Text("Восстановить", en: "Restore"), hasClass: true, isRequired: false, style: .primary),
  ]

  static func register(in plugin: inout PluginDefinition) {
    for form in forms { plugin.window(form.type, open: { try open(form, $0) }) }
    plugin.window("school.restorationCancelling", open: askCancelling)
  }

  static func classField(required: Bool, _ current: ClassRecord? = nil) -> Field {
    Field(
      "class", Text("Класс", en: "Class"), .reference, value: JSONValue(current?.id), display: current?.title,
      required: required,
      picker: Field.Picker(
        table: "school.classPicker", display: "title", title: Text("Классы", en: "Classes")))
  }

  private static func open(_ form: Form, _ call: Call) throws -> Window {
    let (pupils, today, last) = try call.read { transaction in
      let pupils = try PupilRecord.named(call.params["arguments"] ?? .emptyObject, transaction)
      let classes = Set(pupils.map { $0.enrolment?.classId ?? "" })
      // One class for all of them is the likely one to come back to.
      let last =
        try classes.count == 1
        ? classes.first.flatMap { $0.isEmpty ? nil : try ClassRecord.requireAny($0, transaction) } : nil
      return (pupils, try SchoolDay.today(transaction, nowMs: call.host.nowMs), last)
    }
    let offered = form.isRequired || last?.isArchived != false ? nil : last
    return Window(
      title: form.title,
      fields: [names(pupils)] + (form.hasClass ? [classField(required: form.isRequired, offered)] : []) + [
        Field("date", Text("Дата", en: "Date"), .date, value: JSONValue(today.text), required: true),
        Field("note", Text("Основание", en: "Reason"), hint: Text("Номер приказа, причина", en: "Order, cause")),
      ],
      buttons: [
        Button(
          "save", form.button,
          .command(
            form.command,
            arguments: JSONValue(
              members: [("pupils", ids(pupils)), ("date", "=date"), ("note", "=note")]
                + (form.hasClass ? [("class", "=class")] : []))), style: form.style),
        .cancel,
      ])
  }

  @Sendable private static func askCancelling(_ call: Call) throws -> Window {
    let pupils = try call.read { try PupilRecord.named(call.params["arguments"] ?? .emptyObject, $0) }
    let names = pupils.map(\.fullName).joined(separator: ", ")
    return Window(
      .dialog, title: Text("Отмена восстановления", en: "Cancelling a restoration"), modal: true, level: .warning,
      text: Text(
        "Отменить восстановление: \(names)? Ученик и его родители будут исключены из чатов класса.",
        en: "Cancel the restoration of \(names)? The pupil and the parents leave the chats of the class."),
      buttons: [
        Button(
          "yes", Text("Да", en: "Yes"), .command(RestorePupils.cancel, arguments: ["pupils": ids(pupils)]),
          style: .danger),
        Button("no", Text("Нет", en: "No"), .close),
      ])
  }

  private static func names(_ pupils: [PupilRecord]) -> Field {
    Field(
      "names", pupils.count == 1 ? Text("Ученик", en: "Pupil") : Text("Ученики", en: "Pupils"), .label,
      value: JSONValue(pupils.map(\.fullName).joined(separator: ", ")))
  }

  private static func ids(_ pupils: [PupilRecord]) -> JSONValue { JSONValue(pupils.map { JSONValue($0.id) }) }
}
