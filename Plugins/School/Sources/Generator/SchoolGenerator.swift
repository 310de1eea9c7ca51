/// Makes a school of any size: the same pupils, seed and school year give the same school, to the letter.
struct SchoolGenerator: Sendable {
  let pupils: Int
  let seed: UInt64
  let year: SchoolYear

  static let administratorLogin = "admin"

  func generate() -> GeneratedSchool {
    var random = SplitMix64(seed: seed, stream: "school")
    var school = GeneratedSchool(year: year, name: "Средняя общеобразовательная школа № \(1 + random.below(98))")
    let places = ClassLayout.places(pupils: pupils, &random)
    school.classes = classes(places)

    let families = Families(
      classes: school.classes, year: year, seed: seed, phones: Phones(&random))
    school.people = families.people
    school.pupils = families.pupils
    school.parents = families.parents
    school.links = families.links

    let staff = Staff(places, school.classes)
    hire(staff, families, &school)
    school.groups = staff.groups
    for (index, teacher) in staff.homeroomTeachers.enumerated() {
      school.classes[index].homeroomTeacher = employee(ofTeacher: teacher, school)
    }
    school.slots = slots(places, staff)
    for index in school.groups.indices {
      school.groups[index].teacher = employee(ofTeacher: school.groups[index].teacher, school)
    }
    school.accounts = accounts(school)
    var absences = Absences(seed: seed)
    absences.apply(to: &school)
    return school
  }

  private func classes(_ places: [ClassLayout.Place]) -> [GeneratedSchool.Class] {
    var first = 0
    return places.map { place in
      defer { first += place.pupils }
      return GeneratedSchool.Class(
        grade: place.grade, letter: place.letter, pupils: first..<first + place.pupils, homeroomTeacher: 0)
    }
  }

  // MARK: Employees: the administration, then the teachers, then the others

  private func leaders(_ count: Int) -> [String] {
    let deputies = ["информатизации", "учебно-воспитательной работе", "воспитательной работе", "безопасности"]
    return ["Директор"] + (0..<count - 1).map { "Заместитель директора по \(deputies[$0 % deputies.count])" }
  }

  private var leaderCount: Int { 2 + pupils / 450 }

  private func employee(ofTeacher teacher: Int, _ school: GeneratedSchool) -> Int { leaderCount + teacher }

  private func hire(_ staff: Staff, _ families: Families, _ school: inout GeneratedSchool) {
    var random = SplitMix64(seed: seed, stream: "staff")
    var phones = families.nextPhones
    let assisting = [
      "Системный администратор", "Библиотекарь", "Секретарь учебной части", "Педагог-организатор", "Лаборант",
    ]
    let serving = ["Заведующий хозяйством", "Гардеробщик", "Сторож", "Рабочий по обслуживанию здания", "Повар"]
    let others = max(3, (pupils * 35 + 225) / 450 - leaderCount - staff.teachers.count)

    var posts: [(String, PositionType)] = leaders(leaderCount).map { ($0, .administration) }
    posts += staff.teachers.map { ($0.track.position, .teaching) }
    posts += (0..<others).map { index in
      let round = index / 3
      return index % 3 == 2
        ? (serving[round % serving.count], .serving)
        : (assisting[(index - round) % assisting.count], .assisting)
    }
    var usedMothers = Set<Int>()
    for (index, post) in posts.enumerated() {
      // Some teachers are mothers of pupils: one human, one record, two roles.
      let isMother = post.1 == .teaching && index % 17 == 8 && !families.mothers.isEmpty
      let mother = isMother ? families.mothers[index * 7919 % families.mothers.count] : 0
      let person: Int
      if isMother, usedMothers.insert(mother).inserted {
        person = families.parents[mother]
      } else {
        school.people.append(adult(post.1, &random, &phones))
        person = school.people.count - 1
      }
      school.employees.append(
        GeneratedSchool.Employee(
          person: person, position: post.0, type: post.1, hired: hired(school.people[person], &random)))
    }
    school.chatAdministrator = 1
  }

