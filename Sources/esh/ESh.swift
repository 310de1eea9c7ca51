import ArgumentParser
import Jansson

/// The one executable: the host, and the commands that speak to it.
@main
struct ESh: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "esh",
    abstract: "Рабочий стол школы: сервер и команды к нему. / A school desktop: its host and the commands to it.",
    version: HostProcess.version,
    subcommands: [
      Serve.self, CallMethod.self, Demo.self, Health.self, SchoolCommands.self, UserCommands.self, ImportCommands.self,
      ExportCommands.self, PlatformCommands.self, PluginCommands.self,
    ])
}

/// Where everything of one school is kept.
struct DataOptions: ParsableArguments {
  @Option(name: .long, help: "Папка данных школы. / The school's data folder. Default: $XDG_DATA_HOME/esh.")
  var data: String?

  var folder: DataFolder { DataFolder(path: data ?? DataFolder.defaultPath) }
}

/// How answers are printed.
struct OutputOptions: ParsableArguments {
  @Flag(name: .long, help: "JSON вместо таблицы. / JSON instead of a table.")
  var json = false

  /// Progress goes to people, not to scripts.
  var progress: ((JSONValue) -> Void)? {
    if json { return nil }
    return { Output.progress($0) }
  }
}
