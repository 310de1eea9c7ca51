import PluginKit

/// An announcement as its readers see it.
enum Reading {
  static let type = "announcements.reading"

  static func register(in plugin: inout PluginDefinition) { plugin.window(type, open: open) }

  @Sendable private static func open(_ call: Call) throws -> Window {
    guard let id = call.params["arguments"]?["announcement"]?.string else {
      throw PluginError.invalid("announcement", Text("Выберите объявление", en: "Select an announcement"))
    }
    let user = try call.user()
    return try call.read { transaction in
      let announcement = try Announcement(id, transaction)
      try requireReadable(announcement, by: user, transaction)
      let content = announcement.content
      func line(_ id: String, _ label: Text, _ value: String) -> Field {
        Field(id, label, .label, value: JSONValue(value))
      }
      let published = try SchoolDay(transaction).day(announcement.publishedAtMs)
      return Window(
        title: Text(stringLiteral: content.title), text: Text(stringLiteral: content.text),
        fields: [
          line("author", Text("Автор", en: "Author"), announcement.author),
          line("published", Text("Опубликовано", en: "Published"), SchoolDay.display(published)),
          line("until", Text("Действует до", en: "Until"), SchoolDay.display(content.until)),
        ], buttons: [Button("close", Text("Закрыть", en: "Close"), .close)])
    }
  }

  /// It is read by whom it is for while it is current, and at any time by those who write announcements. To others it
  /// is as if there were none: an id tells nothing.
  static func requireReadable(_ announcement: Announcement, by user: User, _ transaction: Transaction) throws {
    if !Set(user.roles).isDisjoint(with: ["employee", "administrator"]) { return }
    let isReader = try Readers.of(announcement.id, transaction).contains(user.id)
    guard isReader, announcement.state == .current else {
      throw PluginError.notFound("announcement", announcement.id)
    }
  }
}
