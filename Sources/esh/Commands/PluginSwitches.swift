import ArgumentParser
import Jansson
import Terminal

extension PluginCommands {
  struct Enable: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Включить модуль, также после сбоев. / Switches a plugin on, also one that has crashed too often.")
    @OptionGroup var data: DataOptions
    @Argument(help: "Модуль. / The plugin.") var id: String

    func run() throws {
      try PluginCommands.calling("plugin/enable", id, data) { _ in "модуль включён / enabled: \(id)" }
    }
  }

  struct Disable: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Выключить модуль, пока его не включат. / Switches a plugin off until it is switched on again.")
    @OptionGroup var data: DataOptions
    @Argument(help: "Модуль. / The plugin.") var id: String

    func run() throws {
      try PluginCommands.calling("plugin/disable", id, data) { _ in "модуль выключен / disabled: \(id)" }
    }
  }

  struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Заменить модуль его новой библиотекой без перезапуска. / "
        + "Puts a plugin's new library in its place, with no restart.")
    @OptionGroup var data: DataOptions
    @Argument(help: "Модуль. / The plugin.") var id: String

    func run() throws {
      try PluginCommands.calling("plugin/reload", id, data) { outcome in
        let manifest =
          outcome["manifestChanged"]?.bool == true
          ? "\nманифест изменился: он прочитается при следующем запуске сервера / "
            + "its manifest has changed: the host reads it at its next start" : ""
        return "модуль заменён / reloaded: \(id), \(outcome["generation"]?.int ?? 0)\(manifest)"
      }
    }
  }

  fileprivate static func calling(
    _ method: String, _ id: String, _ data: DataOptions, _ words: (JSONValue) -> String
  ) throws {
    try reporting {
      let caller = try Callers.open(data.folder)
      defer { caller.close() }
      print(words(try caller.call(method, ["plugin": JSONValue(id)])))
    }
  }
}
