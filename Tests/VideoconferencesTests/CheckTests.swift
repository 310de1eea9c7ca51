import PluginKit
import ShellTesting
import Testing

@testable import VideoconferencesPlugin

/// What a conference is refused for, each with its field and its words. Nothing of a refused one is left.
@Suite struct CheckTests {
  private func path(_ refusal: Refusal) -> String? { refusal.json["data"]?["issues"]?[0]?["path"]?.string }

  @Test func `D3: the end is after the start`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      for ends in ["14:59", "15:00"] {
        let refused = try await desk.refusal(SaveConference.add, desk.callArguments(cast.chat, "15:00", ends))
        #expect(refused.message == "Время окончания должно быть позже времени начала")
        #expect(refused.kind == "conferences.endsBeforeStart" && path(refused) == "/ends")
      }
    }
  }

  @Test func `D3: the start is not in the past, not even by a minute`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      for starts in ["11:59", "12:00"] {
        let refused = try await desk.refusal(SaveConference.add, desk.callArguments(cast.chat, starts, "13:00"))
        #expect(refused.message == "Время начала уже прошло")
        #expect(refused.kind == "conferences.inThePast" && path(refused) == "/starts")
      }
      _ = try await desk.add(desk.callArguments(cast.chat, "12:01", "13:00"))
    }
  }

  @Test func `D3: one online lesson for a lesson of the timetable, until that one is deleted`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let first = try await desk.add(cast.lessonArguments)
      let refused = try await desk.refusal(SaveConference.add, cast.lessonArguments)
      #expect(refused.message == "Для этого урока уже есть онлайн-урок «\(cast.lessonName)»")
      #expect(refused.kind == "conferences.lessonTaken" && path(refused) == "/lesson")
      // Nor does another one become a second one.
      let call = try await desk.add(desk.callArguments(cast.chat))
      let changed = try await desk.refusal(
        SaveConference.change, cast.lessonArguments.setting("conference", JSONValue(call)))
      #expect(changed.kind == "conferences.lessonTaken")
      // The same one may be saved again.
      try await desk.run(SaveConference.change, cast.lessonArguments.setting("conference", JSONValue(first)))
      try await desk.run("videoconferences.removeConference", ["conference": JSONValue(first)])
      _ = try await desk.add(cast.lessonArguments)
    }
  }

  @Test func `D3: two people who make the same online lesson at once have one`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let clients = [desk.owner, try await desk.signedIn(person: cast.teacher)]
      let made = await withTaskGroup(of: Bool.self) { group in
        for client in clients {
          group.addTask {
            let call: JSONValue = ["command": JSONValue(SaveConference.add), "arguments": cast.lessonArguments]
            // try?: one of them is refused.
            return (try? await client.call("command/execute", call)) != nil
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(made == 1)
      #expect(try desk.query("SELECT 1 FROM videoconferences_conferences").count == 1)
    }
  }

  @Test func `D3: chat and lesson belong together`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let foreign = try desk.text(
        """
        SELECT l.id FROM school_v1_lessons l WHERE l.date > '\(ConferenceDesk.today)' AND l.group_id <> '\(cast.group)'
          AND NOT EXISTS (SELECT 1 FROM school_v1_group_classes a JOIN school_v1_group_classes b ON b.class_id = a.class_id
            WHERE a.group_id = l.group_id AND b.group_id = '\(cast.group)') ORDER BY l.date LIMIT 1
        """)
      let refused = try await desk.refusal(
        SaveConference.add, cast.lessonArguments.setting("lesson", JSONValue(foreign)))
      #expect(refused.message == "Урок не относится к выбранному чату")
      #expect(refused.kind == "conferences.foreignLesson" && path(refused) == "/lesson")

      // In a class's chat a lesson of that class, of another class not.
      func classChat(of lesson: String) throws -> JSONValue {
        JSONValue(
          try desk.text(
            """
            SELECT c.id FROM chats_v1_chats c JOIN school_v1_group_classes g ON g.class_id = c.class_id
            JOIN school_v1_lessons l ON l.group_id = g.group_id WHERE l.id = '\(lesson)' AND c.kind = 'class' LIMIT 1
            """))
      }
      let other = try await desk.refusal(
        SaveConference.add, cast.lessonArguments.setting("chat", try classChat(of: foreign)))
      #expect(other.kind == "conferences.foreignLesson")
      let parents = try desk.text("SELECT id FROM chats_v1_chats WHERE kind = 'parents' LIMIT 1")
      let ofParents = try await desk.refusal(
        SaveConference.add, cast.lessonArguments.setting("chat", JSONValue(parents)))
      #expect(ofParents.kind == "conferences.foreignLesson")
      _ = try await desk.add(cast.lessonArguments.setting("chat", try classChat(of: cast.lesson)))
    }
  }

  @Test func `D2, D3: an online lesson with a subject chat needs a lesson, a call takes none`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let refused = try await desk.refusal(
        SaveConference.add, desk.callArguments(cast.chat).setting("kind", "lesson"))
      #expect(refused.message == "Выберите урок" && path(refused) == "/lesson")
      let call = try await desk.add(desk.callArguments(cast.chat).setting("lesson", JSONValue(cast.lesson)))
      #expect(try desk.conference(call)["lesson_id"]?.isNull == true)
      // And so the lesson is still free.
      _ = try await desk.add(cast.lessonArguments)
      let teachers = try desk.text("SELECT id FROM chats_v1_chats WHERE kind = 'teachers'")
      _ = try await desk.add(desk.callArguments(teachers).setting("kind", "lesson"))
    }
  }

  @Test func `D3: the author is bound`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let client = try await desk.signedIn(person: cast.teacher)
      try desk.write("DELETE FROM sferum_binding_all")
      let refused = try await desk.refusal(SaveConference.add, cast.lessonArguments, as: client)
      #expect(
        refused.message == "Учетная запись не привязана к учебному аккаунту Сферум. "
          + "Привяжите её: ярлык «Привязать аккаунт к Сферум»")
      #expect(refused.kind == "conferences.notBound")
      try desk.bind(cast.teacher)
      let id = try await desk.add(cast.lessonArguments, as: client)
      // Who is unbound later keeps what they have made, and may change it.
      try desk.write("UPDATE sferum_binding_all SET state = 'unbound'")
      try await desk.run(
        SaveConference.change, ["conference": JSONValue(id), "name": "Другое имя"], as: client)
      #expect(try desk.conference(id)["name"] == "Другое имя")
    }
  }

  @Test(
    arguments: [
      ("kind", "Выберите тип видеоконференции"), ("chat", "Выберите чат"), ("date", "Обязательное поле"),
      ("starts", "Обязательное поле"), ("ends", "Обязательное поле"),
      ("name", "Введите наименование видеоконференции, до 200 символов"),
    ])
  func `D2: what must be there is asked for at its field`(_ field: String, _ message: String) async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      for nothing in [JSONValue.null, ""] where field != "kind" || nothing.isNull {
        let refused = try await desk.refusal(
          SaveConference.add, desk.callArguments(cast.chat).setting(field, nothing))
        #expect(refused.message == message && path(refused) == "/\(field)")
      }
    }
  }

  @Test(
    arguments: [
      ("date", "2026-02-30"), ("date", "завтра"), ("date", "2026-11-24-25"), ("starts", "25:00"), ("starts", "15:75"),
      ("starts", "1500"), ("ends", "16:60"), ("ends", "24:10"), ("ends", "четыре"),
    ])
  func `D3: a day or a time that there is not is refused at its field`(_ field: String, _ value: String) async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let refused = try await desk.refusal(
        SaveConference.add, desk.callArguments(cast.chat).setting(field, JSONValue(value)))
      #expect(refused.code == -32602 && path(refused) == "/\(field)", "\(refused)")
      #expect(refused.message == (field == "date" ? "Нет такого дня" : "Нет такого времени"))
    }
  }

  @Test func `D2: chats, lessons and people that there are not are said by name`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      for (arguments, what) in [
        (desk.callArguments("нет"), "chat"), (cast.lessonArguments.setting("lesson", "нет"), "lesson"),
        (desk.callArguments(cast.chat).setting("pupils", ["нет"]), "pupil"),
        (desk.callArguments(cast.chat).setting("employees", ["нет"]), "employee"),
      ] {
        let refused = try await desk.refusal(SaveConference.add, arguments)
        #expect(refused.code == -32004 && refused.json["data"]?["what"]?.string == what, "\(refused)")
      }
    }
  }

  @Test func `D3: in the window the field is marked, and nothing that was typed is lost`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let window = try await ConferenceScreen.open(desk, as: desk.signedIn(person: cast.teacher))
      try await window.set(["kind": "call"])
      try await window.set(["chat": JSONValue(cast.chat)])
      try await window.set([
        "name": "Разбор", "date": JSONValue(ConferenceDesk.today), "starts": "15:00", "ends": "14:00",
      ])
      try await window.press("save")
      #expect(try await window.field("ends")["error"] == "Время окончания должно быть позже времени начала")
      #expect(try await window.field("name")["value"] == "Разбор")
      #expect(try await window.field("ends")["value"] == "14:00")
      try await window.set(["ends": "16:00"])
      let outcome = try await window.press("save")
      #expect(outcome["effects"]?[0]?["type"] == "closeWindow", "\(outcome.text())")
      #expect(try desk.text("SELECT name FROM videoconferences_conferences") == "Разбор")
    }
  }
}
