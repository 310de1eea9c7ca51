import ArgumentParser
import Jansson
import PluginHost
import Terminal

/// `esh plugin …`.
struct PluginCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin", abstract: "Модули. / Plugins.",
    subcommands: [
      List.self, Check.self, PluginNew.self, Install.self, Trust.self, Remove.self, Enable.self, Disable.self,
      Reload.self, RunTrial.self,
    ])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Модули и их состояние. / The plugins and how they are.")
    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      try reporting {
        let caller = try Callers.open(data.folder)
        defer { caller.close() }
        let plugins = try caller.call("plugin/list")
        if output.json { return Output.json(plugins) }
        Output.table(
          ["модуль", "версия", "состояние", "процесс", "вызовов", "ошибок", "причина"],
          (plugins.array ?? []).map { plugin in
            [
              plugin["id"]?.string ?? "", plugin["version"]?.string ?? "", plugin["state"]?.string ?? "",
              // Of its own; otherwise it runs inside the host, or does not run.
              plugin["process"]?.int.map(String.init) ?? "",
              String(plugin["calls"]?.int ?? 0), String(plugin["failures"]?.int ?? 0),
              plugin["error"]?.string ?? plugin["lastCrash"]?.string ?? "",
            ]
          })
      }
    }
  }
}
