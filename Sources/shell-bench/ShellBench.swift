import ArgumentParser

/// `shell-bench`: the host beside the bare loop, as ratios within one run.
@main
struct ShellBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shell-bench", abstract: "Measures the host beside a bare loop of epoll, jansson and SQLite.",
    subcommands: [Measure.self, PluginFigures.self, Bell.self, Bare.self], defaultSubcommand: Measure.self)
}
