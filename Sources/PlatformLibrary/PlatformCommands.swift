import ArgumentParser
import Glibc
import PlatformSimulator
import Terminal

/// `esh max …`: the platform simulator and the people on it.
struct PlatformCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "esh max", abstract: "Платформа МАХ (имитация). / The platform MAX, simulated.",
    subcommands: [
      ServePlatform.self, User.self, Inbox.self, Press.self, Chats.self, Messages.self, Kick.self, Unblock.self,
      Leave.self, Join.self, Retitle.self, Lose.self, Demote.self, Conferences.self, Call.self, Fault.self, Log.self,
    ])

  struct ServePlatform: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "serve", abstract: "Имитация платформы сама по себе. / The simulator by itself.")
    @Option(name: .long, help: "Порт; 0 — любой. / Port; 0: any.") var port = 0
    @Option(name: .long, help: "Файл состояния. / State file. Default: DIR/platform.sqlite.") var state: String?
    @OptionGroup var data: DataOptions

    func run() throws {
      try data.folder.create()
      signal(SIGPIPE, SIG_IGN)
      EndSignals.hold()
      var options = SimulatorOptions()
      options.announcementFolder = data.folder.path
      let simulator = try Simulator(stateFile: state ?? data.folder.platformState, options: options)
      let bound = try waiting { try await simulator.start(port: port) }
      print("http://127.0.0.1:\(bound)")
      fflush(nil)
      EndSignals.wait()
      try waiting { await simulator.stop() }
    }
  }

  struct User: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Люди на платформе. / People on the platform.", subcommands: [Add.self, List.self, RefuseChats.self])

    struct Add: ParsableCommand {
      static let configuration = CommandConfiguration(abstract: "Зарегистрировать. / Registers somebody.")
      @Option(name: .long) var phone: String
      @Option(name: .long) var name: String
      @OptionGroup var data: DataOptions
      @OptionGroup var output: OutputOptions
      func run() throws {
        let user = try asking(data) { try await $0.addUser(phone: phone, name: name) }
        try show(user, output) { print("\(user.userId) \(user.phone) \(user.name)") }
      }
    }

    struct List: ParsableCommand {
      static let configuration = CommandConfiguration(abstract: "Перечислить. / Lists them.")
      @OptionGroup var data: DataOptions
      @OptionGroup var output: OutputOptions
      func run() throws {
        let users = try asking(data) { try await $0.users() }
        try show(users, output) {
          Output.table(
            ["телефон", "имя", "id", "чаты"],
            users.map { [$0.phone, $0.name, String($0.userId), $0.refusesChats ? "не добавлять" : ""] })
        }
      }
    }

    struct RefuseChats: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Не давать добавлять себя в чаты. / Somebody lets nobody add them to chats.")
      @Option(name: .long) var phone: String
      @Flag(name: .long, help: "Снова давать. / Lets them again.") var off = false
      @OptionGroup var data: DataOptions
      func run() throws {
        try asking(data) { _ = try await $0.setRefusesChats(!off, phone: phone) }
      }
    }
  }

  struct Inbox: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Сообщения человека. / A person's messages.")
    @Option(name: .long) var phone: String
    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions
    func run() throws {
      let messages = try asking(data) { try await $0.inbox(phone: phone) }
      try show(messages, output) { showMessages(messages) }
    }
  }

  struct Press: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Нажать кнопку сообщения. / Presses a message's button.")
    @Option(name: .long) var phone: String
    @Option(name: .long) var button: String
    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions
    func run() throws {
      let pressed = try asking(data) { try await $0.press(phone: phone, button: button) }
      try show(pressed, output) { print("нажато / pressed: \(button)") }
    }
  }

  struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Все полученные запросы. / Every request that it received.")
    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions
    func run() throws {
      let log = try asking(data) { try await $0.log() }
      try show(log, output) {
        Output.table(
          ["когда", "запрос", "ответ", "действие", "предмет", "неполадка"],
          log.map {
            [$0.at, "\($0.method) \($0.path)", String($0.status), $0.effect, $0.target ?? "", $0.fault ?? ""]
          })
      }
    }
  }
}

/// Asks the folder's simulator; what it refuses is a line on standard error and status 1.
func asking<Value: Sendable>(
  _ data: DataOptions, _ body: @escaping @Sendable (SimulatorClient) async throws -> Value
) throws -> Value {
  do {
    let client = try SimulatorClient(folder: data.folder.path)
    return try waiting { try await body(client) }
  } catch let error as SimulatorClientError {
    Output.note("esh: \(error)")
    throw ExitCode(1)
  }
}

func show(_ value: some Encodable, _ output: OutputOptions, _ people: () -> Void) throws {
  if output.json { print(try SimulatorClient.json(value)) } else { people() }
}

/// Messages for people to read, as they come.
func showMessages(_ messages: [InboxMessage]) {
  for message in messages {
    print("\(message.at)  \(message.from)\n\(message.text)")
    if !message.buttons.isEmpty { print(message.buttons.map { "[\($0)]" }.joined(separator: " ")) }
    print("")
  }
}

extension PlatformCommands {
  /// `esh max …` from outside of this library; the exit status.
  static func run(_ count: Int32, _ arguments: UnsafePointer<UnsafePointer<CChar>?>?) -> Int32 {
    let words = (0..<Int(count)).map { unsafe text(arguments?[$0]) }
    do {
      var command = try parseAsRoot(words)
      try command.run()
      return 0
    } catch {
      let code = exitCode(for: error)
      let message = fullMessage(for: error)
      // Help that was asked for is an answer, not a complaint.
      if !message.isEmpty { if code.isSuccess { print(message) } else { Output.note(message) } }
      return code.rawValue
    }
  }
}
