import PluginKit

/// Who took part in an online lesson, from when to when, offered to the lesson; its teacher confirms it there. Source:
/// SPEC X8.
///
/// The job `videoconferences.attendance` does it once for each online lesson that is over; its key is the conference. It
/// waits while the platform does not answer, and while no journal is there to take it. The command
/// `videoconferences.offerAttendance {conference}` → `{accepted, strangers}` asks anew, also while the lesson goes on.
enum OfferAttendance {
  static let job = "videoconferences.attendance"
  static let command = "videoconferences.offerAttendance"
  /// Asks a journal that is off again after so long, and for so many days.
  private static let journalPauseMs: Int64 = 10 * 60_000
  private static let longestWaitMs: Int64 = 14 * 86_400_000

  static func register(in plugin: inout PluginDefinition) {
    plugin.job(job) { call in try await offer(call) }
    plugin.command(command) { call async throws -> Outcome in try await ask(call) }
  }

  /// In the transaction that ends a conference: what is to be offered of it is not forgotten any more.
  static func note(_ id: String, _ transaction: Transaction, nowMs: Int64) throws {
    try transaction.query(
      """
      UPDATE videoconferences_conferences SET attendance = 'due'
      WHERE id = ? AND attendance = '' AND lesson_id IS NOT NULL AND started_ms IS NOT NULL AND status = 'finished'
      """, [JSONValue(id)])
    if transaction.changes > 0 { try transaction.schedule(job, key: id, dueAtMs: nowMs) }
  }

  // MARK: By itself

  private static func offer(_ call: Call) async throws {
    guard let id = call.params["key"]?.string, let conference = try call.read({ try due(id, $0) }) else { return }
    let isOld = call.host.nowMs > (conference.finishedMs ?? 0) + longestWaitMs
    do {
      let params = try await proposal(conference, key: "conference:\(id)", call).params
      guard let params else { return try end(call, id, "none") }
      _ = try await call.host.callService("journal.proposeAttendance", params)
      try end(call, id, "offered")
    } catch let error as PluginError {
      if isOld || isFinal(error) {
        call.host.log(
          .warning, "the attendance was not offered", ["conference": JSONValue(id), "kind": JSONValue(error.kind)])
        return try end(call, id, "none")
      }
      guard isJournalOff(error) else { throw error }
      try call.write { transaction in
        try transaction.schedule(job, key: id, dueAtMs: call.host.nowMs + journalPauseMs)
      }
    }
  }

  private static func due(_ id: String, _ transaction: Transaction) throws -> Conference? {
    Conference(
      try transaction.first(
        "SELECT * FROM videoconferences_conferences WHERE id = ? AND attendance = 'due' AND phase <> 'removed'",
        [JSONValue(id)]))
  }

  private static func end(_ call: Call, _ id: String, _ attendance: String) throws {
    _ = try call.write { transaction in
      try transaction.query(
        "UPDATE videoconferences_conferences SET attendance = ? WHERE id = ? AND attendance IN ('', 'due')",
        [JSONValue(attendance), JSONValue(id)])
    }
  }

  /// The platform has forgotten the call, or the lesson left the timetable: no repetition helps.
  private static func isFinal(_ error: PluginError) -> Bool {
    ["conference.notFound", "lesson.notFound"].contains(error.kind)
      || (error.kind == "platform.failed" && error.retryAfterMs == nil)
  }

  /// Its plugin is off, or not there at all.
  private static func isJournalOff(_ error: PluginError) -> Bool {
    error.kind == "service.notFound" || (error.kind == "plugin.unavailable" && error.data?["plugin"] == "class-journal")
  }

  /// nil params: the lesson is not in the timetable any more.
  private static func proposal(
    _ conference: Conference, key: String?, _ call: Call
  ) async throws -> (params: JSONValue?, strangers: Int) {
    let told = try await call.host.callService(
      "platform.conference.participants", ["conferenceId": JSONValue(conference.id)])
    return try call.read { transaction in
      let offer = try AttendanceOffer(
        conference, told["participants"]?.array ?? [], nowMs: call.host.nowMs, transaction)
      return (try offer?.params(key: key, transaction), offer?.strangers.count ?? 0)
    }
  }

  // MARK: On demand

  private static func ask(_ call: Call) async throws -> Outcome {
    let user = try call.user()
    let id = try call.string("conference")
    let conference = try call.read { transaction in
      let conference = try Conference.require(id, transaction)
      try ConferenceRights.require(ConferenceRights.manages, conference, user, transaction)
      return conference
    }
    guard conference.lessonID != nil, conference.wasHeld else {
      throw PluginError(
        "conferences.notHeld",
        Text("Посещаемость есть у онлайн-урока, который начался", en: "Only of an online lesson that has begun"))
    }
    let proposal = try await proposal(conference, key: nil, call)
    guard let params = proposal.params else { throw PluginError.notFound("lesson", conference.lessonID ?? "") }
    let answer: JSONValue
    do {
      answer = try await call.host.callService("journal.proposeAttendance", params)
    } catch let error as PluginError where isJournalOff(error) {
      throw PluginError(
        "conferences.noJournal",
        Text("Модуль «Классный журнал» выключен: посещаемость некуда передать", en: "The class journal is off"))
    }
    if conference.status == "finished" { try end(call, id, "offered") }
    return Outcome(
      result: ["accepted": answer["accepted"] ?? 0, "strangers": JSONValue(proposal.strangers)])
  }
}
