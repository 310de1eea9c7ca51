import GRDB

/// What became of a wish to have people in a chat: each of them for themself.
struct Admission {
  enum Failure: String, CaseIterable {
    /// Does not let themself be added, or was blocked in this chat.
    case privacy = "add.participant.privacy"
    case notFound = "add.participant.not.found"
  }

  private(set) var added: [Person] = []
  /// Were in before.
  private(set) var present = 0
  private(set) var failures: [Failure: [Int64]] = [:]

  /// Puts into a chat whoever may come in; one person's refusal is nobody else's.
  static func take(_ db: Database, _ chat: Chat, _ userIds: [Int64], now: Int64) throws -> Admission {
    var admission = Admission()
    var seen: Set<Int64> = []
    for userId in userIds where seen.insert(userId).inserted {
      if try ChatMember.contains(db, chat.chatId, userId) {
        admission.present += 1
      } else if let person = try Person.find(db, userId: userId) {
        if try person.refusesChats || ChatBlock.contains(db, chat.chatId, userId) {
          admission.failures[.privacy, default: []].append(userId)
        } else {
          try ChatMember.add(db, chat.chatId, userId, now: now)
          admission.added.append(person)
        }
      } else {
        admission.failures[.notFound, default: []].append(userId)
      }
    }
    if !admission.added.isEmpty { try chat.touch(db, now: now) }
    return admission
  }

  /// Refused means that nobody of the wish is in the chat.
  var effect: Answer.Effect {
    if !added.isEmpty { return .applied }
    return present > 0 || failures.isEmpty ? .repeated : .refused
  }
}

/// Failures as the Bot API lists them; both are left out when there are none.
struct AdmissionFailures: Encodable {
  struct Detail: Encodable {
    var errorCode: String
    var userIds: [Int64]
  }

  var failedUserIds: [Int64]?
  var failedUserDetails: [Detail]?

  init(_ failures: [Admission.Failure: [Int64]]) {
    guard !failures.isEmpty else { return }
    let details = Admission.Failure.allCases.compactMap { failure in
      failures[failure].map { Detail(errorCode: failure.rawValue, userIds: $0) }
    }
    failedUserDetails = details
    failedUserIds = details.flatMap(\.userIds)
  }
}
