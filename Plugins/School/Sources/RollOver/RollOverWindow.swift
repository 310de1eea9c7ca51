import PluginKit

/// «Перевод на новый учебный год»: every class with what becomes of it, before it is done; and the way back.
enum RollOverWindow {
  static let type = "school.rollOver"

  static func register(in plugin: inout PluginDefinition) {
    plugin.window(type, open: open, changed: changed, pressed: pressed)
    plugin.command("school.openRollOver") { _ in Outcome(effects: [.openWindow(type)]) }
  }

  private static let columns = [
    TableSource.Column("from", Text("Класс", en: "Class")),
    TableSource.Column("pupils", Text("Учеников", en: "Pupils"), .number),
    TableSource.Column("to", Text("Станет", en: "Becomes")),
    TableSource.Column("leaves", Text("Выпуск", en: "Leaves"), .boolean, editable: true),
  ]

  @Sendable private static func open(_ call: Call) throws -> Window {
    let rehearsal = try RollOverRehearsal.run(call, leaving: nil)
    let (plan, objection) = (rehearsal.plan, rehearsal.objection?.message)
    let last = try call.read { transaction in
      try transaction.first(
        "SELECT 'x' || n AS id, kind, title FROM school_operations WHERE state = 'applied' ORDER BY n DESC LIMIT 1")
    }
    let undone = last?["kind"]?.string == "rollover" ? last : nil
    return Window(
      title: Text("Перевод на новый учебный год", en: "Roll-over to the new school year"),
      fields: [
        Field(
          "year", Text("Учебный год", en: "School year"), .label,
          value: JSONValue("\(plan.from.startYear)/\(plan.from.startYear + 1) → \(plan.to.title)")),
        summary(plan),
      ],
      tables: [
        WindowTable("classes", columns: columns, rows: rows(plan), selection: .none),
        SchoolPreview.table(rehearsal.previews),
      ],
      buttons: [
        Button(
          "run", Text("Перевести", en: "Roll over"), style: .primary, enabled: objection == nil, why: objection),
        Button(
          "undo", Text("Отменить перевод", en: "Undo the roll-over"),
          style: .danger, visible: undone != nil),
        Button("close", Text("Закрыть", en: "Close"), .close),
      ], state: undone?["id"] ?? .null)
  }

  private static func rows(_ plan: RollOverPlan) -> [WindowTable.Row] {
    plan.classes.reversed().map { record in
      WindowTable.Row(
        record.id,
        [
          "from": JSONValue(record.title), "pupils": JSONValue(record.pupils),
          "to": record.next.map { JSONValue($0) } ?? Text("Выпуск", en: "Graduates").json,
          "leaves": JSONValue(record.leaves),
        ], locked: record.grade >= ClassRecord.grades.upperBound ? ["leaves"] : [])
    }
  }

  private static func summary(_ plan: RollOverPlan) -> Field {
    Field(
      "summary", Text("Итог", en: "In all"), .label,
      value: Text(
        "выпускников: \(plan.graduates); групп нового года: \(plan.groups); "
          + "групп без продолжения: \(plan.endingGroups); отменяется уроков: \(plan.lessons)",
        en: "graduates: \(plan.graduates); groups of the new year: \(plan.groups); "
          + "groups that end: \(plan.endingGroups); lessons called off: \(plan.lessons)"
      ).json)
  }

  private static func leaving(_ rows: [WindowTable.Row]) -> Set<String> {
    Set(rows.filter { $0.cells["leaves"]?.bool == true }.map(\.id))
  }

  /// A mark for a class to leave, or to move up after all.
  @Sendable private static func changed(_ question: WindowQuestion) throws -> WindowAnswer {
    var marked = leaving(question.rows("classes"))
    if let edit = question.edit, let row = edit["row"]?.string, let leaves = edit["values"]?["leaves"]?.bool {
      if leaves { marked.insert(row) } else { marked.remove(row) }
    }
    let rehearsal = try RollOverRehearsal.run(question.call, leaving: marked)
    let total = summary(rehearsal.plan)
    return WindowAnswer(
      patch: Patch().rows("classes", rows(rehearsal.plan)).field(total.id, ["value": total.value])
        .rows(SchoolPreview.tableID, SchoolPreview.rows(rehearsal.previews)))
  }

  /// «Перевести» asks once more, then runs the command that scripts run.
  @Sendable private static func pressed(_ question: WindowQuestion) throws -> WindowAnswer {
    if question.button == "undo" { return askUndo(question.state) }
    let marked = leaving(question.rows("classes"))
    let rehearsal = try RollOverRehearsal.run(question.call, leaving: marked)
    if let objection = rehearsal.objection { throw objection }
    let (plan, following) = (rehearsal.plan, SchoolPreview.lines(rehearsal.previews))
    let arguments: JSONValue = ["leaving": JSONValue(marked.sorted().map { JSONValue($0) })]
    return WindowAnswer(effects: [
      .dialog(
        .warning,
        Text(
          "Перевести школу на \(plan.to.title) учебный год? Выпускников: \(plan.graduates), отменяется уроков: \(plan.lessons). Пока записи не изменены, перевод можно отменить.\(following)",
          en:
            "Move the school on to \(plan.to.title)? Graduates: \(plan.graduates), lessons called off: \(plan.lessons). It can be undone until its records change.\(following)"
        ),
        buttons: [
          Button(
            "yes", Text("Да", en: "Yes"), .command(RollOverCommand.command, arguments: arguments), style: .primary),
          Button("no", Text("Нет", en: "No"), .close),
        ])
    ])
  }

  private static func askUndo(_ operation: JSONValue) -> WindowAnswer {
    WindowAnswer(effects: [
      .dialog(
        .warning,
        Text(
          "Отменить перевод и вернуть классы, группы и выпускников, какими они были?",
          en: "Undo the roll-over and bring classes, groups and leavers back as they were?"),
        buttons: [
          Button(
            "yes", Text("Да", en: "Yes"), .command(UndoOperation.command, arguments: ["operation": operation]),
            style: .danger),
          Button("no", Text("Нет", en: "No"), .close),
        ])
    ])
  }
}
