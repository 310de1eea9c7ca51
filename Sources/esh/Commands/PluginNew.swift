import ArgumentParser
import Glibc
import Jansson
import PluginHost
import Terminal

extension PluginTemplate.Language: ExpressibleByArgument {}

/// `esh plugin new NAME`: a package to begin a plugin with, outside of this repository.
struct PluginNew: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Создать заготовку модуля. / Makes a package to begin a plugin with.",
    discussion: """
      Заготовка собирается, проходит свои тесты и видна в рабочем столе: реестр, форма, команды, напоминание по \
      расписанию, кнопка и столбец в «Ученики».
      The package builds, passes its tests and shows on the desktop: a registry, a form, commands, a scheduled job, a \
      button and a column in «Ученики».
      """)

  @Argument(help: "Имя, например class-notes. / A name, such as class-notes.")
  var name: String
  @Option(help: "Язык: swift или c. / Language: swift or c.")
  var language = PluginTemplate.Language.swift
  @Option(help: "Папка заготовки. / The package's folder. Default: NAME, in the current folder.")
  var directory: String?
  @Option(help: "Папка SDK. / The SDK's folder. Default: that of this installation or checkout.")
  var sdk: String?
  @OptionGroup var output: OutputOptions

  func run() throws {
    try reporting {
      let installation = Installation()
      let name = try PluginName(name)
      try refuseTaken(name, installation)
      let template = PluginTemplate(language: language, name: name, places: try places(installation))
      try template.refuseTakenModule()
      let folder = directory ?? name.id
      let files = try template.make(in: folder)
      if output.json {
        Output.json([
          "id": JSONValue(name.id), "directory": JSONValue(FileTree.realPath(folder)),
          "files": JSONValue(files.map { JSONValue($0) }),
        ])
      } else {
        print(steps(folder, files))
      }
    }
  }

  private func refuseTaken(_ name: PluginName, _ installation: Installation) throws(HostError) {
    for manifest in ManifestFolder.read(installation.manifests).manifests where manifest.id == name.id {
      throw HostError(
        ru: "«\(name.id)»: так называется установленный модуль «\(manifest.title.ru)»",
        en: "'\(name.id)': an installed plugin has this name, '\(manifest.title.en)'")
    }
  }

  private func places(_ installation: Installation) throws(HostError) -> PluginTemplate.Places {
    guard let found = sdk ?? installation.sdk else {
      throw HostError(
        ru: "SDK не найден рядом с \(installation.executableFolder)/esh; назовите его папку: --sdk",
        en: "no SDK beside \(installation.executableFolder)/esh; name its folder: --sdk")
    }
    guard let sdk = FileTree.realPath(found), FileTree.exists("\(sdk)/Package.swift"),
      FileTree.isFolder("\(sdk)/Templates")
    else {
      throw HostError(
        ru: "\(found): это не SDK, в нём нет заготовок", en: "\(found): this is no SDK, it has no templates")
    }
    func real(_ path: String?) -> String { path.map { FileTree.realPath($0) ?? $0 } ?? "" }
    let places = PluginTemplate.Places(
      sdk: sdk, testing: real(installation.testing), esh: "\(real(installation.executableFolder))/esh",
      manifests: real(installation.manifests.first), plugins: real(installation.plugins.first))
    for path in [places.sdk, places.testing, places.esh, places.manifests, places.plugins]
    where path.contains(where: { " \t\n\"'\\$#:".contains($0) }) {
      throw HostError(
        ru: "\(path): с таким путём не справится make; нужен путь без пробелов и знаков \" ' \\ $ # :",
        en: "\(path): make cannot do with this path; it must have no blanks and none of \" ' \\ $ # :")
    }
    return places
  }

  private func steps(_ folder: String, _ files: [String]) -> String {
    """
    \(folder): \(files.joined(separator: ", "))

    Дальше / Next:
      cd \(folder)
      make          # собрать / build
      make test     # тесты, без сервера / tests, with no host
      make check    # проверить манифест и библиотеку / check the manifest and the library
      make install  # установить в папку школы / install in a school's folder
      make run      # сервер с рабочим столом в браузере / a host with the desktop in a browser
    README.md рассказывает остальное. / README.md tells the rest.
    """
  }
}