  private func adult(
    _ type: PositionType, _ random: inout SplitMix64, _ phones: inout Phones
  ) -> GeneratedSchool.Person {
    let stock = NameStock.pick(&random)
    let sex: Sex = random.chance(type == .serving ? 50 : 82) ? .female : .male
    let given = sex == .female ? random.pick(stock.women) : random.pick(stock.men).name
    return GeneratedSchool.Person(
      family: random.pick(stock.surnames).form(sex), given: given, middle: random.pick(stock.men).patronymic(sex),
      sex: sex, birth: year.starts.adding(days: -365 * random.number(in: 24...64) - random.below(365)),
      phone: phones.next())
  }

  /// A day between the twenty-third birthday and the start of the year, at most twenty-five years ago.
  private func hired(_ person: GeneratedSchool.Person, _ random: inout SplitMix64) -> CivilDate {
    let first = max(person.birth.adding(days: 23 * 366), year.starts.adding(days: -25 * 365))
    return first.adding(days: random.below(max(1, year.starts.day - first.day)))
  }

  // MARK: Timetable

  private func slots(_ places: [ClassLayout.Place], _ staff: Staff) -> [GeneratedSchool.Slot] {
    var byBlock = Array(repeating: [Int](), count: (places.map(\.block).max() ?? 0) + 1)
    for (index, place) in places.enumerated() { byBlock[place.block].append(index) }
    var lessons = Array(repeating: [TimetableSolver.Lesson](), count: places.count)
    var index = 0
    while index < staff.groups.count {
      // Parts of a class stand side by side and learn at the same time.
      let group = staff.groups[index]
      var end = index + 1
      while end < staff.groups.count, staff.groups[end].classIndex == group.classIndex,
        staff.groups[end].subject == group.subject
      {
        end += 1
      }
      let lesson = TimetableSolver.Lesson(
        subject: group.subject, groups: Array(index..<end), teachers: staff.groups[index..<end].map(\.teacher))
      lessons[group.classIndex] += Array(repeating: lesson, count: group.weeklyHours)
      index = end
    }
    let rooms = Rooms(staff.teachers)
    return byBlock.enumerated().flatMap { block, members in
      solve(members.map { lessons[$0] }, block: block).flatMap { placed in
        zip(placed.lesson.groups, placed.lesson.teachers).map { group, teacher in
          GeneratedSchool.Slot(
            group: group, weekday: placed.day + 1, number: placed.number, room: rooms.room(ofTeacher: teacher))
        }
      }
    }
  }

  /// Teachers of a block teach no other, so blocks are solved one by one, with teachers numbered within.
  private func solve(_ lessons: [[TimetableSolver.Lesson]], block: Int) -> [TimetableSolver.Placed] {
    let teachers = lessons.joined().flatMap(\.teachers)
    let first = teachers.min() ?? 0
    let numbered = lessons.map { own in
      own.map { lesson in
        TimetableSolver.Lesson(
          subject: lesson.subject, groups: lesson.groups, teachers: lesson.teachers.map { $0 - first })
      }
    }
    var solver = TimetableSolver(
      lessons: numbered, teachers: (teachers.max() ?? 0) - first + 1,
      random: SplitMix64(seed: seed &+ UInt64(block), stream: "timetable"))
    return solver.solve().joined().map { placed in
      TimetableSolver.Placed(
        lesson: TimetableSolver.Lesson(
          subject: placed.lesson.subject, groups: placed.lesson.groups,
          teachers: placed.lesson.teachers.map { $0 + first }), day: placed.day, number: placed.number)
    }
  }

  // MARK: Accounts

  /// An account for everybody. The first assistant is the organization's administrator.
  private func accounts(_ school: GeneratedSchool) -> [GeneratedSchool.Account] {
    var roles: [[Role]] = Array(repeating: [], count: school.people.count)
    for employee in school.employees { roles[employee.person].append(.employee) }
    for pupil in school.pupils { roles[pupil.person].append(.pupil) }
    for parent in school.parents { roles[parent].append(.parent) }
    let administrator = school.employees.first { $0.type == .assisting }?.person
    var logins = Logins()
    return school.people.indices.map { person in
      let record = school.people[person]
      if person == administrator {
        return GeneratedSchool.Account(
          person: person, login: SchoolGenerator.administratorLogin, roles: [.administrator] + roles[person])
      }
      return GeneratedSchool.Account(
        person: person, login: logins.make(family: record.family, given: record.given, middle: record.middle),
        roles: roles[person])
    }
  }
}
