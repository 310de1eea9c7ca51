import Jansson
import Testing

/// What people see of a conference that the platform does not make, start or finish, over the wire.
struct ConferenceTroubleTests {
  private let stage: LessonStage

  init() throws { stage = try LessonStage() }

  private func starts() throws -> Int {
    try stage.host.platform.log().count { $0.path.hasSuffix("/start") && $0.effect == "applied" }
  }

  @Test func `D4: while a start fails, attempts, the last error and the next attempt are shown; then it starts once`()
    throws
  {
    let client = try stage.boundTeacher()
    let conference = try stage.conference(client)
    #expect(try awaited(within: 20) { try stage.host.platform.asked("max", "conferences", "--all").first } != nil)
    try stage.host.platform.fault("POST */start", "status", "--status", "503")
    try stage.advance(to: stage.time())
    let failing = try awaited(within: 20) { () -> JSONValue? in
      let row = try stage.row(conference.id, client)
      return row["attempts"]?.int ?? 0 > 0 ? row : nil
    }
    #expect(failing?["status"] == "Новая", "no error while it is tried on")
    #expect(failing?["reason"] == "ошибка на стороне платформы (503)")
    #expect(
      failing?["nextAttempt"]?.string?.hasPrefix("2026-11-23T\(stage.time())") == true, "\(failing?.text() ?? "")")
    let text = try client.changeConference(conference.id).text
    #expect(text.contains("ошибка на стороне платформы (503)") && text.contains("Неудачных попыток: "), "\(text)")
    #expect(text.contains("Следующая: 23.11.2026 \(stage.time()):"), "\(text)")

    try stage.host.platform.clearFaults()
    try stage.advance(to: stage.time(plus: 2))
    #expect(try stage.becomes("Активная", conference.id))
    #expect(try starts() == 1)
    let running = try stage.row(conference.id, client)
    #expect(running["attempts"]?.isNull == true && running["reason"] == "" && running["nextAttempt"]?.isNull == true)
  }

  @Test func `D4: one that could not start in its whole time ends as «Ошибка», not held`() throws {
    let client = try stage.boundTeacher()
    let conference = try stage.conference(client)
    #expect(try awaited(within: 20) { try stage.host.platform.asked("max", "conferences", "--all").first } != nil)
    try stage.host.platform.fault("POST */start", "status", "--status", "503")
    try stage.advance(to: stage.time())
    // Minutes of failures are gone through in one leap.
    try stage.restart(at: stage.time("ends"))
    #expect(try stage.becomes("Ошибка", conference.id))
    #expect(try stage.row(conference.id)["reason"] == "не состоялась")
    // That it is over is handed over before the platform answers again.
    try stage.advance(to: stage.time("ends", plus: 1))
    try stage.host.platform.clearFaults()
    try stage.advance(to: stage.time("ends", plus: 30))
    #expect(try stage.row(conference.id)["status"] == "Ошибка")
    #expect(try starts() == 0)
  }

  @Test func `D4: refused for good it is «Ошибка» with the reason at once, and saving it tries again`() throws {
    let client = try stage.boundTeacher()
    try stage.host.platform.fault("POST /sferum/v1/calls", "status", "--status", "400", "--times", "1")
    let conference = try stage.conference(client)
    #expect(try stage.becomes("Ошибка", conference.id))
    #expect(try stage.row(conference.id)["reason"]?.string?.hasPrefix("отказ платформы: ") == true)
    let window = try client.changeConference(conference.id)
    #expect(window.text.hasPrefix("Ошибка: отказ платформы: ") && window.text.contains("Сохраните"))
    try client.press("Сохранить", of: window)
    #expect(try stage.becomes("Новая", conference.id))
    #expect(
      try awaited(within: 20) { try stage.host.platform.asked("max", "conferences", "--all").first?["state"] }
        == "created")
    #expect(try stage.row(conference.id)["status"] == "Новая")
    try stage.advance(to: stage.time())
    #expect(try stage.becomes("Активная", conference.id))
  }
}
