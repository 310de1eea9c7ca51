import PluginKit

/// Where the rows of the tab «Чаты» and of the pickers come from.
enum ChatRegistry {
  static let chats = "chats.chats"
  static let employeePicker = "chats.employeePicker"
  static let pupilPicker = "chats.pupilPicker"
  static let parentPicker = "chats.parentPicker"
  static let groupPicker = "chats.groupPicker"

  static func register(in plugin: inout PluginDefinition) {
    plugin.table(
      chats,
      TableSource(
        from: "chats_chats",
        columns: [
          text("title", Text("Наименование чата", en: "Chat")),
          text(
            "kind", Text("Тип чата", en: "Type"), sql: "kind_title",
            options: ChatKind.allCases.map {
              Field.Option($0.title.ru, $0.title)
            }),
          text("scope", Text("Предмет/Группа (Класс)", en: "Subject/Group (Class)"), order: "scope_order"),
          TableSource.Column("members", Text("Участников", en: "Participants"), .number, sortable: true),
          TableSource.Column(
            "state", Text("Состояние", en: "State"), sql: "state_title", sortable: true, collation: .russian,
            english: "state_english"),
        ], sort: [TableSource.Sort("title")], search: ChatsSchema.words.search,
        where: "\(shown) AND \(ChatRights.sees)",
        rowConditions: [
          gone("change"), gone("remove"),
          TableSource.RowCondition(
            "change", when: ChatRights.manages,
            why: Text("Изменять чат может его администратор", en: "Only its administrator may change a chat")),
          TableSource.RowCondition(
            "remove", when: "kind IN ('subject', 'other')",
            why: Text("Чат создан автоматически, удалить его нельзя", en: "The chat was made by itself and stays")),
          TableSource.RowCondition(
            "remove", when: ChatRights.manages,
            why: Text("Удалять чат может его администратор", en: "Only its administrator may delete a chat")),
        ]))
    plugin.table(
      employeePicker, people(.employee, Text("Должность", en: "Position"), "position", where: "+dismissed IS NULL"))
    plugin.table(pupilPicker, people(.pupil, Text("Класс", en: "Class"), "class_title", where: "state = 'studying'"))
    plugin.table(parentPicker, people(.parent, Text("Дети", en: "Children"), "children", where: "children <> ''"))
    plugin.table(
      groupPicker,
      TableSource(
        from: "school_v1_groups",
        columns: [
          text("title", Text("Предмет", en: "Subject")), text("class", Text("Класс", en: "Class"), sql: "classes"),
          text("teacher", Text("Учитель", en: "Teacher")),
        ], sort: [TableSource.Sort("title")],
        where: """
          archived = 0 AND (instr(:roles, '"administrator"') > 0 OR teacher_person_id = :person_id)
          """))
  }

  /// Living chats, and those that somebody deleted and the platform keeps: an administrator is to know.
  static let shown = "(listed = 1 OR removed_at IS NOT NULL AND state = 'removing' AND state_reason IS NOT NULL)"

  private static func gone(_ button: String) -> TableSource.RowCondition {
    TableSource.RowCondition(
      button, when: "removed_at IS NULL",
      why: Text(
        "Чат удалён; платформа его ещё не удалила, «Обновить» попробует снова",
        en: "The chat is deleted; the platform still has it, 'Refresh' tries again"))
  }

  static func picker(_ side: Side) -> String {
    switch side {
    case .employee: employeePicker
    case .pupil: pupilPicker
    case .parent: parentPicker
    }
  }

  private static func people(
    _ side: Side, _ title: Text, _ column: String, where predicate: String
  ) -> TableSource {
    TableSource(
      from: side.view,
      columns: [
        TableSource.Column(
          "name", Text("ФИО", en: "Full name"), sql: "full_name", sortable: true, searchable: true, collation: .russian),
        TableSource.Column("detail", title, sql: column, searchable: true),
      ], sort: [TableSource.Sort("name")], where: predicate)
  }

  private static func text(
    _ id: String, _ title: Text, sql: String? = nil, order: String? = nil, options: [Field.Option] = []
  ) -> TableSource.Column {
    TableSource.Column(
      id, title, sql: sql, order: order, sortable: true, searchable: true, collation: .russian, options: options)
  }
}
