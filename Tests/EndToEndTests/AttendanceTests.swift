import Jansson
import Testing

/// X8: who took part in an online lesson is offered to it, and its teacher confirms, over the wire.
struct AttendanceTests {
  private let stage: LessonStage

  init() throws { stage = try LessonStage() }

  /// What the journal says of the lesson.
  private func read() throws -> JSONValue { try stage.owner.run("journal.readLesson", ["lesson": stage.lessonID]) }

  private func mark(_ pupil: Person) throws -> JSONValue {
    try read()["attendance"]?.array?.first { $0["name"]?.string == pupil.name } ?? .null
  }

  private func isOffered() throws -> Bool {
    try read()["attendance"]?.array?.contains { $0["proposed"]?.bool != nil } == true
  }

  /// Requests that asked the platform who took part.
  private func asked() throws -> Int {
    try stage.host.platform.log().count { $0.method == "GET" && $0.path.contains("/participants") }
  }

  /// A lesson's conference that goes on, with `pupil` in it from the second minute on.
  private func started(with pupil: Person) throws -> (id: JSONValue, name: String) {
    let client = try stage.boundTeacher()
    _ = try stage.bound(pupil)
    let conference = try stage.conference(client)
    try stage.advance(to: stage.time())
    #expect(try stage.becomes("Активная", conference.id))
    try stage.advance(to: stage.time(plus: 2))
    try stage.join(conference.name, pupil.phone)
    return conference
  }

  @Test func `X8: who was there, from when to when, is offered after the lesson and confirmed by its teacher`() throws {
    let pupils = try stage.pupils()
    let (present, absent, unbound) = (pupils[0], pupils[1], pupils[2])
    let stranger = "+79990000077"
    try stage.host.platform.addUser(stranger, "Гость")
    _ = try stage.bound(absent)
    let conference = try started(with: present)
    try stage.join(conference.name, stranger)
    try stage.join(conference.name, stage.teacher.phone)
    try stage.advance(to: stage.time(plus: 12))
    try stage.leave(conference.name, present.phone)
    try stage.advance(to: stage.time(plus: 20))
    try stage.join(conference.name, present.phone)
    #expect(try !isOffered())
    try stage.advance(to: stage.time("ends"))
    #expect(try stage.becomes("Завершена", conference.id))
    #expect(try awaited(within: 20) { try isOffered() ? true : nil } == true)

    let client = try stage.host.client(signedInAs: stage.teacher)
    let window = try stage.lessonWindow(client)
    #expect(try window.field("Посещаемость предложена")["value"]?.string?.contains(conference.name) == true)
    let length = try minutes(stage.time(), stage.time("ends"))
    let others = try window.field("Кроме учеников группы")["value"]?.string
    #expect(
      others == "не опознаны: 1 (\(stage.time(plus: 2))–\(stage.time("ends")), \(length - 2) мин)",
      "the teacher is no news to the teacher")
    let rows = try client.rows(window)
    func offered(_ person: Person) -> JSONValue? {
      rows.first { $0["cells"]?["name"]?.string == person.name }?["cells"]?["proposed"]
    }
    let stay = "\(stage.time(plus: 2))–\(stage.time("ends")), \(10 + length - 20) мин"
    #expect(offered(present)?.string == stay)
    #expect(offered(absent) == "нет")
    #expect(offered(unbound) == "неизвестно: не привязан к Сферуму")
    #expect(try mark(present)["present"]?.isNull == true, "offered is not confirmed")

    try client.call("window/set", ["window": JSONValue(window.id), "values": ["held": true]])
    try client.press("Добавить в журнал", of: client.look(at: window))
    #expect(try mark(present)["present"] == true)
    #expect(try mark(absent)["present"] == false)
    #expect(try mark(unbound)["present"]?.isNull == true)

    // Asked anew, what is confirmed stays.
    let before = try mark(present)
    let again = try client.press("Запросить посещаемость", of: client.look(at: window))
    #expect(again["result"]?["strangers"] == 1)
    #expect(try mark(present) == before)
  }

  private func minutes(_ from: String, _ until: String) throws -> Int {
    func of(_ time: String) -> Int {
      time.split(separator: ":").compactMap { Int($0) }.reduce(0) { $0 * 60 + $1 }
    }
    return of(until) - of(from)
  }

  @Test func `X8: a platform that does not answer and a host that is killed put the offer off and never double it`()
    throws
  {
    let pupil = try #require(try stage.pupils().first)
    let conference = try started(with: pupil)
    try stage.host.platform.fault("GET /sferum/v1/calls/*/participants", "status", "--status", "503")
    try stage.advance(to: stage.time("ends"))
    #expect(try stage.becomes("Завершена", conference.id))
    #expect(try awaited(within: 20) { try asked() > 0 ? true : nil } == true)
    #expect(try !isOffered())

    try stage.restart(at: stage.time("ends", plus: 10))
    try stage.host.platform.clearFaults()
    try stage.advance(to: stage.time("ends", plus: 20))
    #expect(try awaited(within: 20) { try isOffered() ? true : nil } == true)
    #expect(try mark(pupil)["proposed"] == true)
    let count = try awaited(within: 10) { try asked() }

    // The teacher has confirmed something else; nothing comes over it, not even after another restart.
    try stage.owner.run(
      "journal.saveLesson",
      [
        "lesson": stage.lessonID, "held": true,
        "attendance": [["pupil": try mark(pupil)["pupil"] ?? "", "present": false]],
      ])
    try stage.restart(at: stage.time("ends", plus: 30))
    try stage.advance(to: stage.time("ends", plus: 60))
    #expect(try mark(pupil)["present"] == false)
    #expect(try asked() == count)
  }

  @Test func `E4, X8: with the journal off a lesson ends as always, and the offer waits for it`() throws {
    let pupil = try #require(try stage.pupils().first)
    let conference = try started(with: pupil)
    try stage.owner.call("plugin/disable", ["plugin": "class-journal"])
    try stage.advance(to: stage.time("ends"))
    #expect(try stage.becomes("Завершена", conference.id))
    #expect(try awaited(within: 20) { try asked() > 0 ? true : nil } == true)
    try stage.advance(to: stage.time("ends", plus: 30))
    #expect(try stage.owner.call("health/get")["queue"]?["failed"] == 0)

    try stage.owner.call("plugin/enable", ["plugin": "class-journal"])
    try stage.advance(to: stage.time("ends", plus: 60))
    #expect(try awaited(within: 20) { try isOffered() ? true : nil } == true)
  }
}
