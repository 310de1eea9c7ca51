import PluginKit

/// The form of an announcement, a new one or one that is there. It checks nothing: its button runs the command, whose
/// refusal marks the fields.
enum Form {
  static let type = "announcements.form"

  static func register(in plugin: inout PluginDefinition) {
    plugin.window(type, open: open, changed: changed)
  }

  @Sendable private static func open(_ call: Call) throws -> Window {
    let id = call.params["arguments"]?["announcement"]?.string
    let user = try call.user()
    return try call.read { transaction in
      guard let id else { return try draft(call, transaction) }
      let announcement = try Announcement(id, transaction)
      try announcement.requireChangeable(by: user)
      return Window(
        title: Text("Объявление: Изменение", en: "Announcement: Change"),
        fields: try fields(announcement.content, transaction),
        buttons: [
          // Only what the person has changed becomes an argument: two who change one announcement keep both changes.
          Button(
            "save", Text("Сохранить", en: "Save"),
            .command(
              Change.command, arguments: arguments.setting("announcement", JSONValue(id)), changedOnly: true),
            style: .primary), .cancel,
        ])
    }
  }

  private static func draft(_ call: Call, _ transaction: Transaction) throws -> Window {
    // A week is what most announcements need; SQLite knows the calendar.
    let today = try SchoolDay(transaction).day(call.host.nowMs)
    let week = try transaction.first("SELECT date(?, '+7 days') AS day", [JSONValue(today)])
    return Window(
      title: Text("Объявление: Добавление", en: "Announcement: New"),
      fields: try fields(Content(["audience": "all", "until": week?["day"] ?? .null], over: nil), transaction),
      buttons: [
        Button(
          "save", Text("Опубликовать", en: "Publish"), .command(Publish.command, arguments: arguments),
          style: .primary), .cancel,
      ])
  }

  /// `=title`: the value of that field.
  private static let arguments: JSONValue = [
    "title": "=title", "text": "=text", "audience": "=audience", "class": "=class", "until": "=until",
  ]

  private static func fields(_ content: Content, _ transaction: Transaction) throws -> [Field] {
    let isForClass = content.audience.word == "class"
    let classes = try transaction.rows(
      "SELECT id, title FROM school_v1_classes WHERE archived = 0 ORDER BY grade, title COLLATE russian")
    return [
      Field("title", Text("Заголовок", en: "Title"), value: JSONValue(content.title), required: true),
      Field("text", Text("Текст", en: "Text"), value: JSONValue(content.text), required: true),
      Field(
        "audience", Text("Кому", en: "For"), .select, value: JSONValue(content.audience.word), required: true,
        options: Audience.options, notify: true),
      Field(
        "class", Text("Класс", en: "Class"), .select, value: JSONValue(content.audience.classID ?? ""),
        visible: isForClass, required: isForClass,
        options: classes.map { Field.Option($0["id"]?.string ?? "", Text(stringLiteral: $0["title"]?.string ?? "")) }),
      Field(
        "until", Text("Действует до", en: "Until"), .date, value: JSONValue(content.until), required: true,
        hint: Text("Последний день, когда объявление видно", en: "The last day on which it is shown")),
    ]
  }

  /// The class is asked for only while there is one to choose.
  @Sendable private static func changed(_ question: WindowQuestion) throws -> WindowAnswer {
    let isForClass = JSONValue(question.value("audience") == "class")
    return WindowAnswer(patch: Patch().field("class", ["visible": isForClass, "required": isForClass]))
  }
}
