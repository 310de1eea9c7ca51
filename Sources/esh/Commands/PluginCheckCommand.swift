import ArgumentParser
import Jansson
import PluginHost
import Terminal

extension PluginCommands {
  /// `esh plugin check PATH`.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Проверить модуль: манифест, библиотеку и поведение. / Checks a plugin: manifest, library, behaviour.",
      discussion: """
        Библиотека выполняется в отдельном процессе с вашими правами, над пустой временной базой и без сети.
        The library runs in a process of its own with your rights, over an empty temporary store, with no network.
        """)
    @Argument(help: "Манифест, библиотека или папка с ними. / A manifest, a library, or a folder with both.")
    var path: String
    @Option(
      name: .long, help: "Папка библиотек. / Folder of libraries. Default: beside the manifest, or as installed.")
    var plugins: [String] = []
    @Option(name: .long, help: "Папка манифестов того, что нужно модулю. / Folder of manifests that it requires.")
    var manifests: [String] = []
    @Flag(name: .customLong("static"), help: "Ничего не выполнять. / Run nothing of it.") var isStatic = false
    @Option(name: .long, help: "Одинаковых вызовов подряд. / Calls of the same kind.") var calls = 1000
    @Option(name: .long, help: "Запусков и остановок. / Starts and stops.") var starts = 100
    @Option(name: .long, help: "Секунд на всё. / Seconds for everything.") var limit = 300
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard calls >= 0, starts >= 0, limit > 0 else { throw ValidationError("--calls, --starts, --limit: 0 or more") }
    }

    func run() throws {
      try reporting {
        let package = try PluginPackage.find(path, libraryFolders: plugins)
        let bounds = TrialLimits(calls: calls, starts: starts, seconds: limit)
        let report = PluginCheck(package: package, manifestFolders: manifests, trial: isStatic ? nil : bounds).run()
        if output.json {
          Output.json(report.json)
        } else {
          for finding in report.findings { print(finding.lines) }
          print(report.summary(path))
        }
        if report.hasErrors { throw ExitCode(1) }
      }
    }
  }

  /// What `check` runs as a process of its own; nobody else calls it.
  struct RunTrial: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "trial", shouldDisplay: false)
    @Argument var manifest: String
    @Option var library: String
    @Option var folder: String
    @Option var from = 0
    @Option var calls = 1000
    @Option var starts = 100
    @Option var required: [String] = []
    @Option var libraries: [String] = []

    func run() throws {
      let others = try required.map { try ManifestFolder.read(file: $0) }
      let trial = try Trial(
        try ManifestFolder.read(file: manifest), library: library, required: others, libraries: libraries,
        folder: folder, limits: TrialLimits(calls: calls, starts: starts))
      trial.run(from: from)
    }
  }
}

extension PluginCheck.Report {
  var json: JSONValue {
    [
      "plugin": JSONValue(plugin), "version": JSONValue(version), "errors": JSONValue(errors),
      "warnings": JSONValue(findings.count - errors), "findings": JSONValue(findings.map(\.json)),
      "tried": JSONValue(tried.mapValues { JSONValue($0) }), "milliseconds": JSONValue(milliseconds),
    ]
  }

  /// What was tried, how long, and how it came out.
  func summary(_ path: String) -> String {
    let words = [
      ("command", "команды", "commands"), ("window", "окна", "windows"), ("table", "таблицы", "tables"),
      ("service", "сервисы", "services"), ("event", "события", "events"), ("job", "задания", "jobs"),
      ("calls", "подряд", "in a row"), ("cancelled", "отменено", "cancelled"), ("start", "запуски", "starts"),
      ("runner", "в отдельном процессе", "in a runner"),
    ]
    let counts = words.compactMap { key, ru, en in tried[key].map { "\(ru) / \(en) \($0)" } }
    let seconds = "\(milliseconds / 1000).\(milliseconds % 1000 / 100)"
    let what = counts.isEmpty ? "без запуска / not run" : counts.joined(separator: ", ")
    let name = [plugin, version].compactMap(\.self).joined(separator: " ")
    let verdict =
      findings.isEmpty
      ? "замечаний нет / no findings"
      : "ошибок / errors: \(errors), замечаний / warnings: \(findings.count - errors)"
    return "\(name.isEmpty ? path : name): \(verdict)\n  \(what); \(seconds) с / s"
  }
}
