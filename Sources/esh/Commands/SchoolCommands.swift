import ArgumentParser
import Jansson
import Terminal

/// `esh school …`.
struct SchoolCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "school", abstract: "Школа. / The school.", subcommands: [Generate.self])

  /// `esh school generate`.
  struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Создать школу с вымышленными людьми. / Makes a whole school of invented people.")

    @Option(name: .long, help: "Число учеников. / How many pupils.") var pupils: Int
    @Option(name: .long, help: "Одинаковое число — одинаковая школа. / The same seed gives the same school.")
    var seed: Int64 = 1
    @Option(name: .long, help: "Пароль всех учётных записей. / Password of all accounts.") var password: String?
    @Option(
      name: .long,
      help: "manual:T — учебный год этого дня, а не сегодняшнего. / The academic year of that day, not of today.")
    var clock: String?
    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      try reporting {
        let caller = try Callers.open(data.folder, clockMs: try clockMs())
        defer { caller.close() }
        var arguments: JSONValue = ["pupils": JSONValue(pupils), "seed": JSONValue(seed)]
        if let password { arguments = arguments.setting("password", JSONValue(password)) }
        let made = try caller.command("school.generate", arguments, progress: Output.progress)
        try registerPeople(caller)
        if output.json { return Output.json(made) }
        Output.table(
          ["что / what", "сколько / how many"],
          (made.members ?? []).compactMap { name, value in
            value.int.map { [name, String($0)] } ?? value.string.map { [name, $0] }
          })
      }
    }

    private func clockMs() throws -> Int64? {
      guard let clock else { return nil }
      guard let ms = ServeOptions.manualClock(clock) else {
        throw ValidationError("--clock manual:T, T = ISO 8601, 2026-09-01T08:00:00+03:00")
      }
      return ms
    }

    /// Everybody of a made-up school is on the made-up platform already.
    private func registerPeople(_ caller: any Caller) throws {
      let people = try caller.command("school.registeredPhones")["people"]?.array ?? []
      let known = people.filter { $0["phone"]?.string != nil && $0["name"]?.string != nil }
      do {
        try PlatformLibrary.open().ask(
          data.folder, ["ask": "register", "users": JSONValue(known), "state": JSONValue(data.folder.platformState)])
      } catch {
        throw HostError(
          ru: "люди не зарегистрированы на платформе: \(error)", en: "the people are not on the platform: \(error)")
      }
    }
  }
}
