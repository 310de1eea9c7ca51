import Testing

@testable import SchoolPlugin

/// One school for all tests of its shape.
private let school = SchoolGenerator(pupils: 450, seed: 1, year: SchoolYear(startYear: 2026)).generate()

@Test func `a school of 450 pupils has some 20 classes, 35 employees and 880 parents`() {
  #expect(school.pupils.count == 450)
  #expect(school.classes.count == 20)
  #expect((33...38).contains(school.employees.count))
  #expect(school.parents.count == 880)
  #expect(school.classes.first?.title == "1А")
  #expect(school.classes.last?.title == "11А")
  #expect(school.classes.allSatisfy { (15...30).contains($0.pupils.count) })
}

@Test func `the same pupils, seed and year give the same school`() {
  let again = SchoolGenerator(pupils: 450, seed: 1, year: SchoolYear(startYear: 2026)).generate()
  #expect(again.people == school.people)
  #expect(again.links == school.links)
  #expect(again.groups == school.groups)
  #expect(again.slots == school.slots)
  #expect(again.accounts == school.accounts)

  let other = SchoolGenerator(pupils: 450, seed: 2, year: SchoolYear(startYear: 2026)).generate()
  #expect(other.people != school.people)
}

@Test(arguments: [1, 2, 7, 30, 100, 450, 1000]) func `a school of any size holds together`(pupils: Int) {
  let school = SchoolGenerator(pupils: pupils, seed: 7, year: SchoolYear(startYear: 2026)).generate()

  #expect(school.pupils.count == pupils)
  #expect(school.classes.map(\.pupils.count).reduce(0, +) == pupils)
  #expect(school.classes.allSatisfy { school.employees[$0.homeroomTeacher].type == .teaching })
  #expect(Set(school.classes.map(\.title)).count == school.classes.count)
  let phones = school.people.compactMap(\.phone)
  #expect(Dictionary(grouping: phones, by: { $0 }).values.allSatisfy { $0.count <= 2 })
  #expect(phones.allSatisfy { $0.utf8.count == 12 && $0.hasPrefix("+79") })
  #expect(
    school.employees.allSatisfy { school.people[$0.person].phone != nil && school.people[$0.person].isBirthKnown })
  #expect(Set(school.accounts.map(\.login)).count == school.people.count)
  #expect(school.accounts.filter { $0.login == "admin" }.map(\.roles) == [[.administrator, .employee]])
  #expect(school.employees[school.chatAdministrator].type == .administration)
  #expect(Set(school.links.map(\.pupil)).count == pupils)
  #expect(school.accounts.allSatisfy { !$0.roles.isEmpty })
  #expect(clashes(school) == [])
  #expect(school.people.allSatisfy { !$0.family.isEmpty && !$0.given.isEmpty })
}

@Test func `every weekly hour of every group stands in the timetable`() {
  let hours = Dictionary(grouping: school.slots, by: \.group).mapValues(\.count)
  #expect(school.groups.indices.allSatisfy { hours[$0] == school.groups[$0].weeklyHours })
  #expect(school.slots.allSatisfy { (1...7).contains($0.number) && (1...5).contains($0.weekday) })
}

@Test func `parents are of an age to be parents, and teachers have time to sleep`() {
  for link in school.links {
    let parent = school.people[school.parents[link.parent]].birth.day
    let child = school.people[school.pupils[link.pupil].person].birth.day
    #expect(child - parent > 18 * 365, "link \(link)")
  }
  let hours = Dictionary(grouping: school.groups, by: \.teacher).mapValues { $0.reduce(0) { $0 + $1.weeklyHours } }
  #expect((hours.values.max() ?? 0) <= 28)
}

@Test func `siblings share their parents, and some teachers are mothers`() {
  let children = Dictionary(grouping: school.links, by: \.parent).values.filter { $0.count > 1 }
  #expect(children.count > 30)
  #expect(school.accounts.contains { Set($0.roles) == [.employee, .parent] })
}

@Test func `what real rosters lack is lacking: phones, birth dates, a phone of one's own`() {
  let phones = Dictionary(grouping: school.people.compactMap(\.phone), by: { $0 })
  #expect(phones.values.filter { $0.count == 2 }.count > 3)
  #expect(school.people.filter { $0.phone == nil }.count > 20)
  #expect(school.people.contains { !$0.isBirthKnown })
  #expect(school.people.contains { $0.family.contains("-") } && school.people.contains { $0.family.contains("ё") })
  #expect(school.people.contains { $0.middle.isEmpty || $0.middle.hasSuffix(" оглы") || $0.middle.hasSuffix(" кызы") })
}

@Test func `a class has no hour between its lessons`() {
  let byDay = Dictionary(grouping: school.slots) { slot in
    "\(school.groups[slot.group].classIndex) \(slot.weekday)"
  }
  for (day, slots) in byDay {
    let numbers = Set(slots.map(\.number))
    #expect(numbers == Set(1...numbers.count), "\(day)")
  }
}

/// Every teacher, room and pupil who is wanted in two places at once.
private func clashes(_ school: GeneratedSchool) -> [String] {
  var seen = Set<String>()
  var clashes: [String] = []
  for slot in school.slots {
    let group = school.groups[slot.group]
    let time = "\(slot.weekday)/\(slot.number)"
    let parts = group.part.isEmpty ? ["группа 1", "группа 2", ""] : [group.part]
    let wanted =
      ["\(time) teacher \(group.teacher)", "\(time) room \(slot.room)"]
      + parts.map { "\(time) class \(group.classIndex) \($0)" }
    clashes += wanted.filter { !seen.insert($0).inserted }
  }
  return clashes
}
