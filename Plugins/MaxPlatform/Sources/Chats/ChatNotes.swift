import PluginKit

/// Notes what came of a call, in the transaction right after it.
struct ChatNotes {
  let transaction: Transaction
  /// As it stands now; what others changed meanwhile is in it.
  let chat: ChatRow
  let call: ChatCall
  /// As it stood when the call was decided on.
  let before: ChatWork.Decision
  let nowMs: Int64
  let people: ChatPeople

  init(_ transaction: Transaction, _ chat: ChatRow, _ decision: ChatWork.Decision, nowMs: Int64) {
    self.transaction = transaction
    self.chat = chat
    call = decision.call
    before = decision
    self.nowMs = nowMs
    people = ChatPeople(transaction: transaction, chat: chat.id, nowMs: nowMs)
  }

  func take(_ outcome: ChatOutcome) throws {
    try set("call = NULL")
    switch outcome {
    case .created(let made, let refused): try created(made, refused)
    case .found(let found): try looked(found)
    case .rights(let hasAll): try rights(hasAll)
    case .title(let found): try read(title: found)
    case .everything(let found, let members):
      try read(title: found)
      try readAll(members)
    case .members(let members):
      try people.saw(members, among: Set(call.asked), chat, before.marks)
      try readDone()
    case .added(let refused):
      let members = Set(call.members)
      try people.joined(members.subtracting(refused.keys))
      try people.refused(refused.filter { members.contains($0.key) })
      try changed()
    case .done: try done()
    case .failed(let failure): try failed(failure)
    }
  }

  private func created(_ made: PlatformChat, _ refused: [Int64: String]) throws {
    guard case .create(let members, let administrators) = call else { return }
    try adopt(made)
    // It may have been made by an earlier attempt, with other people.
    if chat.creation != .sure { try set("whole_doubt = whole_doubt + 1, creation_doubt = 0") }
    let there = Set(members).subtracting(refused.keys)
    try people.joined(there)
    try people.made(there.intersection(administrators))
    try people.refused(refused)
    try changed()
  }

  func adopt(_ found: PlatformChat) throws {
    try set(
      "platform_chat_id = :id, link = :link, actual_title = :title, compare_at = :compare, checked_at = :now",
      [
        "id": JSONValue(found.id), "link": JSONValue(found.link), "title": JSONValue(found.title),
        "compare": JSONValue(ChatSweep.nextNight(chat.id, nowMs: nowMs)), "now": JSONValue(nowMs),
      ])
    try ConferenceNotes.chatCame(transaction, chat.id, nowMs: nowMs)
    // From now on there is something to hear of.
    try transaction.schedule(MaxPlatform.Wire.pollJob, key: PollRun.key, dueAtMs: nowMs)
  }

  /// Doubts of before the request are over; what was heard since then is not.
  func rightsWereAskedFor() throws {
    try set("rights_doubt = max(0, rights_doubt - :seen)", ["seen": JSONValue(before.chat.rightsDoubt)])
  }

  private func rights(_ hasAll: Bool) throws {
    try rightsWereAskedFor()
    guard !hasAll else { return try recovered() }
    try stick(Set(ChatCall.Kind.allCases.filter(\.isChange)), ChatRow.noPermission)
  }

  private func recovered() throws {
    if chat.error == ChatRow.noPermission {
      // Nothing was told of what happened meanwhile.
      try set("error = NULL, stuck = '', stuck_until = NULL, whole_doubt = whole_doubt + 1")
    }
    try readDone()
  }

  private func read(title found: PlatformChat) throws {
    try set(
      "title_doubt = max(0, title_doubt - :seen), actual_title = :title, link = coalesce(:link, link)",
      [
        "seen": JSONValue(before.chat.titleDoubt), "title": JSONValue(found.title), "link": JSONValue(found.link),
      ])
    try readDone()
  }

  private func readAll(_ members: [PlatformMember]) throws {
    try people.saw(members, among: nil, chat, before.marks)
    try set(
      "whole_doubt = max(0, whole_doubt - :seen), checked_at = :now, compare_at = :compare",
      [
        "seen": JSONValue(before.chat.wholeDoubt), "now": JSONValue(nowMs),
        "compare": JSONValue(ChatSweep.nextNight(chat.id, nowMs: nowMs)),
      ])
  }

  private func done() throws {
    switch call {
    case .delete: return try ChatEnd.removed(transaction, chat, nowMs: nowMs)
    case .remove(let member): try people.left(member)
    case .rename(let title): try set("actual_title = :title", ["title": JSONValue(title)])
    case .unmake(let member): try people.unmade(member)
    case .make(let members): try people.made(Set(members))
    case .find, .create, .readRights, .readTitle, .readAll, .readMembers, .add: break
    }
    try changed()
  }

  /// A change went through: passing failures are over, and so is what was refused of its kind.
  private func changed() throws {
    let stuck = chat.stuck.subtracting([call.kind])
    try set(
      """
      attempts = 0, next_attempt_at = NULL, stuck = :stuck,
      error = CASE WHEN :stuck = '' THEN NULL ELSE error END
      """, ["stuck": JSONValue(Self.words(stuck))])
  }

  /// A read went through: the work goes on at once. How often changes have failed stays noted.
  func readDone() throws { try set("next_attempt_at = NULL") }

  /// Sets columns of the chat's row.
  func set(_ assignments: String, _ values: JSONValue = .emptyObject) throws {
    try transaction.query(
      "UPDATE max_platform_chats SET \(assignments) WHERE chat_id = :chat", values.setting("chat", JSONValue(chat.id)))
  }

  static func words(_ kinds: Set<ChatCall.Kind>) -> String { kinds.map(\.rawValue).sorted().joined(separator: " ") }
}

extension ChatCall {
  /// Whom a reading asks about.
  var asked: [Int64] { if case .readMembers(let members) = self { members } else { [] } }
}
