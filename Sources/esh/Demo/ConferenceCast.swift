import Jansson

/// Who and what the demonstration of an online lesson is about: a lesson of the day, its teacher and a pupil of its group,
/// both with phones.
struct ConferenceCast {
  let lesson: String
  let starts: String
  let ends: String
  let group: String
  let groupTitle: String
  let subject: String
  /// The class's label.
  let place: String
  let teacher: Person
  let pupil: Person

  struct Person {
    /// «Учитель» or «Ученик».
    let word: String
    let name: String
    let login: String
    let phone: String
  }

  init(_ owner: any Caller) throws {
    let employees = try Self.accounts(owner, "employee", "Учитель")
    let pupils = try Self.accounts(owner, "pupil", "Ученик")
    let groups = try owner.call("registry/query", ["registry": "groups", "limit": 500])["rows"]?.array ?? []
    let day = JSONValue(String(DemoStage.start.prefix(10)))
    let lessons =
      try owner.call(
        "registry/query", ["registry": "timetable", "filter": ["date": day], "limit": 500])["rows"]?.array ?? []
    for row in lessons {
      let title = row["cells"]?["group"]?.string ?? ""
      guard let group = groups.first(where: { $0["cells"]?["title"]?.string == title }), let id = row["id"]?.string,
        let teacher = employees.first(where: { $0.name == group["cells"]?["teacher"]?.string }),
        let pupil = try Self.pupil(of: id, owner, pupils)
      else { continue }
      lesson = id
      (starts, ends) = (row["cells"]?["starts"]?.string ?? "", row["cells"]?["ends"]?.string ?? "")
      (self.group, groupTitle) = (group["id"]?.string ?? "", title)
      subject = title.prefix { $0 != "(" && $0 != "," }.split(separator: " ").joined(separator: " ")
      place = group["cells"]?["class"]?.string ?? ""
      (self.teacher, self.pupil) = (teacher, pupil)
      return
    }
    throw DemoFailure(text: "в этот день нет урока с учителем и учеником / no lesson with a teacher and a pupil")
  }

  /// The lesson's start, so many minutes later.
  func time(plus minutes: Int) -> String {
    let parts = starts.split(separator: ":").compactMap { Int($0) }
    let total = (parts.first ?? 0) * 60 + (parts.last ?? 0) + minutes
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(total / 60)):\(two(total % 60))"
  }

  private static func accounts(_ owner: any Caller, _ role: String, _ word: String) throws -> [Person] {
    let accounts = try owner.command("school.listAccounts", ["role": JSONValue(role)])["accounts"]?.array ?? []
    return accounts.compactMap { account in
      guard account["roles"]?.array?.contains("administrator") == false, let name = account["name"]?.string,
        let login = account["login"]?.string, let phone = account["phone"]?.string
      else { return nil }
      return Person(word: word, name: name, login: login, phone: phone)
    }
  }

  private static func pupil(of lesson: String, _ owner: any Caller, _ pupils: [Person]) throws -> Person? {
    let marks = try owner.command("journal.readLesson", ["lesson": JSONValue(lesson)])["attendance"]?.array ?? []
    // Another story may have bound the first.
    return marks.dropFirst().lazy.compactMap { mark in pupils.first { $0.name == mark["name"]?.string } }.first
  }
}
