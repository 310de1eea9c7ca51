import PluginKit

/// One turn of the job `platform.notices`: several people side by side, one notice after the other to each.
struct NoticeRun: Sendable {
  static let key = "notices"
  static let mostAtOnce = 8
  /// Leaves the rest to another turn after so long, well before the host's patience ends.
  private static let longest: Duration = .seconds(60)

  let call: Call
  let traffic: Traffic
  private let progress = RunProgress()

  init(call: Call, traffic: Traffic) {
    self.call = call
    self.traffic = traffic
  }

  func run() async throws {
    await traffic.lanes.enter("notices' run")
    defer { traffic.lanes.leave("notices' run") }
    let until = ContinuousClock.now + Self.longest
    let bell = traffic.notices.listen()
    traffic.notices.ring()
    try await withThrowingDiscardingTaskGroup { group in
      for await _ in bell {
        let mayStart = ContinuousClock.now < until && !progress.mustStop
        for (seq, user) in mayStart ? try due() : [] {
          progress.begin(user)
          group.addTask { await work(seq, user) }
        }
        guard progress.working.isEmpty else { continue }
        if try finish(mayGoOn: mayStart) { return }
        traffic.notices.ring()
      }
      try Task.checkCancellation()
    }
  }

  private func due() throws -> [(seq: Int64, user: String)] {
    let working = progress.working
    let free = Self.mostAtOnce - working.count
    guard free > 0 else { return [] }
    return try call.read { try Notices.due($0, except: working, limit: free, nowMs: call.host.nowMs) }
  }

  private func work(_ seq: Int64, _ user: String) async {
    do {
      try await deliver(seq)
      progress.end(user, nil)
    } catch {
      progress.end(user, error)
    }
    traffic.notices.ring()
  }

  /// POST /messages knows no idempotency key: after an attempt whose end nobody saw the dialog is looked through first.
  private func deliver(_ seq: Int64) async throws {
    guard let notice = try call.read({ try Notices.find($0, seq) }) else { return }
    guard let member = notice.memberID else { return try end(notice, .skipped) }
    if notice.isInDoubt {
      guard let dialog = notice.dialogID else { return try end(notice, .unknown) }
      switch try await NoticeSearch(call: call, traffic: traffic, notice: notice, dialog: dialog).find() {
      case .success(let mid?): return try end(notice, .sent, mid: mid)
      case .success(nil): break
      case .failure(let failure): return try failed(notice, failure, isSure: false)
      }
    }
    try await traffic.turn(changing: notice.lane, call.host)
    defer { traffic.limiter.answered(forChat: notice.lane, hostMs: call.host.nowMs) }
    try call.write { try Notices.begin($0, seq, nowMs: call.host.nowMs) }
    let result: Result<String?, PlatformFailure>
    do throws(PlatformFailure) {
      let message: JSONValue = ["text": JSONValue(notice.text)]
      result = .success(try await PlatformClient(host: call.host).sendMessage(to: member, message))
    } catch { result = .failure(error) }
    switch result {
    case .success(let mid): try end(notice, .sent, mid: mid)
    case .failure(let failure): try failed(notice, failure, isSure: true)
    }
  }

  private func end(_ notice: NoticeRow, _ end: Notices.End, mid: String? = nil, error: String? = nil) throws {
    let now = call.host.nowMs
    try call.write { try Notices.end($0, notice.seq, end, mid: mid, error: error, nowMs: now) }
  }

  /// `isSure`: a failure that says that nothing was done is believed.
  private func failed(_ notice: NoticeRow, _ failure: PlatformFailure, isSure: Bool) throws {
    // An exchange that the end of the host cut short is no failure of the platform.
    if call.isCancelled { throw CancellationError() }
    var delay = Backoff.delayMs(attempt: notice.attempts + 1, retryAfterMs: failure.retryAfterMs)
    var nothingWasDone = false
    switch failure {
    case .refused(_, let code, _):
      call.host.log(.info, "a notice was given up", ["notice": JSONValue(notice.seq), "code": JSONValue(code)])
      return try end(notice, .refused, error: code)
    case .unauthorized:
      progress.stop()
      delay = Backoff.longestMs
      nothingWasDone = isSure
    case .limited: nothingWasDone = isSure
    case .unreachable, .broken: break
    }
    let until = call.host.nowMs + delay
    try call.write {
      try Notices.postpone($0, notice.seq, isSure: nothingWasDone, error: failure.code, untilMs: until)
    }
  }

  /// Ends the turn; false when something has fallen due meanwhile.
  private func finish(mayGoOn: Bool) throws -> Bool {
    if let failure = progress.failure { throw failure }
    return try call.write { transaction in
      let now = call.host.nowMs
      if mayGoOn, let due = try Notices.nextDue(transaction), due <= now { return false }
      try Notices.wake(transaction, notBeforeMs: progress.isUnauthorized ? now + Backoff.longestMs : 0)
      transaction.finishJob()
      return true
    }
  }
}
