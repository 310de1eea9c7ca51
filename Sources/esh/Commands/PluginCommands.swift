import ArgumentParser
import Jansson
import PluginHost
import Terminal

/// `esh plugin …`.
struct PluginCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin", abstract: "Модули. / Plugins.",
    subcommands: [List.self, Check.self, PluginNew.self, Enable.self, Disable.self, Reload.self])

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
          ["модуль", "версия", "состояние", "вызовов", "ошибок", "причина"],
          (plugins.array ?? []).map { plugin in
            [
              plugin["id"]?.string ?? "", plugin["version"]?.string ?? "", plugin["state"]?.string ?? "",
              String(plugin["calls"]?.int ?? 0), String(plugin["failures"]?.int ?? 0), plugin["error"]?.string ?? "",
            ]
          })
      }
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Проверить манифест и библиотеку. / Checks a manifest and its library.")
    @Argument(help: "Манифест. / A manifest.") var path: String
    @Option(
      name: .long, help: "Папка библиотеки. / Folder of the library. Default: beside the manifest, or as installed.")
    var plugins: [String] = []
    @OptionGroup var output: OutputOptions

    func run() throws {
      try reporting {
        let findings = PluginCheck(manifest: path, libraryFolders: plugins).run()
        if output.json {
          Output.json(JSONValue(findings.map(\.json)))
        } else if findings.isEmpty {
          print("замечаний нет / no findings: \(path)")
        } else {
          for finding in findings { print(finding.line) }
        }
        if findings.contains(where: { $0.isError }) { throw ExitCode(1) }
      }
    }
  }
}
