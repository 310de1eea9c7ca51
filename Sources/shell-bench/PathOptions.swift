import ArgumentParser

/// Where the build under test is.
struct PathOptions: ParsableArguments {
  @Option(name: .long, help: "The esh to measure, a release build. Default: the one beside shell-bench.")
  var esh: String?
  @Option(name: .long, help: "Folder of the normal manifests. Default: as esh finds them.")
  var manifests: String?
  @Option(name: .long, help: "Folder of the normal plugins. Default: as esh finds them.")
  var plugins: String?
  @Option(
    name: .long, help: "The repository, for shell_plugin.h and the bare loop's sources. Default: the one around esh.")
  var repository: String?

  func paths() throws -> Workshop.Paths {
    let esh = Files.resolved(self.esh ?? "\(Files.folder(of: Files.executable))/esh")
    guard Files.exists(esh) else { throw ValidationError("there is no \(esh): --esh PATH") }
    let beside = Files.folder(of: esh)
    let header = "\(Workshop.headers)/shell_plugin.h"
    guard
      let repository = repository ?? Files.above(beside, with: header)
        ?? Files.above(Files.folder(of: Files.executable), with: header)
    else { throw ValidationError("no \(header) around esh: --repository FOLDER") }
    let installed = "\(beside)/../share/esh/manifests"
    let libraries = "\(beside)/../lib/esh/plugins"
    return Workshop.Paths(
      esh: esh, manifests: manifests ?? (Files.exists(installed) ? installed : "\(repository)/Manifests"),
      plugins: plugins ?? (Files.exists(libraries) ? libraries : beside), repository: repository)
  }
}
