import PluginKit

// The same five values as the database, scripts and the audit log want them.
extension Content {
  /// Bindings for SQL.
  func columns(_ classTitle: String?) -> JSONValue {
    [
      "title": JSONValue(title), "text": JSONValue(text), "audience": JSONValue(audience.word),
      "class": JSONValue(audience.classID), "classTitle": JSONValue(classTitle ?? ""), "until": JSONValue(until),
    ]
  }

  /// `{title, text, audience, class?, until}`, as the commands take it.
  var json: JSONValue {
    let all: JSONValue = [
      "title": JSONValue(title), "text": JSONValue(text), "audience": JSONValue(audience.word),
      "until": JSONValue(until),
    ]
    return audience.classID.map { all.setting("class", JSONValue($0)) } ?? all
  }

  /// What has changed since `old`, for people: a line for each field.
  func words(_ old: Content?, _ classTitle: String?) -> Text? {
    var lines: [Text] = []
    func line(_ label: Text, _ value: Text, when isNews: Bool) {
      if isNews { lines.append(Text("\(label.ru): \(value.ru)", en: "\(label.en): \(value.en)")) }
    }
    line(Text("Заголовок", en: "Title"), Text(stringLiteral: title), when: title != old?.title)
    line(Text("Текст", en: "Text"), Text(stringLiteral: text), when: text != old?.text)
    line(Text("Кому", en: "For"), audience.title(classTitle), when: audience != old?.audience)
    let day = Text(stringLiteral: SchoolDay.display(until))
    line(Text("Действует до", en: "Until"), day, when: until != old?.until)
    guard !lines.isEmpty else { return nil }
    return Text(lines.map(\.ru).joined(separator: "\n"), en: lines.map(\.en).joined(separator: "\n"))
  }
}

extension Audience {
  /// «Сотрудники», or the title of the class.
  func title(_ classTitle: String?) -> Text {
    if case .schoolClass = self { return Text(stringLiteral: classTitle ?? "") }
    return Self.options.first { $0.value == word }?.title ?? Text(stringLiteral: word)
  }
}
