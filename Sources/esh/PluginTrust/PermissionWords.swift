import PluginHost
import ShellProtocol

/// What a manifest asks for and adds, in words for whoever decides about it.
struct PermissionWords {
  /// One permission: a stable name to compare by, and words.
  struct Line: Hashable {
    let key: String
    let ru: String
    let en: String
  }

  /// Everything that the plugin may touch, in the order in which it matters to people.
  static func permissions(_ manifest: Manifest) -> [Line] {
    let asked = manifest.permissions
    var lines: [Line] = []
    lines += asked.views.map {
      Line(key: "view \($0)", ru: "читает данные других модулей: \($0)", en: "reads data of other plugins: \($0)")
    }
    lines += asked.services.map {
      Line(key: "service \($0)", ru: "просит другие модули сделать: \($0)", en: "asks other plugins to do: \($0)")
    }
    lines += asked.http.map { pattern in
      pattern == "@platform"
        ? Line(
          key: "http @platform", ru: "обращается в сеть: по адресу платформы, с которым запущен сервер",
          en: "uses the network: the address of the platform that the host was started with")
        : Line(key: "http \(pattern)", ru: "обращается в сеть: \(pattern)", en: "uses the network: \(pattern)")
    }
    lines += asked.events.map {
      Line(key: "event \($0)", ru: "узнаёт о событиях: \($0)", en: "is told of events: \($0)")
    }
    lines += asked.tables.map {
      Line(key: "table \($0)", ru: "показывает таблицу сервера: \($0)", en: "shows a table of the host: \($0)")
    }
    lines += asked.context.map {
      Line(key: "context \($0)", ru: "знает о пользователе: \($0)", en: "knows of a user: \($0)")
    }
    if asked.present {
      lines.append(
        Line(
          key: "present", ru: "показывает окна и тому, кто ни о чём не просил",
          en: "shows windows also to whoever has not asked"))
    }
    return lines
  }

  /// What people will see of it.
  static func contributions(_ manifest: Manifest) -> [Line] {
    let add = manifest.contributes
    var lines: [Line] = []
    func say(_ ru: String, _ en: String, _ titles: [LocalizedText]) {
      guard !titles.isEmpty else { return }
      lines.append(
        Line(
          key: en, ru: "\(ru): \(titles.map { "«\($0.ru)»" }.joined(separator: ", "))",
          en: "\(en): \(titles.map { "'\($0.en)'" }.joined(separator: ", "))"))
    }
    say("реестры", "registries", add.registries.map(\.title))
    let foreign = add.tabs.filter { tab in !add.registries.contains { $0.id == tab.registry } }
    say("вкладки в чужих реестрах", "tabs in registries of others", foreign.map(\.title))
    say("столбцы в чужих таблицах", "columns in tables of others", add.columns.map(\.title))
    say("кнопки", "buttons", add.toolbar.map(\.label))
    say("ярлыки", "shortcuts", add.shortcuts.map(\.title))
    say("команды", "commands", add.commands.map(\.title))
    say(
      "поля в чужих окнах", "elements in windows of others", add.extensions.map { LocalizedText(verbatim: $0.window) })
    say("задания по времени", "jobs by the clock", add.jobs.map { LocalizedText(verbatim: $0.name) })
    say("настройки", "settings", add.settings.map(\.title))
    return lines
  }

  /// What permissions are worth, honestly.
  static let honest = LocalizedText(
    ru:
      "Разрешения проверяет сервер, когда модуль к нему обращается. Внутри процесса сервера это лишь обещание модуля: его "
      + "код там может всё, что может сервер. По-настоящему ограничивает отдельный процесс (runner), в котором и "
      + "работают установленные модули, если их не пустили внутрь. Ставьте то, чему доверяете.",
    en:
      "The host checks permissions whenever the plugin asks it for something. Inside the host's process they are only the "
      + "plugin's promise: there its code can do whatever the host can. What enforces them is a process of its own (a "
      + "runner), in which installed plugins run unless they were let in. Install what you trust.")
}
