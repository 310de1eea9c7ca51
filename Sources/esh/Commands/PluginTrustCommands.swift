import ArgumentParser
import Jansson
import Terminal

extension PluginCommands {
  /// `esh plugin install PATH`.
  struct Install: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Установить модуль в папку данных. / Installs a plugin in the data folder.",
      discussion: """
        Копирует манифест и библиотеку, показывает разрешения и запоминает sha256 обоих файлов.
        Copies manifest and library, shows the permissions and pins the sha256 of both files.
        """)
    @Argument(help: "Манифест, библиотека или папка с ними. / A manifest, a library, or a folder with both.")
    var path: String
    @Option(name: .long, help: "Папка библиотеки. / Folder of the library.") var plugins: [String] = []
    @Flag(help: "Согласиться с тем, что показано. / Agree to what is shown.") var yes = false
    @OptionGroup var data: DataOptions

    func run() throws {
      try reporting {
        let shelf = PluginShelf(data.folder)
        let package = try PluginPackage.find(path, libraryFolders: plugins)
        var id = ""
        var isReloadable = false
        let pin = try shelf.install(package) { consent in
          id = consent.manifest.id
          isReloadable = consent.isLibraryOnly
          try consent.ask(isGiven: yes)
        }
        print("установлен / installed: \(id) \(pin.version)")
        shelf.noteRestart(id, isReloadable: isReloadable)
      }
    }
  }

  /// `esh plugin trust ID`.
  struct Trust: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Согласиться с изменёнными файлами модуля. / Agrees to a plugin's changed files.")
    @Argument(help: "Модуль. / The plugin's id.") var id: String
    @Flag(help: "Согласиться с тем, что показано. / Agree to what is shown.") var yes = false
    @OptionGroup var data: DataOptions

    func run() throws {
      try reporting {
        let shelf = PluginShelf(data.folder)
        var isReloadable = false
        let pin = try shelf.trust(id) { consent in
          isReloadable = consent.isLibraryOnly
          try consent.ask(isGiven: yes)
        }
        guard let pin else {
          return print("файлы те же, что и были / the files are those that were agreed to: \(id)")
        }
        print("разрешён / trusted: \(id) \(pin.version)")
        shelf.noteRestart(id, isReloadable: isReloadable)
      }
    }
  }

  /// `esh plugin remove ID`.
  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Убрать установленный модуль; его таблицы останутся. / Removes an installed plugin; its tables stay.")
    @Argument(help: "Модуль. / The plugin's id.") var id: String
    @OptionGroup var data: DataOptions

    func run() throws {
      try reporting {
        let shelf = PluginShelf(data.folder)
        let dependents = try shelf.remove(id)
        print("убран / removed: \(id)")
        print("таблицы модуля остались в базе / the plugin's tables stay in the database: \(tablePrefix)…")
        for dependent in dependents {
          Output.note("без него не работает / does not work without it: \(dependent)")
        }
        shelf.noteRestart(id)
      }
    }

    private var tablePrefix: String { id.replacing("-", with: "_") + "_" }
  }
}
