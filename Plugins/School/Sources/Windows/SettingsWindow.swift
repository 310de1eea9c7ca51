import PluginKit

/// «Настройки организации»: a form over `school.saveSettings`.
enum SettingsWindow {
  static let type = "school.settings"

  static func register(in plugin: inout PluginDefinition) {
    plugin.window(type, open: open)
    plugin.command("school.openSettings") { _ in Outcome(effects: [.openWindow(type)]) }
  }

  @Sendable private static func open(_ call: Call) throws -> Window {
    let (settings, administrator) = try call.read { transaction in
      let settings = try OrganizationSettings.read(transaction)
      let row = try transaction.first(
        "SELECT full_name FROM school_employees WHERE id = ?", [JSONValue(settings.chatAdministrator)])
      return (settings, row?["full_name"]?.string)
    }
    return Window(
      title: Text("Настройки организации", en: "Organization settings"), fields: fields(settings, administrator),
      buttons: [
        Button(
          "save", Text("Сохранить", en: "Save"),
          .command(SaveSettings.command, arguments: arguments, changedOnly: true), style: .primary),
        .cancel,
      ])
  }

  /// Every setting from the field of its name.
  private static let arguments = JSONValue(
    members: [
      "name", "shortName", "timeZone", "chatAdministrator", "platformAddress", "requestExpiryHours",
      "removalThresholdPercent", "lessonKinds",
    ].map { ($0, JSONValue("=\($0)")) })

  private static func fields(_ settings: OrganizationSettings, _ administrator: String?) -> [Field] {
    [
      Field("name", Text("Наименование", en: "Name"), value: JSONValue(settings.name), required: true),
      Field(
        "shortName", Text("Краткое наименование", en: "Short name"), value: JSONValue(settings.shortName),
        required: true),
      Field(
        "timeZone", Text("Часовой пояс", en: "Time zone"), .select, value: JSONValue(settings.timeZone), required: true,
        options: zones(with: settings.timeZone)),
      Field(
        "chatAdministrator", Text("Администратор чатов Сферум", en: "Sferum chat administrator"), .reference,
        value: JSONValue(settings.chatAdministrator), display: administrator,
        picker: Field.Picker(
          table: SchoolTables.employeePicker, display: "name", title: Text("Сотрудники", en: "Employees"))),
      Field(
        "platformAddress", Text("Адрес платформы", en: "Platform address"), value: JSONValue(settings.platformAddress),
        required: true,
        hint: Text("Открывается ярлыком «Перейти в Сферум»", en: "Opened by the shortcut 'Go to Sferum'")),
      Field(
        "requestExpiryHours", Text("Срок заявки на привязку, ч", en: "Binding request lives for, h"), .number,
        value: JSONValue(settings.requestExpiryHours), required: true),
      Field(
        "removalThresholdPercent",
        Text("Подтверждать исключение, если больше, %", en: "Confirm removals of more than, %"), .number,
        value: JSONValue(settings.removalThresholdPercent), required: true),
      Field(
        "lessonKinds", Text("Виды работ на уроке", en: "Kinds of lesson work"),
        value: JSONValue(settings.lessonKinds.joined(separator: "; ")), required: true,
        hint: Text("Через точку с запятой", en: "Apart by semicolons")),
    ]
  }

  /// Russia's zones, and the school's own if it is another.
  private static func zones(with current: String) -> [Field.Option] {
    var zones = TimeZones.russian.map { Field.Option($0.id, Text($0.title, en: $0.id)) }
    if !zones.contains(where: { $0.value == current }) {
      zones.insert(Field.Option(current, Text(current, en: current)), at: 0)
    }
    return zones
  }
}
