import PluginKit

/// A person's own data, as forms and commands give them: `familyName, givenName, middleName?, birthDate?, sex?,
/// phone?, email?`.
struct PersonInput: Equatable {
  var familyName = ""
  var givenName = ""
  var middleName = ""
  /// ISO 8601.
  var birthDate: String?
  /// `male` or `female`.
  var sex: String?
  /// `+79XXXXXXXXX`.
  var phone: String?
  var email: String?

  var fullName: String { [familyName, givenName, middleName].filter { !$0.isEmpty }.joined(separator: " ") }

  static let arguments = ["familyName", "givenName", "middleName", "birthDate", "sex", "phone", "email"]

  /// The data with a command's arguments put over them. What is absent stays, null or empty clears.
  func applying(_ params: JSONValue, today: CivilDate, _ objections: inout Objections) -> PersonInput {
    var changed = self
    let isNew = self == PersonInput()
    changed.familyName = Self.name("familyName", params, familyName, isRequired: true, isNew: isNew, &objections)
    changed.givenName = Self.name("givenName", params, givenName, isRequired: true, isNew: isNew, &objections)
    changed.middleName = Self.name("middleName", params, middleName, isRequired: false, isNew: isNew, &objections)
    if let value = params["birthDate"] { changed.birthDate = Self.birthDate(value, today, &objections) }
    if let value = params["sex"] {
      changed.sex = Self.filled(value)
      if let sex = changed.sex, sex != "male", sex != "female" {
        objections.add("sex", Text("Пол: male или female", en: "Sex is male or female"))
      }
    }
    if let value = params["phone"] { changed.phone = Self.phone(value, &objections) }
    if let value = params["email"] { changed.email = Self.email(value, &objections) }
    return changed
  }

  private static func filled(_ value: JSONValue) -> String? {
    let text = (value.string ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return text.isEmpty ? nil : text
  }

  private static func name(
    _ argument: String, _ params: JSONValue, _ old: String, isRequired: Bool, isNew: Bool,
    _ objections: inout Objections
  ) -> String {
    // What was there before stays, whatever the rules were when it came.
    guard let value = params[argument] else {
      if old.isEmpty, isRequired, isNew { objections.add(argument, Text("Обязательное поле", en: "Required")) }
      return old
    }
    let name = filled(value) ?? ""
    if name.isEmpty, isRequired {
      objections.add(argument, Text("Обязательное поле", en: "Required"))
    } else if name.count > 100 {
      objections.add(argument, Text("Не длиннее 100 знаков", en: "At most 100 characters"))
    } else if !name.isEmpty, !isName(name) {
      objections.add(
        argument, Text("Имя пишется буквами, с дефисом или пробелом", en: "A name has letters, hyphens and spaces"))
    }
    return name
  }

  /// Letters, with hyphens, points and blanks between them.
  static func isName(_ text: String) -> Bool {
    text.contains(where: \.isLetter) && text.allSatisfy { $0.isLetter || " -'’.".contains($0) }
  }

  private static func birthDate(_ value: JSONValue, _ today: CivilDate, _ objections: inout Objections) -> String? {
    guard let text = filled(value) else { return nil }
    guard let date = CivilDate(text: text) else {
      objections.add("birthDate", Text("Нужна дата, например 2015-03-24", en: "Give a date such as 2015-03-24"))
      return nil
    }
    if date > today || date < CivilDate(1900, 1, 1) {
      objections.add("birthDate", Text("Такой даты рождения быть не может", en: "Nobody here was born on that day"))
    }
    return text
  }

  static let badPhone = Text(
    "Номер телефона не соответствует формату +7 (9XX) XXX-XX-XX",
    en: "The phone is not of the form +7 (9XX) XXX-XX-XX")

  private static func phone(_ value: JSONValue, _ objections: inout Objections) -> String? {
    guard let text = value.string, text.contains(where: { !$0.isWhitespace }) else { return nil }
    guard let phone = Phone(text) else {
      objections.add("phone", badPhone)
      return nil
    }
    return phone.value
  }

  private static func email(_ value: JSONValue, _ objections: inout Objections) -> String? {
    guard let text = filled(value) else { return nil }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."), !text.contains(" "), text.count <= 254 else {
      objections.add("email", Text("Адрес почты пишется имя@узел", en: "An address is written name@host"))
      return nil
    }
    return text
  }
}
