import ArgumentParser
import CTaskPool
import Glibc
import PluginHost

@main
enum Main {
  static func main() {
    task_pool_install()
    let words = CommandLine.arguments
    // A host reads its own options, see `ServeOptions`.
    // A process for one plugin, started by a host.
    if words.count > 1, words[1] == RunnerLauncher.word { exit(RunnerGuest.main(Array(words.dropFirst(2)))) }
    if words.count > 1, words[1] == "serve" { exit(Serve.run(Array(words.dropFirst(2)))) }
    ESh.main()
  }
}

/// The one executable: the host, and the commands that speak to it.
struct ESh: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "esh",
    abstract: "Рабочий стол школы: сервер и команды к нему. / A school desktop: its host and the commands to it.",
    version: HostProcess.version,
    subcommands: [
      Serve.self, Desktop.self, CallMethod.self, OpenRPCCommand.self, Demo.self, Health.self, SchoolCommands.self,
      UserCommands.self, ImportCommands.self,
      ExportCommands.self, MaxCommand.self, PluginCommands.self,
    ])
}
