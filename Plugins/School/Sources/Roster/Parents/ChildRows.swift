import PluginKit

/// The children in a parent's form: rows that the window keeps until it is saved.
enum ChildRows {
  static let id = "children"

  static func table(_ rows: [WindowTable.Row]) -> WindowTable {
    WindowTable(
      id,
      columns: [
        TableSource.Column("name", Text("ФИО", en: "Full name"), sortable: true, searchable: true),
        TableSource.Column("class", Text("Класс", en: "Class")),
        TableSource.Column("relation", Text("Степень родства", en: "Relation"), editable: true),
      ], rows: rows, title: Text("Дети", en: "Children"), selection: .multiple)
  }

  static func rows(_ children: [ParentLinks.Child], _ transaction: Transaction) throws -> [WindowTable.Row] {
    try children.compactMap { child in
      let row = try transaction.first(
        "SELECT full_name, class_title FROM school_pupils WHERE id = ?", [JSONValue(child.pupil)])
      guard let row else { return nil }
      return self.row(child, ["name": row["full_name"] ?? "", "class": row["class_title"] ?? ""])
    }
  }

  static func added(_ question: WindowQuestion) throws -> WindowAnswer {
    let relation = Relation(rawValue: question.value("relation").string ?? "") ?? .relative
    let rows = question.rows(id)
    let new = question.chosen.filter { pupil in !rows.contains { $0.id == pupil } }
    let added = try question.call.read { transaction in
      try self.rows(new.map { ParentLinks.Child(pupil: $0, relation: relation) }, transaction)
    }
    return WindowAnswer(patch: Patch().rows(id, rows + added))
  }

  static func removed(_ question: WindowQuestion) throws -> WindowAnswer {
    let selected = question.selection(id)
    guard !selected.isEmpty else {
      throw PluginError("school.nothingSelected", Text("Выберите детей в таблице", en: "Select children in the table"))
    }
    return WindowAnswer(patch: Patch().rows(id, question.rows(id).filter { !selected.contains($0.id) }))
  }

  static func edited(_ question: WindowQuestion, _ edit: JSONValue) throws -> WindowAnswer {
    let text = edit["values"]?["relation"]?.string ?? ""
    guard let relation = Relation(spelled: text) else {
      throw PluginError(
        "school.relation",
        Text(
          "Нет такой степени родства: «\(text)». Возможны: \(Relation.titles)",
          en: "There is no relation '\(text)': it is mother, father, guardian or relative"))
    }
    let rows = question.rows(id).map { old in
      guard old.id == edit["row"]?.string else { return old }
      return row(ParentLinks.Child(pupil: old.id, relation: relation), old.cells)
    }
    return WindowAnswer(patch: Patch().rows(id, rows))
  }

  private static func row(_ child: ParentLinks.Child, _ cells: JSONValue) -> WindowTable.Row {
    WindowTable.Row(
      child.pupil, cells.setting("relation", child.relation.title.json),
      value: ["pupil": JSONValue(child.pupil), "relation": JSONValue(child.relation.rawValue)])
  }
}
