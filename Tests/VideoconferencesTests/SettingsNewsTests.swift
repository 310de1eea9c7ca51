import PluginKit
import ShellTesting
import Testing

@testable import VideoconferencesPlugin

/// The organization's settings change between the making of a conference and its start.
@Suite struct SettingsNewsTests {
  @Test func `D2: a new Sferum chat administrator is among the employees of what is to come`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat))
      let other = try cast.substitute(desk)
      #expect(try desk.people(id, .employee).contains(cast.keeper))
      #expect(try !desk.people(id, .employee).contains(other.person))
      try await desk.run("school.saveSettings", ["chatAdministrator": JSONValue(other.record)])
      #expect(try desk.people(id, .employee).contains(other.person))
      #expect(try desk.handed(id).count == 2)
    }
  }

  @Test func `D4: a conference keeps its local time when the organization's zone changes before it`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat, "15:00", "15:45"))
      let later = try await desk.add(desk.callArguments(cast.chat, "21:00", "22:00"))
      // Yekaterinburg is two hours ahead: 15:00 there is 13:00 in Moscow.
      try await desk.run("school.saveSettings", ["timeZone": "Asia/Yekaterinburg"])
      #expect(try desk.conference(id)["starts"] == "15:00")
      #expect(try desk.conference(id)["starts_ms"]?.int64 == desk.instant(ConferenceDesk.today, "13:00"))
      #expect(try desk.handed(id).last?["startsAt"]?.int64 == desk.instant(ConferenceDesk.today, "13:00"))
      try await desk.advance(to: "12:59")
      #expect(try desk.phases(id) == ["planned"])
      try await desk.advance(to: "13:00")
      #expect(try desk.phases(id) == ["planned", "active"])
      try await desk.tellActive(id)
      // And while it goes on its end is the new zone's: Kaliningrad's 15:45 is 16:45 in Moscow.
      try await desk.run("school.saveSettings", ["timeZone": "Europe/Kaliningrad"])
      try await desk.advance(to: "13:45")
      #expect(try desk.status(id) == "active")
      try await desk.advance(to: "16:45")
      #expect(try desk.phases(id) == ["planned", "active", "finished"])
      try await desk.advance(to: "21:59")
      #expect(try desk.phases(later) == ["planned"])
      try await desk.advance(to: "22:00")
      #expect(try desk.phases(later) == ["planned", "active"])
    }
  }

  @Test func `D4: a zone in which its whole time is over ends what goes on, and lets the rest be over`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let running = try await desk.add(desk.callArguments(cast.chat, "12:10", "13:00"))
      let next = try await desk.add(desk.callArguments(cast.chat, "13:30", "14:00"))
      try await desk.advance(to: "12:10")
      try await desk.tellActive(running)
      try await desk.run("school.saveSettings", ["timeZone": "Asia/Vladivostok"])
      #expect(try desk.phases(running) == ["planned", "active", "finished"])
      #expect(try desk.phases(next) == ["planned", "finished"])
    }
  }

  @Test func `D4: behind the change to summer time a conference is at its local time, also in the hour that is not`()
    async throws
  {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      try await desk.run("school.saveSettings", ["timeZone": "Europe/Berlin"])
      func add(_ date: String, _ starts: String, _ ends: String) async throws -> JSONValue {
        let arguments = desk.callArguments(cast.chat, starts, ends).setting("date", JSONValue(date))
        return try desk.conference(try await desk.add(arguments))
      }
      // Clocks go from 02:00 to 03:00 on 2027-03-28 there; Moscow's stay three hours ahead of Greenwich.
      let before = try await add("2027-03-27", "08:00", "08:45")
      #expect(try before["starts_ms"]?.int64 == desk.instant("2027-03-27", "10:00"))
      let after = try await add("2027-03-29", "08:00", "08:45")
      #expect(try after["starts_ms"]?.int64 == desk.instant("2027-03-29", "09:00"))
      let across = try await add("2027-03-28", "01:30", "03:30")
      #expect(try across["starts_ms"]?.int64 == desk.instant("2027-03-28", "03:30"))
      #expect(try across["ends_ms"]?.int64 == desk.instant("2027-03-28", "04:30"), "an hour long")
      let id = try #require(after["id"]?.string)
      try await desk.jump(to: "08:59", on: "2027-03-29")
      #expect(try desk.phases(id) == ["planned"])
      try await desk.advance(to: "09:00", on: "2027-03-29")
      #expect(try desk.phases(id) == ["planned", "active"])
    }
  }
}
