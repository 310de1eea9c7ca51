import PluginKit

/// What a person writes: the form's fields, the command's arguments and the table's columns are these five.
struct Content: Equatable {
  var title: String
  var text: String
  var audience: Audience
  /// ISO 8601; the last day on which it is shown.
  var until: String

  init(row: JSONValue) {
    title = row["title"]?.string ?? ""
    text = row["text"]?.string ?? ""
    audience = Audience(row["audience"]?.string ?? "", classID: row["class_id"]?.string)
    until = row["until"]?.string ?? ""
  }

  /// The arguments of a command; what they do not name is as in `old`.
  init(_ arguments: JSONValue, over old: Content?) {
    title = Self.trimmed(arguments["title"]?.string ?? old?.title ?? "")
    text = Self.trimmed(arguments["text"]?.string ?? old?.text ?? "")
    audience = Audience(
      arguments["audience"]?.string ?? old?.audience.word ?? "",
      classID: arguments["class"] == nil ? old?.audience.classID : arguments["class"]?.string)
    until = arguments["until"]?.string ?? old?.until ?? ""
  }

  /// Everything that is wrong with it at once, each with its field: a form marks them, a script reads them.
  /// `classTitle`: empty where it is for no class, nil where the class is not there.
  func check(classTitle: String?, today: String) throws(PluginError) {
    var issues: [PluginError.Issue] = []
    func complain(_ field: String, _ message: Text) { issues.append(.init(path: "/\(field)", message)) }
    if title.isEmpty { complain("title", Text("Введите заголовок", en: "Enter a title")) }
    if title.unicodeScalars.count > 200 {
      complain("title", Text("Заголовок длиннее 200 знаков", en: "The title is longer than 200 letters"))
    }
    if text.isEmpty { complain("text", Text("Введите текст", en: "Enter a text")) }
    if text.unicodeScalars.count > 5000 {
      complain("text", Text("Текст длиннее 5000 знаков", en: "The text is longer than 5,000 letters"))
    }
    if until < today {
      let now = SchoolDay.display(today)
      complain("until", Text("Этот день уже прошёл, сегодня \(now)", en: "This day is over, today is \(now)"))
    }
    if case .schoolClass(let id) = audience, classTitle == nil {
      complain(
        "class",
        id.isEmpty
          ? Text("Выберите класс", en: "Choose a class")
          : Text("Такого класса нет: «\(id)»", en: "There is no such class: '\(id)'"))
    }
    guard !issues.isEmpty else { return }
    throw PluginError(
      "announcements.invalid", Text("Исправьте отмеченные поля", en: "Correct the marked fields"), code: -32602,
      issues: issues)
  }

  private static func trimmed(_ text: String) -> String {
    let letters = Substring(text).drop { $0.isWhitespace }
    return String(letters.reversed().drop { $0.isWhitespace }.reversed())
  }
}
