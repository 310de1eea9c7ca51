import PluginKit

/// What a chat is for. Whoever leaves a chat that is part of school is brought back; a subject's or any other is left
/// at will.
package enum ChatKind: String, CaseIterable, Sendable {
  case teachers, `class`, parents, subject, other

  package var isMandatory: Bool {
    switch self {
    case .teachers, .class, .parents: true
    case .subject, .other: false
    }
  }
}

/// A row of `max_platform_chats`; its columns are explained in `ChatSchema`.
struct ChatRow: Sendable {
  let id: String
  let revision: Int64
  let title: String
  let kind: ChatKind
  let isWanted: Bool
  let generation: Int64
  let platformID: Int64?
  let actualTitle: String?
  let creation: Creation
  let titleDoubt: Int
  let wholeDoubt: Int
  let rightsDoubt: Int
  /// The text of the call that waits for its answer.
  let call: String?
  let version: Int64
  private(set) var error: String?
  private(set) var attempts: Int
  private(set) var nextAttemptAtMs: Int64?
  private(set) var stuck: Set<ChatCall.Kind>
  private(set) var stuckUntilMs: Int64?
  let counted: Int
  let dueAtMs: Int64?
  let compareAtMs: Int64?

  static let noPermission = "noPermission"
  /// What the next second does not mend.
  static let lasting: Set = [noPermission, PlatformFailure.unauthorized("").code]

  /// What is known of the chat's making.
  enum Creation: Int {
    case sure
    /// Asked for, and the answer was lost; or the chat does not answer, as if it were not there.
    case inDoubt
    /// Looked for after that, and not found: the request may still arrive.
    case lookedFor
  }

  /// Whether it is to be asked by the external id if the chat is there. Of a chat that nobody wants any more it has to
  /// be known; one that is wanted is made again, which finds it.
  var isCreationInDoubt: Bool { creation == .inDoubt || creation == .lookedFor && !isWanted }

  init?(_ row: JSONValue?) {
    guard let row, let id = row["chat_id"]?.string else { return nil }
    self.id = id
    revision = row["revision"]?.int64 ?? 0
    title = row["title"]?.string ?? ""
    kind = row["kind"]?.string.flatMap(ChatKind.init) ?? .other
    isWanted = row["wanted"]?.int == 1
    generation = row["generation"]?.int64 ?? 1
    platformID = row["platform_chat_id"]?.int64
    actualTitle = row["actual_title"]?.string
    creation = row["creation_doubt"]?.int.flatMap(Creation.init) ?? .sure
    titleDoubt = row["title_doubt"]?.int ?? 0
    wholeDoubt = row["whole_doubt"]?.int ?? 0
    rightsDoubt = row["rights_doubt"]?.int ?? 0
    call = row["call"]?.string
    version = row["version"]?.int64 ?? 0
    error = row["error"]?.string
    attempts = row["attempts"]?.int ?? 0
    nextAttemptAtMs = row["next_attempt_at"]?.int64
    stuck = Set((row["stuck"]?.string ?? "").split(separator: " ").compactMap { ChatCall.Kind(rawValue: String($0)) })
    stuckUntilMs = row["stuck_until"]?.int64
    counted = row["counted"]?.int ?? 0
    dueAtMs = row["due_at"]?.int64
    compareAtMs = row["compare_at"]?.int64
  }

  /// By which the platform knows a creation again. Each generation is another chat there.
  var externalID: String { "\(id):\(generation)" }

  /// The same chat, its old failures over.
  var withoutFailure: ChatRow {
    var copy = self
    (copy.error, copy.attempts, copy.nextAttemptAtMs, copy.stuck) = (nil, 0, nil, [])
    return copy
  }

  /// Kinds of calls that are not to be tried now.
  func stuck(at nowMs: Int64) -> Set<ChatCall.Kind> { (stuckUntilMs ?? 0) > nowMs ? stuck : [] }

  /// Whether the bot had lost its rights, and it is time to look again.
  func asksForRights(at nowMs: Int64) -> Bool {
    rightsDoubt > 0 || error == Self.noPermission && (stuckUntilMs ?? 0) <= nowMs
  }
}

enum Chats {
  static func find(_ transaction: Transaction, _ id: String) throws -> ChatRow? {
    ChatRow(try transaction.first("SELECT * FROM max_platform_chats WHERE chat_id = ?", [JSONValue(id)]))
  }

  static func find(_ transaction: Transaction, platformID: Int64) throws -> ChatRow? {
    ChatRow(
      try transaction.first("SELECT * FROM max_platform_chats WHERE platform_chat_id = ?", [JSONValue(platformID)]))
  }

  /// Whether anything on the platform is ours to watch.
  static func anyOnPlatform(_ transaction: Transaction) throws -> Bool {
    try transaction.first("SELECT 1 AS found FROM max_platform_chats WHERE platform_chat_id IS NOT NULL LIMIT 1") != nil
  }

  /// A list for `IN (SELECT value FROM json_each(?))`.
  static func list(_ ids: some Sequence<String>) -> JSONValue {
    JSONValue(JSONValue(ids.map { JSONValue($0) }).text())
  }

  static func list(_ ids: some Sequence<Int64>) -> JSONValue {
    JSONValue(JSONValue(ids.map { JSONValue($0) }).text())
  }
}
