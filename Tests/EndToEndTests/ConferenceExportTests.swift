import Jansson
import Testing

/// The schedule of conferences leaves as iCalendar, by a command of the terminal and by a script's.
struct ConferenceExportTests {
  @Test func `D6: the schedule leaves as RFC 5545 says, and with what each person sees`() throws {
    let stage = try ConferenceStage()
    try stage.add("Созвон; разбор, итоги", "10:00", "10:45")
    let run = try CommandRun.esh("export", "conferences", "--format", "ics", "--data", stage.host.folder.path)
    #expect(run.succeeded, "\(run.errors)")
    let lines = run.output.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines.first == "BEGIN:VCALENDAR" && lines.contains("VERSION:2.0"))
    #expect(lines.suffix(2) == ["END:VCALENDAR", ""])
    #expect(lines.count { $0 == "BEGIN:VEVENT" } == 1)
    #expect(lines.contains("DTSTART:20261123T070000Z") && lines.contains("DTEND:20261123T074500Z"))
    #expect(lines.contains("SUMMARY:Созвон\\; разбор\\, итоги"))
    #expect(lines.allSatisfy { $0.utf8.count <= 75 })

    func events(_ client: WireClient) throws -> Int {
      let text = try client.run("videoconferences.exportCalendar")["text"]?.string ?? ""
      return text.split(separator: "\r\n").count { $0 == "BEGIN:VEVENT" }
    }
    #expect(try events(stage.client) == 1)
    let stranger = try #require(
      try SchoolFolder.people().first { person in
        guard person.roles == ["parent"] else { return false }
        return try events(stage.host.client(signedInAs: person)) == 0
      })
    #expect(stranger != stage.teacher)
  }
}
