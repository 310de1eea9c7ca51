import ArgumentParser
import Glibc
import Jansson
import Terminal

/// `esh demo`: a teacher binds an account to Sferum, step by step, over the socket as any client would.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Показать всё по шагам на встроенной платформе. / Shows the main job on the embedded platform.")
  @Option(name: .long, help: "Папка данных; без неё временная. / Data folder; a temporary one without it.")
  var data: String?

  func run() throws {
    let folder = DataFolder(path: data ?? "\(DataFolder.environment("TMPDIR") ?? "/tmp")/esh-demo-\(getpid())")
    let stage = DemoStage(folder)
    defer { if data == nil { stage.removeFolder() } }
    do {
      try stage.prepare()
      defer { stage.end() }
      try BindingStory(stage).play()
      try ChatStory(stage).play()
      try ConferenceStory(stage).play()
      stage.say(
        "Готово: каждый шаг показал то, что обещает инструкция. / Done: every step showed what the manual says.")
    } catch let error as DemoFailure {
      Output.note("esh demo: \(error.text)")
      throw ExitCode(1)
    } catch let error as RefusedCall {
      Output.note("esh demo: сервер отказал / the host refused: \(error)")
      throw ExitCode(1)
    } catch let error as HostError {
      Output.note("esh demo: \(error)")
      throw ExitCode(1)
    }
  }
}

/// A step did not show what it should.
struct DemoFailure: Error {
  let text: String
}
