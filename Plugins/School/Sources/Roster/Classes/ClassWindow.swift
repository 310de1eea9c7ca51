import PluginKit

/// «Класс: Добавление» and «Класс: Изменение» over `school.addClass` and `school.changeClass`.
enum ClassWindow {
  static let type = "school.class"

  static func register(in plugin: inout PluginDefinition) { plugin.window(type, open: open) }

  @Sendable private static func open(_ call: Call) throws -> Window {
    let id = call.params["arguments"]?["class"]?.string
    return try call.read { transaction in
      let record = try id.map { try ClassRecord.require($0, transaction) }
      let teacher = try Employed.name(record?.homeroomTeacher, transaction)
      let template: JSONValue = ["grade": "=grade", "letter": "=letter", "homeroomTeacher": "=homeroomTeacher"]
      return Window(
        title: record == nil
          ? Text("Класс: Добавление", en: "Class: New") : Text("Класс: Изменение", en: "Class: Change"),
        fields: [
          Field(
            "grade", Text("Параллель", en: "Grade"), .select, value: JSONValue(record.map { String($0.grade) }),
            required: true,
            options: ClassRecord.grades.map { Field.Option(String($0), Text(String($0), en: String($0))) }),
          Field("letter", Text("Литера", en: "Letter"), value: JSONValue(record?.letter), required: true),
          Employed.field(
            "homeroomTeacher", Text("Классный руководитель", en: "Homeroom teacher"), value: record?.homeroomTeacher,
            display: teacher),
        ],
        buttons: [
          Button(
            "save", Text("Сохранить", en: "Save"),
            .command(
              record == nil ? AddClass.command : ChangeClass.command,
              arguments: id.map { template.setting("class", JSONValue($0)) } ?? template, changedOnly: id != nil),
            style: .primary),
          .cancel,
        ])
    }
  }
}
