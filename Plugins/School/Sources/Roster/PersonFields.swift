import PluginKit

/// The fields of a person's own data, the same in every form.
enum PersonFields {
  static func fields(_ person: PersonInput = PersonInput()) -> [Field] {
    [
      Field("familyName", Text("Фамилия", en: "Family name"), value: JSONValue(person.familyName), required: true),
      Field("givenName", Text("Имя", en: "Given name"), value: JSONValue(person.givenName), required: true),
      Field("middleName", Text("Отчество", en: "Patronymic"), value: JSONValue(person.middleName)),
      Field("birthDate", Text("Дата рождения", en: "Born"), .date, value: JSONValue(person.birthDate)),
      Field(
        "sex", Text("Пол", en: "Sex"), .select, value: JSONValue(person.sex ?? ""),
        options: [
          Field.Option("", Text("не указан", en: "not given")), Field.Option("male", Text("мужской", en: "male")),
          Field.Option("female", Text("женский", en: "female")),
        ]),
      Field("phone", Text("Телефон", en: "Phone"), .phone, value: JSONValue(person.phone)),
      Field("email", Text("Почта", en: "Mail"), value: JSONValue(person.email)),
    ]
  }

  /// Shows the fields, or hides and empties them while somebody is chosen who has their data already.
  static func shown(_ shown: Bool) -> Patch {
    fields().reduce(Patch()) { patch, field in
      let change: JSONValue =
        shown
        ? ["visible": true, "required": JSONValue(field.required)]
        : ["visible": false, "required": false, "value": .null, "error": .null]
      return patch.field(field.id, change)
    }
  }

  /// Arguments of a command from the fields of their names.
  static func arguments(_ names: [String] = PersonInput.arguments, and others: [(String, JSONValue)] = []) -> JSONValue
  {
    JSONValue(members: names.map { ($0, JSONValue("=\($0)")) } + others)
  }
}
