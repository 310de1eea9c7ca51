import ArgumentParser
import PlatformSimulator
import Terminal

/// A chat by its title, or by its id when several have the title.
struct ChatOption: ParsableArguments {
  // Ids begin with a minus, which would otherwise begin an option.
  @Option(name: .long, parsing: .unconditional, help: "Название или номер чата. / Title or id of the chat.")
  var chat: String
}

extension PlatformCommands {
  struct Chats: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Чаты. / Chats.")
    @Option(
      name: .long, parsing: .unconditional,
      help: "Только с этим названием или номером, с участниками. / Only with this title or id, members included.")
    var chat: String?
    @Option(name: .long, help: "Только те, где этот человек. / Only those that this person is in.") var phone: String?
    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let chats = try asking(data) { try await $0.chats(chat, phone: phone) }
      try show(chats, output) {
        Output.table(
          ["чат", "участников", "администраторов", "номер"],
          chats.map { [$0.title, String($0.members.count), String($0.administrators.count), $0.id] })
        if chat != nil { chats.forEach(showMembers) }
      }
    }

    private func showMembers(of chat: ChatSummary) {
      print("\n\(chat.title) (\(chat.id))")
      Output.table(
        ["участник", "телефон", "администратор"],
        chat.members.map { [$0.name, $0.phone, chat.administrators.contains($0.userId) ? "да" : ""] })
    }
  }

  struct Messages: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Сообщения чата. / Messages in a chat.")
    @OptionGroup var chat: ChatOption
    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions
    func run() throws {
      let messages = try asking(data) { try await $0.messages(chat: chat.chat) }
      try show(messages, output) { showMessages(messages) }
    }
  }

  struct Kick: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Убрать из чата на платформе. / Removes somebody there.")
    @OptionGroup var chat: ChatOption
    @Option(name: .long) var phone: String
    @Flag(name: .long, help: "И не пускать обратно. / And keeps them out.") var block = false
    @OptionGroup var data: DataOptions
    func run() throws {
      try asking(data) {
        _ = try await $0.kick(chat: chat.chat, phone: phone, block: block)
      }
    }
  }

  struct Unblock: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Снять запрет на чат. / Lets somebody back into a chat.")
    @OptionGroup var chat: ChatOption
    @Option(name: .long) var phone: String
    @OptionGroup var data: DataOptions
    func run() throws {
      let changed = try asking(data) { try await $0.unblock(chat: chat.chat, phone: phone) }
      if !changed { print("запрета не было / was not blocked") }
    }
  }

  struct Leave: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Выйти из чата самому. / Somebody leaves a chat.")
    @OptionGroup var chat: ChatOption
    @Option(name: .long) var phone: String
    @OptionGroup var data: DataOptions
    func run() throws {
      try asking(data) { _ = try await $0.leave(chat: chat.chat, phone: phone) }
    }
  }

  struct Join: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Войти в чат по ссылке. / Somebody joins by the link.")
    @OptionGroup var chat: ChatOption
    @Option(name: .long) var phone: String
    @OptionGroup var data: DataOptions
    func run() throws {
      let changed = try asking(data) { try await $0.join(chat: chat.chat, phone: phone) }
      if !changed { print("уже в чате / is in already") }
    }
  }

  struct Retitle: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Переименовать чат. / Renames a chat there.")
    @OptionGroup var chat: ChatOption
    @Option(name: .long, help: "Новое название. / The new title.") var title: String
    @OptionGroup var data: DataOptions
    func run() throws {
      try asking(data) { _ = try await $0.retitle(chat: chat.chat, title: title) }
    }
  }

  struct Lose: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Потерять чат. / The platform loses a chat.")
    @OptionGroup var chat: ChatOption
    @Flag(name: .long, help: "Не сообщая боту. / Without telling the bot.") var silent = false
    @OptionGroup var data: DataOptions
    func run() throws {
      try asking(data) { _ = try await $0.lose(chat: chat.chat, silently: silent) }
    }
  }

  struct Demote: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Отнять у бота права в чате. / Takes the bot's rights in a chat.")
    @OptionGroup var chat: ChatOption
    @Flag(name: .long, help: "Вернуть права. / Gives them back.") var off = false
    @OptionGroup var data: DataOptions
    func run() throws {
      try asking(data) { _ = try await $0.setBotDemoted(!off, chat: chat.chat) }
    }
  }
}
