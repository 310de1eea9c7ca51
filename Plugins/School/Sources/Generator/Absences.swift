/// What real rosters lack or share: small children and some parents without a phone, two parents with one phone,
/// birth dates that nobody wrote down.
///
/// Numbers of its own, so that nothing else of a generated school depends on it. Employees keep everything.
struct Absences {
  private var random: SplitMix64

  /// In a hundred.
  private static let pupilsWithoutPhone = 20
  private static let parentsWithoutPhone = 3
  private static let parentsWithoutBirthDate = 3
  private static let couplesWithOnePhone = 3
  /// Up to this grade children may have no phone.
  private static let lastSmallGrade = 4

  init(seed: UInt64) { random = SplitMix64(seed: seed, stream: "absences") }

  mutating func apply(to school: inout GeneratedSchool) {
    let employees = Set(school.employees.map(\.person))
    for pupil in school.pupils where school.classes[pupil.classIndex].grade <= Self.lastSmallGrade {
      if random.chance(Self.pupilsWithoutPhone) { school.people[pupil.person].phone = nil }
    }
    for person in school.parents where !employees.contains(person) {
      if random.chance(Self.parentsWithoutPhone) { school.people[person].phone = nil }
      school.people[person].isBirthKnown = !random.chance(Self.parentsWithoutBirthDate)
    }
    let couples = Dictionary(grouping: school.links.filter { $0.relation != .relative }, by: \.pupil)
    for (_, links) in couples.sorted(by: { $0.key < $1.key }) where links.count == 2 {
      let people = links.map { school.parents[$0.parent] }
      guard !people.contains(where: employees.contains), random.chance(Self.couplesWithOnePhone) else { continue }
      school.people[people[1]].phone = school.people[people[0]].phone
    }
  }
}
