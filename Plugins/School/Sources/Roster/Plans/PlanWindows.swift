import PluginKit

/// «Тема КТП: Добавление», «Тема КТП: Изменение» and «Копирование КТП».
enum PlanWindows {
  static let topic = "school.topic"
  static let copy = "school.planCopy"

  static func register(in plugin: inout PluginDefinition) {
    plugin.window(topic, open: openTopic)
    plugin.window(copy, open: openCopy)
  }

  @Sendable private static func openTopic(_ call: Call) throws -> Window {
    let given = call.params["arguments"] ?? .emptyObject
    return try call.read { transaction in
      let topic = try given["topic"]?.string.map { try TopicRecord.require($0, transaction) }
      let template: JSONValue = ["number": "=number", "title": "=title", "hours": "=hours"]
      return Window(
        title: topic == nil
          ? Text("Тема КТП: Добавление", en: "Topic: New") : Text("Тема КТП: Изменение", en: "Topic: Change"),
        fields: [
          try GroupField.field(
            "group", topic?.group ?? given["group"]?.string ?? likeGroup(given, transaction), enabled: topic == nil,
            transaction),
          Field(
            "number", Text("№", en: "No."), .number, value: topic.map { JSONValue($0.number) } ?? .null,
            hint: topic == nil ? Text("Пусто — в конец", en: "Empty: at the end") : nil),
          Field("title", Text("Тема", en: "Topic"), value: JSONValue(topic?.title), required: true),
          Field("hours", Text("Часы", en: "Hours"), .number, value: JSONValue(topic?.hours ?? 1)),
        ],
        buttons: [
          Button(
            "save", Text("Сохранить", en: "Save"),
            .command(
              topic == nil ? ChangeTopic.add : ChangeTopic.change,
              arguments: topic.map { template.setting("topic", JSONValue($0.id)) }
                ?? template.setting("group", "=group"), changedOnly: topic != nil), style: .primary),
          .cancel,
        ])
    }
  }

  @Sendable private static func openCopy(_ call: Call) throws -> Window {
    let given = call.params["arguments"] ?? .emptyObject
    return try call.read { transaction in
      Window(
        title: Text("Копирование КТП", en: "Copy a plan"),
        fields: [
          try GroupField.field(
            "from", likeGroup(given, transaction), label: Text("Из группы", en: "From the group"), transaction),
          try GroupField.field("to", nil, label: Text("В группу", en: "To the group"), transaction),
          Field(
            "replace", Text("Заменить", en: "Replace"), .checkbox, value: false,
            hint: Text("Темы, которые уже есть, удаляются", en: "Topics that are there are removed")),
        ],
        buttons: [
          Button(
            "copy", Text("Копировать", en: "Copy"),
            .command(CopyPlan.command, arguments: ["from": "=from", "to": "=to", "replace": "=replace"]),
            style: .primary), .cancel,
        ])
    }
  }

  /// The group of the topic that is selected in the registry.
  private static func likeGroup(_ given: JSONValue, _ transaction: Transaction) throws -> String? {
    try given["like"]?.string.map { try TopicRecord.require($0, transaction).group }
  }
}
