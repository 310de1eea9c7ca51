import PluginKit

/// `chats.addChat {title, kind: subject|other, group?, employees?, administrators?, pupils?, parents?}` →
/// `{chat, title, unbound: [name]}`.
///
/// A list that is given is the whole of its side: who is in it beyond what the group gives is put in by hand, whom it
/// leaves out stays out. Whoever adds a chat as an employee is in it as its administrator, and so is the Sferum chat
/// administrator. `unbound`: people who will come in on the platform's side once they are bound.
struct AddChat {
  static let command = "chats.addChat"
  static let kinds: [ChatKind] = [.subject, .other]

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command) { call throws -> Outcome in try AddChat(call, call.params).run() }
  }

  let call: Call
  let arguments: JSONValue
  private let user: User

  init(_ call: Call, _ arguments: JSONValue) throws {
    self.call = call
    self.arguments = arguments
    user = try call.user()
  }

  /// Who would be put in without being bound; throws what `run` would throw for these arguments.
  func unbound() throws -> [String] {
    try call.read { transaction in
      _ = try checked(transaction)
      return try Participants(arguments, mustBePresent: true, transaction).unbound(transaction)
    }
  }

  func run() throws -> Outcome {
    try call.write { transaction in
      let (title, kind, group) = try checked(transaction)
      let people = try Participants(arguments, mustBePresent: true, transaction)
      let id = try insert(title, kind, group, transaction)
      // First what the group gives, so that it is known what is beyond it.
      let membership = Membership(transaction, call)
      try membership.follow([id])
      try fill(id, people.people, transaction)
      try membership.follow([id])
      try transaction.audit(
        Self.command, object: "chat:\(id)",
        new: ["title": JSONValue(title), "kind": JSONValue(kind.rawValue), "group": JSONValue(group)])
      return Outcome(
        result: [
          "chat": JSONValue(id), "title": JSONValue(title),
          "unbound": JSONValue(try people.unbound(transaction).map { JSONValue($0) }),
        ], effects: [.refresh(registry: "sferum", tab: "chats")])
    }
  }

  private func checked(_ transaction: Transaction) throws -> (title: String, kind: ChatKind, group: String?) {
    let title = try ChatTitle.read(arguments["title"])
    guard let kind = arguments["kind"]?.string.flatMap(ChatKind.init), Self.kinds.contains(kind) else {
      throw PluginError.invalid(
        "kind", Text("Выберите тип чата: «Предмет» или «Другое»", en: "Choose the type: subject or other"))
    }
    let group = arguments["group"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    switch (kind, group) {
    case (.subject, nil):
      throw PluginError.invalid("group", Text("Выберите группу чата", en: "Choose the chat's group"))
    case (.subject, let group?): try checkGroup(group, transaction)
    case (_, nil): break
    default:
      throw PluginError.invalid(
        "group", Text("Группа указывается только для типа «Предмет»", en: "Only a subject chat has a group"))
    }
    if let parents = arguments["parents"]?.array, !parents.isEmpty, !kind.sides.contains(.parent) {
      throw PluginError.invalid(
        "parents", Text("Родители участвуют только в чате типа «Другое»", en: "Parents are only in chats of type other")
      )
    }
    return (title, kind, group)
  }

  private func checkGroup(_ id: String, _ transaction: Transaction) throws {
    let group = try transaction.first("SELECT archived FROM school_v1_groups WHERE id = ?", [JSONValue(id)])
    guard let group else { throw PluginError.notFound("group", id) }
    guard group["archived"]?.int == 0 else {
      throw PluginError.invalid("group", Text("Группа в архиве", en: "The group is archived"))
    }
    try ChatRights.requireTeaching(id, user, transaction)
  }

  private func insert(
    _ title: String, _ kind: ChatKind, _ group: String?, _ transaction: Transaction
  ) throws -> String {
    let row = try transaction.first(
      """
      INSERT INTO chats_chats (kind, title, own_title, group_id, scope, scope_order, created_at)
      VALUES (:kind, :title, 1, :group, coalesce((SELECT title FROM school_v1_groups WHERE id = :group), ''),
        coalesce((SELECT title FROM school_v1_groups WHERE id = :group), ''), :now) RETURNING id
      """,
      [
        "kind": JSONValue(kind.rawValue), "title": JSONValue(title), "group": JSONValue(group),
        "now": JSONValue(call.host.nowMs),
      ])
    return row?["id"]?.string ?? ""
  }

  private func fill(_ chat: String, _ people: [Participants.Person], _ transaction: Transaction) throws {
    let work = HandWork(transaction: transaction, chat: chat, nowMs: call.host.nowMs)
    for side in Side.allCases where !(arguments[side.list] ?? .null).isNull {
      let listed = people.filter { $0.side == side }
      try work.add(listed)
      try work.remove(try givenBeyond(chat, side, listed, transaction))
    }
    let administrators = Set((arguments["administrators"]?.array ?? []).compactMap(\.string))
    for person in people where person.side == .employee {
      // Only what differs from the rule is a decision of the person's.
      let isGiven = try isMarkGiven(person.personID, chat, transaction)
      let isMarked = administrators.contains(person.record)
      if isGiven != isMarked, !arguments["administrators"].isAbsent { try work.mark(person.personID, isMarked) }
    }
    try addCreator(work, transaction)
  }

  /// Whom the roster gives and the list leaves out.
  private func givenBeyond(
    _ chat: String, _ side: Side, _ listed: [Participants.Person], _ transaction: Transaction
  ) throws -> [Participants.Person] {
    let kept = Set(listed.map(\.personID))
    return try transaction.rows(
      """
      SELECT person_id FROM chats_reasons WHERE chat_id = ? AND side = ? AND reason <> 'administration'
      """, [JSONValue(chat), JSONValue(side.rawValue)]
    ).compactMap { $0["person_id"]?.string }.filter { !kept.contains($0) }.map {
      Participants.Person(record: "", personID: $0, name: "", side: side)
    }
  }

  private func addCreator(_ work: HandWork, _ transaction: Transaction) throws {
    guard let person = user.json["personId"]?.string else { return }
    let employee = try transaction.first(
      "SELECT id, full_name FROM school_v1_employees WHERE person_id = ? AND dismissed IS NULL", [JSONValue(person)])
    guard let employee, let record = employee["id"]?.string else { return }
    try work.add([Participants.Person(record: record, personID: person, name: "", side: .employee)])
    // A teacher of the group has the mark by the rule: one by hand would not rest while somebody stands in, and would
    // not go over to the next teacher.
    guard try !isMarkGiven(person, work.chat, transaction) else { return }
    try work.mark(person, true)
  }

  /// Whether the roster makes somebody an administrator of the chat.
  private func isMarkGiven(_ person: String, _ chat: String, _ transaction: Transaction) throws -> Bool {
    let given = try transaction.first(
      "SELECT max(administrator) AS mark FROM chats_reasons WHERE chat_id = ? AND person_id = ? AND side = 'employee'",
      [JSONValue(chat), JSONValue(person)])
    return given?["mark"]?.int == 1
  }
}

extension JSONValue? {
  var isAbsent: Bool { self == nil || self?.isNull == true }
}

/// «Наименование чата».
enum ChatTitle {
  /// The platform takes 200 characters. Source: PLATFORM, "Objects".
  static let longest = 200

  static func read(_ value: JSONValue?) throws -> String {
    let title = (value?.string ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard !title.isEmpty else {
      throw PluginError.invalid("title", Text("Введите наименование чата", en: "Enter the chat's name"))
    }
    guard title.unicodeScalars.count <= longest else {
      throw PluginError.invalid(
        "title", Text("Наименование длиннее \(longest) символов", en: "The name is longer than \(longest) characters"))
    }
    return title
  }
}
