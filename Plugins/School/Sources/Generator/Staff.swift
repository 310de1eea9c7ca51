/// Who teaches what: the groups of every class, and the employees whom they need.
struct Staff {
  /// A teacher of some tracks before they are a person.
  struct Teacher: Equatable, Sendable {
    let track: Track
    let block: Int
    var weeklyHours = 0
  }

  private(set) var teachers: [Teacher] = []
  /// Groups by class; `teacher` is a place in `teachers`.
  private(set) var groups: [GeneratedSchool.Group] = []
  /// For each class the teacher who leads it.
  private(set) var homeroomTeachers: [Int] = []

  /// Lessons a week that a teacher has at most, where the number of teachers may be chosen.
  private static let mostHours = 26
  /// A class this large has its language in two parts, and these classes are of the fifth grade or later.
  private static let splitSize = 14

  init(_ places: [ClassLayout.Place], _ classes: [GeneratedSchool.Class]) {
    homeroomTeachers = Array(repeating: 0, count: classes.count)
    let blocks = (places.map(\.block).max() ?? 0) + 1
    var byBlock = Array(repeating: [Int](), count: blocks)
    for (index, place) in places.enumerated() { byBlock[place.block].append(index) }
    for (block, members) in byBlock.enumerated() { add(block: block, members, classes) }
    // By class, so that row numbers follow the classes.
    groups.sort { ($0.classIndex, $0.subject, $0.part) < ($1.classIndex, $1.subject, $1.part) }
  }

  /// One load: what a class needs of one track, from as many teachers as it has parts.
  private struct Load {
    let classIndex: Int
    let entries: [Curriculum.Entry]
    let parts: Int
    var hours: Int { entries.reduce(0) { $0 + $1.hours } }
  }

  private mutating func add(block: Int, _ members: [Int], _ classes: [GeneratedSchool.Class]) {
    let firstTeacher = teachers.count
    var taught = Array(repeating: [Int](), count: members.count)
    for track in Track.allCases {
      let loads = members.compactMap { load(track, $0, classes[$0]) }
      for (load, chosen) in assign(track, block, loads) {
        for entry in load.entries { addGroups(entry, load, chosen, classes[load.classIndex]) }
        if let place = members.firstIndex(of: load.classIndex) { taught[place] += chosen }
      }
    }
    // Each class is led by whoever teaches it and leads the fewest.
    var leads = Array(repeating: 0, count: teachers.count - firstTeacher)
    for (place, index) in members.enumerated() {
      let own = taught[place].first { teachers[$0].track == .primary }
      let leader =
        own ?? taught[place].min { (leads[$0 - firstTeacher], $0) < (leads[$1 - firstTeacher], $1) } ?? firstTeacher
      leads[leader - firstTeacher] += 1
      homeroomTeachers[index] = leader
    }
  }

  private func load(_ track: Track, _ index: Int, _ place: GeneratedSchool.Class) -> Load? {
    let entries = Curriculum.entries(grade: place.grade).filter { $0.track == track }
    guard !entries.isEmpty else { return nil }
    let isSplit =
      place.grade >= 5 && place.pupils.count >= Staff.splitSize && Curriculum.subjects[entries[0].subject].isSplit
    return Load(classIndex: index, entries: entries, parts: isSplit ? 2 : 1)
  }

  /// Gives each load to the teachers with the least to do; takes more teachers until none has too much.
  private mutating func assign(_ track: Track, _ block: Int, _ loads: [Load]) -> [(Load, [Int])] {
    guard !loads.isEmpty else { return [] }
    let total = loads.reduce(0) { $0 + $1.hours * $1.parts }
    let least = loads.map(\.parts).max() ?? 1
    // The large ones first: small ones then fill the gaps.
    let sorted = loads.sorted { ($0.hours * $0.parts, $1.classIndex) > ($1.hours * $1.parts, $0.classIndex) }
    var count = track == .primary ? loads.count : max(least, (total + Staff.mostHours - 1) / Staff.mostHours)
    while true {
      var hours = Array(repeating: 0, count: count)
      var chosen: [(Load, [Int])] = []
      for load in sorted {
        let order = hours.indices.sorted { (hours[$0], $0) < (hours[$1], $1) }.prefix(load.parts)
        for teacher in order { hours[teacher] += load.hours }
        chosen.append((load, order.map { $0 + teachers.count }))
      }
      if (hours.max() ?? 0) <= Staff.mostHours + 2 || count >= loads.count * least {
        teachers += hours.map { Teacher(track: track, block: block, weeklyHours: $0) }
        return chosen
      }
      count += 1
    }
  }

  private mutating func addGroups(
    _ entry: Curriculum.Entry, _ load: Load, _ chosen: [Int], _ place: GeneratedSchool.Class
  ) {
    let pupils = place.pupils
    let middle = pupils.lowerBound + (pupils.count + 1) / 2
    for (part, teacher) in chosen.enumerated() {
      let members = chosen.count == 1 ? pupils : part == 0 ? pupils.lowerBound..<middle : middle..<pupils.upperBound
      groups.append(
        GeneratedSchool.Group(
          subject: entry.subject, classIndex: load.classIndex, part: chosen.count == 1 ? "" : "группа \(part + 1)",
          teacher: teacher, weeklyHours: entry.hours, pupils: members))
    }
  }
}
