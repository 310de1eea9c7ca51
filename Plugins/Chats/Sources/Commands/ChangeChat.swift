import PluginKit

/// `chats.changeChat {chat, title?, add?: {employees?, pupils?, parents?}, remove?: {…}, administrators?: {employee:
/// true|false}}` → `{chat, joined, left, unbound: [name]}`.
///
/// Differences, not lists: whoever the roster moves while a form stands open is not moved back by its save.
struct ChangeChat {
  static let command = "chats.changeChat"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command) { call throws -> Outcome in try ChangeChat(call, call.params).run() }
  }

  let call: Call
  let arguments: JSONValue
  private let user: User

  init(_ call: Call, _ arguments: JSONValue) throws {
    self.call = call
    self.arguments = arguments
    user = try call.user()
  }

  private struct Change {
    let chat: ChatRecord
    let title: String?
    let added: Participants
    let removed: Participants
    let marks: [(person: Participants.Person, administrator: Bool)]
  }

  /// Who would be put in without being bound; throws what `run` would throw for these arguments.
  func unbound() throws -> [String] {
    try call.read { transaction in try checked(transaction).added.unbound(transaction) }
  }

  func run() throws -> Outcome {
    try call.write { transaction in
      let change = try checked(transaction)
      let chat = change.chat.id
      let before = try members(chat, transaction)
      if let title = change.title, title != change.chat.title {
        try transaction.query(
          "UPDATE chats_chats SET title = ?, own_title = 1 WHERE id = ?", [JSONValue(title), JSONValue(chat)])
      }
      let work = HandWork(transaction: transaction, chat: chat, nowMs: call.host.nowMs)
      try work.remove(change.removed.people)
      try work.add(change.added.people)
      for mark in change.marks { try work.mark(mark.person.personID, mark.administrator) }
      try Membership(transaction, call).follow([chat])
      let after = try members(chat, transaction)
      try note(change, transaction)
      return Outcome(
        result: [
          "chat": JSONValue(chat), "joined": JSONValue(after.subtracting(before).count),
          "left": JSONValue(before.subtracting(after).count),
          "unbound": JSONValue(try change.added.unbound(transaction).map { JSONValue($0) }),
        ], effects: [.refresh(registry: "sferum", tab: "chats")])
    }
  }

  private func members(_ chat: String, _ transaction: Transaction) throws -> Set<String> {
    let rows = try transaction.rows("SELECT person_id FROM chats_members WHERE chat_id = ?", [JSONValue(chat)])
    return Set(rows.compactMap { $0["person_id"]?.string })
  }

  private func note(_ change: Change, _ transaction: Transaction) throws {
    var new: [(String, JSONValue)] = []
    if let title = change.title, title != change.chat.title { new.append(("title", JSONValue(title))) }
    func ids(_ people: Participants) -> JSONValue { JSONValue(people.people.map { JSONValue($0.record) }) }
    if !change.added.isEmpty { new.append(("added", ids(change.added))) }
    if !change.removed.isEmpty { new.append(("removed", ids(change.removed))) }
    if !change.marks.isEmpty {
      new.append(
        ("administrators", JSONValue(members: change.marks.map { ($0.person.record, JSONValue($0.administrator)) })))
    }
    guard !new.isEmpty else { return }
    try transaction.audit(
      Self.command, object: "chat:\(change.chat.id)", old: ["title": JSONValue(change.chat.title)],
      new: JSONValue(members: new))
  }

  // MARK: Checks

  private func checked(_ transaction: Transaction) throws -> Change {
    let chat = try ChatRecord.require(try id(), transaction)
    try ChatRights.require(ChatRights.manages, chat, user, transaction)
    let title = try arguments["title"].isAbsent ? nil : ChatTitle.read(arguments["title"])
    let added = try Participants(arguments["add"] ?? .emptyObject, at: "add/", mustBePresent: true, transaction)
    let removed = try Participants(
      arguments["remove"] ?? .emptyObject, at: "remove/", mustBePresent: false, transaction)
    for person in added.people where !chat.kind.sides.contains(person.side) {
      throw PluginError.invalid(
        "add/\(person.side.list)",
        Text(
          "В чат типа «\(chat.kind.title.ru)» нельзя добавить родителей",
          en: "Parents can't be put into a chat of the type '\(chat.kind.title.en)'"))
    }
    for person in removed.people { try checkLeaving(person, chat, transaction) }
    return Change(
      chat: chat, title: title, added: added, removed: removed, marks: try marks(chat, transaction))
  }

  private func id() throws -> String {
    guard let id = arguments["chat"]?.string, !id.isEmpty else {
      throw PluginError.invalid("chat", Text("Обязательное поле", en: "Required"))
    }
    return id
  }

  private func marks(
    _ chat: ChatRecord, _ transaction: Transaction
  ) throws -> [(person: Participants.Person, administrator: Bool)] {
    var marks: [(person: Participants.Person, administrator: Bool)] = []
    for (record, value) in arguments["administrators"]?.members ?? [] {
      guard let administrator = value.bool else {
        throw PluginError.invalid("administrators/\(record)", Text("Нужно да или нет", en: "Must be true or false"))
      }
      let person = try Participants(
        ["employees": [JSONValue(record)]], mustBePresent: false, transaction
      ).people[0]
      if !administrator { try checkClearing(person, chat, transaction) }
      marks.append((person, administrator))
    }
    return marks
  }

  /// The Sferum chat administrator's mark can't be cleared, and nobody clears their own.
  private func checkClearing(
    _ person: Participants.Person, _ chat: ChatRecord, _ transaction: Transaction
  ) throws {
    switch try MarkLock.of(person.personID, chat.id, user, transaction) {
    case nil: return
    case .chatAdministrator:
      throw PluginError(
        "chats.mark_locked",
        Text(
          "\(person.name) — администратор чатов Сферума: отметку «Администратор» снять нельзя",
          en: "\(person.name) is the Sferum chat administrator: the mark can't be cleared"))
    case .own:
      throw PluginError(
        "chats.mark_locked",
        Text("Снять отметку «Администратор» с себя нельзя", en: "You can't clear your own administrator's mark"))
    }
  }

  private func checkLeaving(
    _ person: Participants.Person, _ chat: ChatRecord, _ transaction: Transaction
  ) throws {
    guard person.side == .employee else { return }
    switch try MarkLock.of(person.personID, chat.id, user, transaction) {
    case nil: return
    case .chatAdministrator:
      throw PluginError(
        "chats.administrator_stays",
        Text(
          "\(person.name) — администратор чатов Сферума и участвует в каждом чате",
          en: "\(person.name) is the Sferum chat administrator and is in every chat"))
    case .own:
      throw PluginError(
        "chats.administrator_stays",
        Text(
          "Администратор чата не может удалить из него себя", en: "A chat's administrator can't take themselves out"))
    }
  }
}

/// Why the mark «Администратор» of a person in a chat can't be edited. Source: SPEC C6.
enum MarkLock {
  case chatAdministrator, own

  static func of(_ person: String, _ chat: String, _ user: User, _ transaction: Transaction) throws -> MarkLock? {
    let row = try transaction.first("SELECT chat_administrator_person_id AS id FROM school_v1_organization")
    if row?["id"]?.string == person { return .chatAdministrator }
    guard user.json["personId"]?.string == person else { return nil }
    let own = try transaction.first(
      "SELECT administrator FROM chats_members WHERE chat_id = ? AND person_id = ? AND side = 'employee'",
      [JSONValue(chat), JSONValue(person)])
    return own?["administrator"]?.int == 1 ? .own : nil
  }
}
