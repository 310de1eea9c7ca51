import PluginKit

/// The question before an announcement is withdrawn. Closing it is a no.
enum Withdrawal {
  static func register(in plugin: inout PluginDefinition) {
    plugin.window("announcements.withdrawal", open: open)
  }

  @Sendable private static func open(_ call: Call) throws -> Window {
    guard let id = call.params["arguments"]?["announcement"]?.string else {
      throw PluginError.invalid("announcement", Text("Выберите объявление", en: "Select an announcement"))
    }
    let user = try call.user()
    let announcement = try call.read { try Announcement(id, $0) }
    try announcement.requireChangeable(by: user)
    let title = announcement.content.title
    return Window(
      .dialog, title: Text("Снять объявление", en: "Withdraw an announcement"), modal: true, level: .warning,
      text: Text(
        "Объявление «\(title)» больше никто не увидит. Снять его?",
        en: "Nobody will see the announcement '\(title)' any more. Withdraw it?"),
      buttons: [
        Button(
          "withdraw", Text("Снять", en: "Withdraw"),
          .command(Withdraw.command, arguments: ["announcement": JSONValue(id)]), style: .danger),
        .cancel,
      ])
  }
}
