import PluginKit

/// The command `sferum.bindAccount {phone}` → `{status}`: makes the request durable, then waits up to five seconds
/// for the platform's word.
struct BindAccount: Sendable {
  /// Real time: a person sits before the window.
  static let patience: Duration = .seconds(5)

  let call: Call
  let waiters: Waiters
  var patience = BindAccount.patience

  private enum Start: Sendable {
    case waits(String, Waiter)
    case known(Word)
  }

  func run() async throws -> Outcome {
    let user = try call.user()
    guard let phone = Phone(try call.string("phone")) else {
      var error = PluginError.invalid("phone", Messages.phoneFormat, kind: "sferum.phoneFormat")
      error.level = .system
      throw error
    }
    let id = RequestID.fresh()
    var registered: (id: String, waiter: Waiter)?
    let start: Start
    do {
      start = try call.write { transaction in
        let start = try begin(transaction, id, user, phone)
        if case .waits(let id, let waiter) = start { registered = (id, waiter) }
        return start
      }
    } catch {
      // The transaction was taken back; its waiter would wait for nothing.
      if let registered { waiters.remove(registered.waiter, registered.id) }
      throw error
    }
    guard case .waits(let requestID, let waiter) = start else {
      guard case .known(let word) = start else { return .done }
      return word.outcome(phone)
    }
    call.settled()
    let word = await waiter.word(within: patience)
    waiters.remove(waiter, requestID)
    return (word ?? .queued).outcome(phone)
  }

  /// What the press means, in one transaction with whatever it changes.
  private func begin(_ transaction: Transaction, _ id: String, _ user: User, _ phone: Phone) throws -> Start {
    let now = call.host.nowMs
    if let active = try Requests.active(transaction, user: user.id) {
      if active.state == .bound { return .known(.bound) }
      if active.isSent { return .known(.pending) }
      // Still on its way to the platform: the press hurries it along and waits with it.
      try transaction.schedule(Jobs.send, key: active.id, dueAtMs: now)
      return .waits(active.id, waiters.register(active.id))
    }
    let person = try Person.read(
      transaction, userID: user.id, displayName: user.displayName, login: user.login)
    if try Requests.active(transaction, phone: phone.value) != nil {
      try BindingAudit.refused(transaction, user: user.id, "taken", phone: phone)
      try Requests.addTaken(transaction, id: id, person: person, phone: phone, nowMs: now)
      return .known(.taken)
    }
    try Requests.add(transaction, id: id, person: person, phone: phone, nowMs: now)
    return .waits(id, waiters.register(id))
  }
}

/// Names of requests: not to be guessed, and never the same twice.
enum RequestID {
  static func fresh() -> String {
    let digits = Array("0123456789abcdefghijklmnopqrstuv".utf8)
    let characters = (0..<26).map { _ in digits[Int.random(in: 0..<32)] }
    return "req-" + String(decoding: characters, as: UTF8.self)
  }
}
