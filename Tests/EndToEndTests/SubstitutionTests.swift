import Jansson
import Testing

/// A substitution in the timetable, over the wire: the conference and the chat's mark are the substitute's.
struct SubstitutionTests {
  /// Somebody who may take the lesson, and has an account of their own.
  private func substitute(_ stage: LessonStage) throws -> Person {
    let people = try SchoolFolder.people()
    let rows = try stage.owner.call("registry/query", ["registry": "employees", "limit": 200])["rows"]?.array ?? []
    for row in rows {
      guard let person = people.first(where: { $0.name == row["cells"]?["name"]?.string && $0.roles == ["employee"] }),
        person != stage.teacher
      else { continue }
      do {
        try stage.owner.run("school.substitute", ["lesson": stage.lessonID, "employee": row["id"] ?? ""])
        return person
      } catch is Refusal { continue }  // busy at that time
    }
    throw TestTrouble("nobody can take the lesson")
  }

  @Test
  func `X7: the substitute has the conference, the link and the mark for that lesson, and the teacher again after`()
    throws
  {
    let stage = try LessonStage()
    let teacher = try stage.boundTeacher()
    let conference = try stage.conference(teacher)
    let person = try substitute(stage)
    let client = try stage.bound(person)
    #expect(try awaited(within: 20) { try stage.row(conference.id, client).isNull ? nil : true } == true)

    // The platform's limits go by the clock that is moved by hand: each step of it leaves room for two more calls.
    func marks(_ one: Person, not other: Person, from time: String) throws -> Bool {
      for seconds in stride(from: 3, through: 57, by: 3) {
        try stage.advance(to: "\(time):\(seconds < 10 ? "0" : "")\(seconds)")
        let chats = try stage.host.platform.chats()
        let administrators = chats.first { $0.title == "Чат группы" }?.administrators ?? []
        if administrators.contains(one.phone), !administrators.contains(other.phone) { return true }
      }
      return false
    }
    try stage.advance(to: stage.time())
    #expect(try marks(person, not: stage.teacher, from: stage.time()))
    #expect(try stage.becomes("Активная", conference.id))
    let link = try #require(try stage.row(conference.id, client)["link"]?.string)
    #expect(
      try awaited(within: 20) {
        try stage.host.platform.inbox(person.phone).contains { $0.text.contains(link) } ? true : nil
      } == true)
    try client.run("videoconferences.finish", ["conference": conference.id])
    #expect(try stage.becomes("Завершена", conference.id))

    try stage.advance(to: stage.time("ends", plus: 1))
    #expect(try marks(stage.teacher, not: person, from: stage.time("ends", plus: 1)))
  }
}
