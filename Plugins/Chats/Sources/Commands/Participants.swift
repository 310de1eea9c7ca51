import PluginKit

/// People whom a command or a form names by their records: employees, pupils, parents.
struct Participants: Sendable {
  struct Person: Sendable {
    let record: String
    let personID: String
    let name: String
    let side: Side
  }

  var people: [Person] = []

  var isEmpty: Bool { people.isEmpty }

  /// Reads `{employees?, pupils?, parents?}`, arrays of ids. `mustBePresent`: refuses who has left the school.
  init(
    _ json: JSONValue, at path: String = "", mustBePresent: Bool, _ transaction: Transaction
  ) throws {
    for side in Side.allCases {
      guard let list = json[side.list], !list.isNull else { continue }
      guard let ids = list.array, ids.allSatisfy({ $0.string?.isEmpty == false }) else {
        throw PluginError.invalid(path + side.list, Text("Нужен список записей", en: "Must be a list of ids"))
      }
      var seen: Set<String> = []
      for id in ids.compactMap(\.string) where seen.insert(id).inserted {
        people.append(try Self.person(id, side, path, mustBePresent, transaction))
      }
    }
  }

  private static func person(
    _ id: String, _ side: Side, _ path: String, _ mustBePresent: Bool, _ transaction: Transaction
  ) throws -> Person {
    let row = try transaction.first(
      "SELECT r.person_id, r.full_name, (\(side.isPresent)) AS present FROM \(side.view) r WHERE r.id = ?",
      [JSONValue(id)])
    guard let row, let person = row["person_id"]?.string else { throw PluginError.notFound("\(side)", id) }
    let name = row["full_name"]?.string ?? ""
    guard !mustBePresent || row["present"]?.int == 1 else {
      throw PluginError.invalid(path + side.list, side.absence(name), kind: "chats.absent")
    }
    return Person(record: id, personID: person, name: name, side: side)
  }

  /// Names of those whose account is not bound to Sferum, each once, by the alphabet.
  func unbound(_ transaction: Transaction) throws -> [String] {
    guard !people.isEmpty else { return [] }
    let ids = JSONValue(JSONValue(people.map { JSONValue($0.personID) }).text())
    return try transaction.rows(
      """
      SELECT p.full_name AS name FROM school_v1_people p WHERE p.id IN (SELECT value FROM json_each(?))
        AND NOT EXISTS (SELECT 1 FROM sferum_binding_v1_bindings b WHERE b.person_id = p.id AND b.state = 'bound')
      ORDER BY p.full_name COLLATE russian, p.id
      """, [ids]
    ).compactMap { $0["name"]?.string }
  }
}

/// Puts people into a chat by hand, and takes them out.
struct HandWork {
  let transaction: Transaction
  let chat: String
  let nowMs: Int64

  /// Who was taken out by hand before is let in again by the roster; who has no reason there is put in by hand, and
  /// stays when the roster moves others.
  func add(_ people: [Participants.Person]) throws {
    for person in people {
      try transaction.query(
        "DELETE FROM chats_exclusions WHERE chat_id = :chat AND person_id = :person AND side = :side", key(person))
      let given = try transaction.first(
        """
        SELECT 1 AS found FROM chats_given WHERE chat_id = :chat AND person_id = :person AND side = :side LIMIT 1
        """, key(person))
      guard given == nil else { continue }
      try transaction.query(
        """
        INSERT INTO chats_hand (chat_id, person_id, side, since) VALUES (:chat, :person, :side, :now)
        ON CONFLICT DO NOTHING
        """, key(person).setting("now", JSONValue(nowMs)))
    }
  }

  /// What was put in by hand goes; what the roster gives is left out until somebody puts it in again.
  func remove(_ people: [Participants.Person]) throws {
    for person in people {
      try transaction.query(
        "DELETE FROM chats_hand WHERE chat_id = :chat AND person_id = :person AND side = :side", key(person))
      let given = try transaction.first(
        """
        SELECT 1 AS found FROM chats_given WHERE chat_id = :chat AND person_id = :person AND side = :side LIMIT 1
        """, key(person))
      guard given != nil else { continue }
      try transaction.query(
        """
        INSERT INTO chats_exclusions (chat_id, person_id, side, since) VALUES (:chat, :person, :side, :now)
        ON CONFLICT DO NOTHING
        """, key(person).setting("now", JSONValue(nowMs)))
    }
  }

  func mark(_ person: String, _ administrator: Bool) throws {
    try transaction.query(
      """
      INSERT INTO chats_marks (chat_id, person_id, administrator) VALUES (?, ?, ?)
      ON CONFLICT (chat_id, person_id) DO UPDATE SET administrator = excluded.administrator
      """, [JSONValue(chat), JSONValue(person), JSONValue(administrator ? 1 : 0)])
  }

  private func key(_ person: Participants.Person) -> JSONValue {
    ["chat": JSONValue(chat), "person": JSONValue(person.personID), "side": JSONValue(person.side.rawValue)]
  }
}
