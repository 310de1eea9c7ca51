import PluginKit

/// What a put would lead to. It is put, planned and counted in a transaction that is then rolled back: the same code on
/// the same tables, and nothing of it stays.
enum ChatPreview {
  static let mostDetails = 200

  private struct Rollback: Error {
    var answer: JSONValue
  }

  /// `platform.chat.preview {chats, removalThresholdPercent?}`; revisions are not looked at.
  static func answer(_ call: Call) throws -> JSONValue {
    let chats = try ChatRequest.chats(call.params)
    let threshold = try ChatRequest.threshold(call.params)
    let now = call.host.nowMs
    do {
      return try call.host.detached.write { transaction in
        if let threshold { try RemovalGuard.setPercent(transaction, threshold) }
        let taken = try DesiredChats.take(transaction, chats, force: true, nowMs: now)
        try ChatBook.close(transaction, taken, nowMs: now)
        var sum = Sum()
        for chat in chats { try sum.add(transaction, chat.id, nowMs: now) }
        throw Rollback(answer: sum.json)
      }
    } catch let rollback as Rollback {
      return rollback.answer
    }
  }

  /// Numbers of all chats together.
  private struct Sum {
    private var counts: [String: Int] = [:]
    private var details: [JSONValue] = []

    mutating func add(_ transaction: Transaction, _ id: String, nowMs: Int64) throws {
      guard let chat = try Chats.find(transaction, id) else { return }
      let calls = ChatPlanner.calls(try ChatPicture.read(transaction, chat, nowMs: nowMs), nowMs: nowMs)
      let numbers = try ChatNumbers.count(transaction, id)
      count("heldLeaves", numbers.held)
      count("waiting", numbers.waiting)
      count("calls", calls.count)
      for call in calls { count(call) }
      guard !calls.isEmpty || numbers.held > 0 else { return }
      count("chats", 1)
      guard details.count < mostDetails else { return }
      let users = try users(transaction, id)
      details.append([
        "chatId": JSONValue(id), "title": JSONValue(chat.title),
        "joins": JSONValue(joins(calls).compactMap { users[$0] }),
        "leaves": JSONValue(leaves(calls).compactMap { users[$0] }), "calls": JSONValue(calls.count),
      ])
    }

    private mutating func count(_ name: String, _ number: Int) { counts[name, default: 0] += number }

    private mutating func count(_ call: ChatCall) {
      count("joins", joins([call]).count)
      count("leaves", leaves([call]).count)
      switch call {
      case .create: count("creations", 1)
      case .rename: count("titles", 1)
      case .make(let members): count("administratorChanges", members.count)
      case .unmake: count("administratorChanges", 1)
      case .find, .delete, .readRights, .readTitle, .readAll, .readMembers, .remove, .add: break
      }
    }

    private func joins(_ calls: [ChatCall]) -> [Int64] {
      calls.flatMap { call -> [Int64] in
        switch call {
        case .create(let members, _), .add(let members): members
        default: []
        }
      }
    }

    private func leaves(_ calls: [ChatCall]) -> [Int64] {
      calls.compactMap { call in if case .remove(let member) = call { member } else { nil } }
    }

    private func users(_ transaction: Transaction, _ id: String) throws -> [Int64: JSONValue] {
      let rows = try transaction.rows(
        "SELECT user_id, member_id FROM max_platform_chat_people WHERE chat_id = ? AND member_id IS NOT NULL",
        [JSONValue(id)])
      return Dictionary(
        rows.compactMap { row in row["member_id"]?.int64.flatMap { member in row["user_id"].map { (member, $0) } } },
        uniquingKeysWith: { $1 })
    }

    var json: JSONValue {
      let names = [
        "chats", "creations", "joins", "leaves", "administratorChanges", "titles", "calls", "heldLeaves", "waiting",
      ]
      return JSONValue(
        members: names.map { ($0, JSONValue(counts[$0] ?? 0)) } + [("details", JSONValue(details))])
    }
  }
}
