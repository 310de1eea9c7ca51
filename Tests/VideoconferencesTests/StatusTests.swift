import PluginKit
import ShellTesting
import Testing

@testable import VideoconferencesPlugin

/// How conferences begin and end by themselves, and what is done about that which goes wrong.
@Suite struct StatusTests {
  @Test func `D4: «Новая» becomes «Активная» at its start and «Завершена» at its end, each handed over once`()
    async throws
  {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat, "15:00", "15:45"))
      #expect(try desk.status(id) == "new")
      #expect(try desk.phases(id) == ["planned"])

      try await desk.advance(to: "14:59")
      #expect(try desk.phases(id) == ["planned"])
      try await desk.advance(to: "15:00")
      #expect(try desk.phases(id) == ["planned", "active"])
      #expect(try desk.status(id) == "new", "not before the platform says so")
      try await desk.tellActive(id)
      #expect(try desk.status(id) == "active")
      #expect(try desk.conference(id)["status_title"] == "Активная")

      try await desk.advance(to: "15:45")
      #expect(try desk.phases(id) == ["planned", "active", "finished"])
      try await desk.tell(id, "finished", ["finishedAt": JSONValue(desk.host.clock.nowMs)])
      #expect(try desk.status(id) == "finished")
      #expect(try desk.conference(id)["finished_ms"]?.int64 == desk.host.clock.nowMs)
      let handed = try desk.handed(id)
      #expect(handed.map { $0["revision"]?.int } == [1, 2, 3])
      #expect(handed.allSatisfy { $0["startsAt"]?.int64 == handed[0]["startsAt"]?.int64 })
    }
  }

  @Test func `D4: nobody there at the start: it begins late, while it is within its time`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat, "15:00", "15:45"))
      try await desk.jump(to: "15:30")
      #expect(try desk.phases(id) == ["planned", "active"])
    }
  }

  @Test func `D4: nobody there for its whole time: over, and never handed over as begun`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat, "15:00", "15:45"))
      try await desk.jump(to: "15:45")
      #expect(try desk.phases(id) == ["planned", "finished"])
      #expect(try desk.status(id) == "finished")
    }
  }

  @Test func `D4: nobody there at the end: it ends as soon as somebody is`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat, "15:00", "15:45"))
      try await desk.advance(to: "15:00")
      try await desk.tellActive(id)
      try await desk.jump(to: "18:00")
      #expect(try desk.phases(id) == ["planned", "active", "finished"])
      #expect(try desk.conference(id)["link"]?.isNull == true)
    }
  }

  @Test func `D4: a refusal is «Ошибка» with its reason, and saving tries again`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat, "15:00", "15:45"))
      try await desk.tell(id, "failed", ["reason": "proto.payload"])
      #expect(try desk.conference(id)["status_title"] == "Ошибка")
      #expect(try desk.conference(id)["reason"]?.string?.contains("proto.payload") == true)
      let handed = try desk.handed(id).count
      try await desk.run(SaveConference.change, ["conference": JSONValue(id), "name": "Попробуем ещё раз"])
      #expect(try desk.status(id) == "new")
      #expect(try desk.conference(id)["reason"] == "")
      #expect(try desk.handed(id).count == handed + 1)
      try await desk.advance(to: "15:00")
      try await desk.tellActive(id)
      #expect(try desk.status(id) == "active")
    }
  }

  @Test func `D4: an «Ошибка» at the start can be saved anew while its time lasts, and begins at once`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat, "15:00", "15:45"))
      try await desk.advance(to: "15:00")
      try await desk.tell(id, "failed", ["reason": "chat.not.found"])
      #expect(try desk.status(id) == "error")
      try await desk.run(SaveConference.change, ["conference": JSONValue(id)])
      #expect(try desk.phases(id).suffix(2) == ["planned", "active"])
      try await desk.tellActive(id)
      #expect(try desk.status(id) == "active")
    }
  }

  @Test func `D4: a passing failure is no «Ошибка»; one that lasts to the end is: «не состоялась»`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat, "15:00", "15:45"))
      try await desk.advance(to: "15:00")
      try await desk.tell(id, "planned", ["reason": "status.503", "attempts": 3])
      #expect(try desk.status(id) == "new")
      try await desk.advance(to: "15:45")
      #expect(try desk.status(id) == "error")
      #expect(try desk.conference(id)["reason"]?.string?.contains("не состоялась") == true)
      #expect(try desk.phases(id).last == "finished")
    }
  }

  @Test func `D4: the platform's word that comes late is believed: it was held after all`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat, "15:00", "15:45"))
      try await desk.advance(to: "15:45")
      #expect(try desk.status(id) == "error")
      let (from, until) = (
        try desk.instant(ConferenceDesk.today, "15:00"), try desk.instant(ConferenceDesk.today, "15:45")
      )
      try await desk.tell(id, "finished", ["startedAt": JSONValue(from), "finishedAt": JSONValue(until)])
      #expect(try desk.status(id) == "finished")
      #expect(try desk.conference(id)["reason"] == "")
    }
  }

  @Test func `D4: one that somebody ends on the platform is over here, and is not ended again`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat, "15:00", "15:45"))
      try await desk.advance(to: "15:00")
      try await desk.tellActive(id)
      try await desk.advance(to: "15:20")
      try await desk.tell(id, "finished", ["finishedAt": JSONValue(desk.host.clock.nowMs)])
      #expect(try desk.status(id) == "finished")
      let handed = try desk.handed(id).count
      try await desk.advance(to: "16:00")
      #expect(try desk.handed(id).count == handed)
      #expect(try desk.status(id) == "finished")
    }
  }

  @Test func `D6: participants are told once, with the link, however often the platform says it`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat, "15:00", "15:45", name: "Разбор"))
      try await desk.advance(to: "15:00")
      for _ in 0..<3 { try await desk.tellActive(id) }
      let notices = try desk.query("SELECT * FROM max_platform_notices WHERE text LIKE '%началась%'")
      let people = try desk.query(
        """
        SELECT DISTINCT a.id FROM videoconferences_participants p JOIN school_v1_accounts a ON a.person_id = p.person_id
        """)
      #expect(notices.count == people.count && !people.isEmpty)
      #expect(Set(notices.compactMap { $0["key"]?.string }).count == notices.count)
      #expect(
        notices.allSatisfy { $0["text"]?.string == "Видеоконференция «Разбор» началась: https://max.ru/joincall/\(id)" }
      )
    }
  }

  @Test func `D4: those due at one instant are handed over in order of their start, then of their making`()
    async throws
  {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let times = ["15:10", "15:00", "15:10", "15:00", "15:05"]
      var ids: [String] = []
      for starts in times { ids.append(try await desk.add(desk.callArguments(cast.chat, starts, "15:45"))) }
      try await desk.jump(to: "15:20")
      let active = try desk.query(
        "SELECT conference_id FROM max_platform_put WHERE body LIKE '%\"active\"%' ORDER BY n"
      ).compactMap { $0["conference_id"]?.string }
      #expect(active == [ids[1], ids[3], ids[4], ids[0], ids[2]])
    }
  }
}
