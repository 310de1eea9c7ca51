import PluginKit
import ShellTesting
import Testing

@testable import VideoconferencesPlugin

/// The timetable changes between the making of a conference and its start.
@Suite struct LessonNewsTests {
  private func substitute(_ desk: ConferenceDesk, _ cast: Cast, _ record: String?) async throws {
    try await desk.run(
      "school.substitute", ["lesson": JSONValue(cast.lesson), "employee": JSONValue(record)])
  }

  @Test func `X7: a substitution hands the conference and the chat's mark to the substitute for that lesson`()
    async throws
  {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(cast.lessonArguments)
      let other = try cast.substitute(desk)
      let client = try await desk.signedIn(person: other.person)
      _ = try await desk.refusal(
        SaveConference.change, ["conference": JSONValue(id), "name": "Рано"], as: client)

      try await substitute(desk, cast, other.record)
      #expect(try desk.conference(id)["leader_person"]?.string == other.person)
      #expect(try desk.people(id, .employee).isSuperset(of: [other.person, cast.keeper]))
      let account = try desk.text("SELECT id FROM school_v1_accounts WHERE person_id = '\(other.person)'")
      #expect(try desk.handed(id).last?["members"]?.array?.contains { $0.string == account } == true)
      try await desk.run(SaveConference.change, ["conference": JSONValue(id), "name": "Замена"], as: client)

      // On the day the mark in the chat is the substitute's, and after the lesson the teacher's again.
      func marked() throws -> Set<String> {
        Set(
          try desk.query(
            "SELECT person_id FROM chats_v1_members WHERE chat_id = '\(cast.chat)' AND administrator = 1"
          ).compactMap { $0["person_id"]?.string })
      }
      try await desk.advance(to: cast.starts, on: cast.date)
      let onDuty = try marked()
      #expect(onDuty.isSuperset(of: [other.person, cast.keeper]) && !onDuty.contains(cast.teacher))
      try await desk.tellActive(id)
      try await desk.run("videoconferences.finish", ["conference": JSONValue(id)], as: client)
      try await desk.advance(to: "23:59", on: cast.date)
      let afterwards = try marked()
      #expect(afterwards.isSuperset(of: [cast.teacher, cast.keeper]) && !afterwards.contains(other.person))
    }
  }

  @Test func `X7: a substitution that is taken back takes the substitute out of the conference`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(cast.lessonArguments)
      let before = try desk.people(id, .employee)
      let other = try cast.substitute(desk)
      try await substitute(desk, cast, other.record)
      try await substitute(desk, cast, nil)
      #expect(try desk.people(id, .employee) == before)
      #expect(try desk.conference(id)["leader_person"]?.string == cast.teacher)
      #expect(try desk.conference(id)["people"]?.int == desk.handed(id).last?["members"]?.array?.count)
    }
  }

  @Test func `X7: before the end of its lesson the substitute is told, too`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(cast.lessonArguments)
      let other = try cast.substitute(desk)
      try await substitute(desk, cast, other.record)
      let client = try await desk.signedIn(person: other.person)
      try await desk.advance(to: cast.starts, on: cast.date)
      try await desk.tellActive(id)
      try await desk.advance(to: cast.ends, on: cast.date)
      let dialog = await client.notification("desktop/didChange") { params in
        params["changed"]?.array?.contains("windows") == true
      }
      #expect(!dialog.isNull)
      let windows = try await client.call("desktop/get")["windows"]?.array ?? []
      #expect(windows.contains { $0["text"]?.string?.contains("завершится через 5 минут") == true })
    }
  }

  @Test func `D2: a lesson that is moved takes its conference along, with its name; times set by hand stay`()
    async throws
  {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(cast.lessonArguments)
      func move(_ starts: String, _ ends: String) async throws {
        try await desk.run(
          "school.changeLesson",
          ["lesson": JSONValue(cast.lesson), "starts": JSONValue(starts), "ends": JSONValue(ends)])
      }
      try await move("17:00", "17:40")
      var row = try desk.conference(id)
      #expect(row["starts"] == "17:00" && row["ends"] == "17:40")
      #expect(try row["starts_ms"]?.int64 == desk.instant(cast.date, "17:00"))
      #expect(row["name"]?.string == cast.lessonName.replacing(" - \(cast.starts) - ", with: " - 17:00 - "))
      #expect(try desk.handed(id).last?["startsAt"]?.int64 == desk.instant(cast.date, "17:00"))

      try await desk.run(SaveConference.change, ["conference": JSONValue(id), "starts": "16:50"])
      try await move("18:00", "18:40")
      row = try desk.conference(id)
      #expect(row["starts"] == "16:50" && row["ends"] == "17:40")
      // Nor does a substitution, which says nothing of times, move them.
      try await substitute(desk, cast, try cast.substitute(desk).record)
      #expect(try desk.conference(id)["starts"] == "16:50")
    }
  }

  @Test(arguments: ["school.removeLesson", "cancel"])
  func `D2: a lesson that does not take place takes its conference along`(_ what: String) async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(cast.lessonArguments)
      let call = try await desk.add(desk.callArguments(cast.chat))
      if what == "cancel" {
        try desk.write("UPDATE school_lessons SET cancelled = 1 WHERE id = ?", [JSONValue(cast.lesson)])
        try await desk.run(
          "school.substitute",
          ["lesson": JSONValue(cast.lesson), "employee": JSONValue(try cast.substitute(desk).record)])
      } else {
        try await desk.run(what, ["lesson": JSONValue(cast.lesson)])
      }
      #expect(try desk.phases(id) == ["planned", "removed"])
      #expect(try desk.phases(call) == ["planned"])
      try await desk.jump(to: cast.starts, on: cast.date)
      #expect(try desk.phases(id) == ["planned", "removed"])
    }
  }

  @Test func `X7: another teacher of the group gives its lessons, and leads their conferences`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(cast.lessonArguments)
      let other = try cast.substitute(desk)
      try await desk.run(
        "school.setGroupTeacher", ["group": JSONValue(cast.group), "employee": JSONValue(other.record)])
      #expect(try desk.conference(id)["leader_person"]?.string == other.person)
      let employees = try desk.people(id, .employee)
      #expect(employees.contains(other.person) && !employees.contains(cast.teacher))
    }
  }
}
