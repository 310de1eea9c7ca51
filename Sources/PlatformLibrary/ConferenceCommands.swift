import ArgumentParser
import PlatformSimulator
import Terminal

/// A conference by its id, its link or its name.
struct CallOption: ParsableArguments {
  @Option(name: .long, help: "Номер, ссылка или название. / Id, link or name of the conference.")
  var call: String
}

extension PlatformCommands {
  struct Conferences: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Видеоконференции. / Conferences.")
    @Flag(name: .long, help: "И те, что ещё не начались. / Those that have not begun, too.") var all = false
    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let conferences = try asking(data) { try await $0.conferences(all: all) }
      try show(conferences, output) {
        Output.table(
          ["название", "чат", "состояние", "участников", "сейчас", "ссылка", "начало", "окончание"],
          conferences.map {
            [
              $0.name, $0.chat, $0.state, String($0.participants), String($0.present), $0.link, $0.startedAt ?? "",
              $0.finishedAt ?? "",
            ]
          })
      }
    }
  }

  /// `esh max call …`: what people do in a conference.
  struct Call: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Люди в видеоконференции. / People in a conference.",
      subcommands: [Join.self, Leave.self, End.self, Participants.self])

    struct Join: ParsableCommand {
      static let configuration = CommandConfiguration(abstract: "Войти. / Somebody joins.")
      @OptionGroup var call: CallOption
      @Option(name: .long) var phone: String
      @OptionGroup var data: DataOptions
      func run() throws {
        let changed = try asking(data) { try await $0.joinCall(call.call, phone: phone) }
        if !changed { print("уже в ней / is in already") }
      }
    }

    struct Leave: ParsableCommand {
      static let configuration = CommandConfiguration(abstract: "Выйти. / Somebody leaves.")
      @OptionGroup var call: CallOption
      @Option(name: .long) var phone: String
      @OptionGroup var data: DataOptions
      func run() throws {
        try asking(data) { _ = try await $0.leaveCall(call.call, phone: phone) }
      }
    }

    struct End: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Закончить для всех на платформе. / Somebody ends it for all.")
      @OptionGroup var call: CallOption
      @OptionGroup var data: DataOptions
      func run() throws {
        try asking(data) { _ = try await $0.endCall(call.call) }
      }
    }

    struct Participants: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Кто был с какого времени по какое. / Who was in from when to when.")
      @OptionGroup var call: CallOption
      @OptionGroup var data: DataOptions
      @OptionGroup var output: OutputOptions
      func run() throws {
        let stays = try asking(data) { try await $0.participants(ofCall: call.call) }
        try show(stays, output) {
          Output.table(
            ["участник", "телефон", "вошёл", "вышел"],
            stays.map { [$0.name, $0.phone, $0.joinedAt, $0.leftAt ?? ""] })
        }
      }
    }
  }
}
