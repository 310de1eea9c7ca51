import ArgumentParser
import Terminal

/// `esh max …`: everything behind the word is the business of the platform's library.
struct MaxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "max", abstract: "Платформа МАХ (имитация). / The platform MAX, simulated.")

  @Argument(parsing: .captureForPassthrough, help: "esh max --help") var arguments: [String] = []

  func run() throws {
    try reporting { throw ExitCode(try PlatformLibrary.open().command(arguments)) }
  }
}
