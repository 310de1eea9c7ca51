import PluginKit

/// What the people of a chat come to, in numbers. Refused are those whom the platform does not take, whatever the
/// hour; whether it is time to ask again is seen by `retryAtMs`.
struct ChatNumbers: Sendable {
  /// Wanted and not bound.
  var waiting = 0
  var joining = 0
  /// Due to go; of them, those that count for the threshold.
  var leaving = 0
  var counted = 0
  var held = 0
  var refused = 0
  /// There, and nobody whom the school knows.
  var strangers = 0
  /// There, unwanted, and not refused to be removed, held or not.
  var removable = 0
  var gone = 0
  var present = 0
  var makes = 0
  var unmakes = 0
  var uncertain = 0
  /// When the first of the refused is asked again.
  var retryAtMs: Int64?

  static func count(_ transaction: Transaction, _ chat: String) throws -> ChatNumbers {
    let row = try transaction.first(sql, [JSONValue(chat)])
    func number(_ name: String) -> Int { row?[name]?.int ?? 0 }
    return ChatNumbers(
      waiting: number("waiting"), joining: number("joining"), leaving: number("leaving"), counted: number("counted"),
      held: number("held"), refused: number("refused"), strangers: number("strangers"), removable: number("removable"),
      gone: number("gone"),
      present: number("present"), makes: number("makes"), unmakes: number("unmakes"), uncertain: number("uncertain"),
      retryAtMs: row?["retry_at"]?.int64)
  }

  private static let sql = """
    SELECT sum(desired AND member_id IS NULL) AS waiting,
      sum(desired AND member_id IS NOT NULL AND NOT actual AND NOT gone AND refused IS NULL) AS joining,
      sum(NOT desired AND actual AND leave <> 1 AND refused IS NULL) AS leaving,
      sum(NOT desired AND actual AND leave = 0 AND refused IS NULL) AS counted,
      sum(NOT desired AND actual AND leave = 1) AS held,
      sum(refused IS NOT NULL AND NOT gone AND (desired <> actual OR desired_administrator <> actual_administrator))
        AS refused,
      sum(NOT desired AND actual AND leave <> 3 AND user_id GLOB 'platform:*') AS strangers,
      sum(NOT desired AND actual AND refused IS NULL) AS removable,
      sum(desired AND gone) AS gone, sum(actual) AS present,
      sum(desired AND actual AND desired_administrator AND NOT actual_administrator AND refused IS NULL) AS makes,
      sum(desired AND actual AND actual_administrator AND NOT desired_administrator AND refused IS NULL) AS unmakes,
      sum(uncertain > 0) AS uncertain,
      min(CASE WHEN refused IS NOT NULL AND NOT gone
        AND (desired <> actual OR desired_administrator <> actual_administrator) THEN retry_at END) AS retry_at
    FROM max_platform_chat_people WHERE chat_id = ?
    """
}

/// How a chat stands, and when something is to be done about it.
struct ChatSummary: Equatable, Sendable {
  var state: String
  var reason: String?
  /// When a failed attempt is repeated.
  var triedAtMs: Int64?
  /// When the chat is to be worked on; nil: nothing is to be done.
  var dueAtMs: Int64?
  /// Whether nothing at all is left to do, so that old failures are over.
  var isSettled: Bool

  init(_ chat: ChatRow, _ numbers: ChatNumbers, nowMs: Int64) {
    let work = Self.work(chat, numbers, nowMs: nowMs)
    let stuck = chat.stuck(at: nowMs)
    // What can't be read must not be guessed: nothing else is done before.
    let readsAreStuck = work.contains { !$0.isChange && stuck.contains($0) }
    let open = readsAreStuck ? [] : work.subtracting(stuck)

    var times: [Int64] = []
    if !open.isEmpty { times.append(min(chat.dueAtMs ?? nowMs, nowMs)) }
    if open != work || chat.error == ChatRow.noPermission, let until = chat.stuckUntilMs { times.append(until) }
    if chat.platformID != nil, let retry = numbers.retryAtMs {
      // Nobody who was refused is asked for while such calls rest.
      let rest = readsAreStuck || !stuck.isDisjoint(with: [.add, .remove, .make, .unmake])
      times.append(rest ? max(retry, chat.stuckUntilMs ?? retry) : retry)
    }
    dueAtMs = times.min().map { max($0, chat.attempts > 0 ? chat.nextAttemptAtMs ?? 0 : 0) }

    isSettled = work.isEmpty
    let hasFailed =
      chat.error != nil
      && (chat.attempts > 1 || !chat.stuck.isEmpty || ChatRow.lasting.contains(chat.error ?? ""))
    triedAtMs = chat.error == nil ? nil : dueAtMs
    guard chat.isWanted else {
      state = chat.platformID != nil || chat.isCreationInDoubt ? "removing" : "removed"
      reason = hasFailed ? chat.error : nil
      return
    }
    if hasFailed, !work.isEmpty || chat.error == ChatRow.noPermission {
      state = "error"
      reason = chat.error
    } else if !work.isEmpty {
      state = "pending"
    } else if numbers.held > 0 {
      state = "held"
    } else if numbers.refused > 0 {
      state = "error"
      reason = "members.refused"
      triedAtMs = dueAtMs
    } else {
      state = numbers.waiting > 0 ? "waiting" : "inStep"
    }
  }

  /// The kinds of calls that are due, whether or not they may be tried now. Empty exactly when `ChatPlanner` plans
  /// nothing, but for those refused people whose time has come.
  static func work(_ chat: ChatRow, _ numbers: ChatNumbers, nowMs: Int64) -> Set<ChatCall.Kind> {
    guard chat.isWanted else {
      if chat.isCreationInDoubt { return [.find, .delete] }
      guard chat.platformID != nil else { return [] }
      return numbers.removable > 0 ? [.delete, .remove] : [.delete]
    }
    if chat.isCreationInDoubt { return [.find] }
    guard chat.platformID != nil else { return [.create] }
    var work: Set<ChatCall.Kind> = []
    if chat.asksForRights(at: nowMs) { work.insert(.readRights) }
    if chat.wholeDoubt > 0 {
      work.insert(.readAll)
    } else {
      if chat.titleDoubt > 0 { work.insert(.readTitle) }
      if numbers.uncertain > 0 { work.insert(.readMembers) }
    }
    if numbers.leaving > 0 { work.insert(.remove) }
    if chat.title != chat.actualTitle { work.insert(.rename) }
    if numbers.joining > 0 { work.insert(.add) }
    if numbers.unmakes > 0 { work.insert(.unmake) }
    if numbers.makes > 0 { work.insert(.make) }
    return work
  }
}
