import PluginKit

/// Where the rows of the tab «Видеоконференции» and of its pickers come from.
enum ConferenceTables {
  static let conferences = "videoconferences.conferences"
  static let chatPicker = "videoconferences.chatPicker"
  static let lessonPicker = "videoconferences.lessonPicker"

  static func register(in plugin: inout PluginDefinition) {
    plugin.table(
      conferences,
      TableSource(
        from: "videoconferences_conferences",
        columns: [
          TableSource.Column("date", Text("Дата начала", en: "Date"), .date, sortable: true),
          TableSource.Column("starts", Text("Время начала", en: "Starts"), .time),
          text("name", Text("Наименование", en: "Name")),
          text(
            "kind", Text("Тип", en: "Type"), sql: "kind_title",
            options: [
              Field.Option("Онлайн-урок", Text("Онлайн-урок", en: "Online lesson")),
              Field.Option("Видеозвонок", Text("Видеозвонок", en: "Video call")),
            ]),
          text("subject", Text("Предмет", en: "Subject")),
          text("class", Text("Класс", en: "Class"), order: "class_order"),
          TableSource.Column("people", Text("Количество участников", en: "Participants"), .number, sortable: true),
          text(
            "status", Text("Статус", en: "Status"), sql: "status_title",
            options: [
              Field.Option("Новая", Text("Новая", en: "New")), Field.Option("Активная", Text("Активная", en: "Active")),
              Field.Option("Завершена", Text("Завершена", en: "Finished")),
              Field.Option("Ошибка", Text("Ошибка", en: "Error")),
            ]),
          TableSource.Column("link", Text("Ссылка", en: "Link"), .link),
          TableSource.Column("reason", Text("Причина", en: "Reason"), sql: "trouble", english: "trouble_english"),
          TableSource.Column("attempts", Text("Попыток", en: "Attempts"), .number),
          TableSource.Column(
            "nextAttempt", Text("Следующая попытка", en: "Next attempt"), .instant, sql: "next_attempt_ms"),
        ], sort: [TableSource.Sort("date", descending: true)],
        search: ConferencesSchema.words.search, where: "phase <> 'removed' AND \(ConferenceRights.sees)",
        rowActions: [TableSource.RowAction("go", when: "status = 'active' AND link IS NOT NULL")],
        rowConditions: [
          TableSource.RowCondition(
            "changeConference", when: ConferenceRights.manages,
            why: Text("Изменять может автор или администратор чата", en: "Only its author or the chat's administrator")),
          TableSource.RowCondition(
            "changeConference", when: "status <> 'finished'", why: Text("Видеоконференция завершена", en: "It is over")),
          TableSource.RowCondition(
            "removeConference", when: ConferenceRights.manages,
            why: Text("Удалять может автор или администратор чата", en: "Only its author or the chat's administrator")),
          TableSource.RowCondition(
            "removeConference", when: "status <> 'active'",
            why: Text("Сначала закончите видеоконференцию", en: "Finish it first")
          ),
          TableSource.RowCondition(
            "finish", when: "status = 'active'",
            why: Text("Видеоконференция не идёт сейчас", en: "The conference is not running")),
          TableSource.RowCondition(
            "finish", when: ConferenceRights.manages,
            why: Text(
              "Заканчивать может автор или администратор чата", en: "Only its author or the chat's administrator")),
        ]))
    plugin.table(
      chatPicker,
      TableSource(
        from: "chats_v1_chats",
        columns: [
          text("title", Text("Наименование чата", en: "Chat")),
          text("kind", Text("Тип чата", en: "Type"), sql: "kind_title"),
          text("scope", Text("Предмет/Группа (Класс)", en: "Subject/Group (Class)")),
        ], sort: [TableSource.Sort("title")], where: ConferenceRights.hosts))
    plugin.table(
      lessonPicker,
      TableSource(
        from: "school_v1_lessons",
        columns: [
          TableSource.Column("date", Text("Дата", en: "Date"), .date, sortable: true),
          TableSource.Column("number", Text("№", en: "No."), .number),
          TableSource.Column("starts", Text("Начало", en: "Starts"), .time),
          TableSource.Column("ends", Text("Окончание", en: "Ends"), .time),
          TableSource.Column("group", Text("Группа", en: "Group"), sql: "group_title", searchable: true),
        ], sort: [TableSource.Sort("date")],
        where: """
          cancelled = 0 AND date >= :today AND (group_id IN (SELECT c.group_id FROM chats_v1_chats c WHERE c.id = :arg_chat)
            OR group_id IN (SELECT g.group_id FROM school_v1_group_classes g
              JOIN chats_v1_chats c ON c.class_id = g.class_id WHERE c.id = :arg_chat))
          """, arguments: ["chat"]))
  }

  private static func text(
    _ id: String, _ title: Text, sql: String? = nil, order: String? = nil, options: [Field.Option] = []
  ) -> TableSource.Column {
    TableSource.Column(
      id, title, sql: sql, order: order, sortable: true, searchable: true, collation: .russian, options: options)
  }
}
