/// Puts the lessons of a block of classes into the week so that no teacher has two at once.
///
/// A class's lessons fill its days from the first lesson on, so classes have no gaps and never clash with
/// themselves; what is searched is their order. Lessons that clash are swapped with the lesson of the same class
/// that clashes least, until none does ("min-conflicts"). Same input, same timetable.
struct TimetableSolver {
  /// One lesson a week of one class: of one group, or of parts that learn at the same time.
  struct Lesson: Equatable, Sendable {
    let subject: Int
    let groups: [Int]
    let teachers: [Int]
  }

  struct Placed: Equatable, Sendable {
    let lesson: Lesson
    /// 0 Monday … 4 Friday.
    let day: Int
    /// 1 …
    let number: Int
  }

  private static let numbers = Curriculum.dayLength + 1
  private static let cells = Curriculum.days * numbers
  private static let mostSweeps = 3_000

  private var random: SplitMix64
  private var lessons: [[Lesson]]
  /// For each class the cell of each place.
  private let places: [[Int]]
  /// How many lessons a teacher has in a cell.
  private var busy: [UInt8]

  /// `teachers`: one more than the largest teacher in `lessons`.
  init(lessons: [[Lesson]], teachers: Int, random: SplitMix64) {
    self.lessons = lessons
    self.random = random
    places = lessons.enumerated().map { index, own in
      // The longer days come at different ends of the week in different classes.
      (0..<Curriculum.days).flatMap { day in
        let length =
          own.count / Curriculum.days + ((day + index) % Curriculum.days < own.count % Curriculum.days ? 1 : 0)
        return (0..<length).map { day * TimetableSolver.numbers + $0 }
      }
    }
    busy = Array(repeating: 0, count: teachers * TimetableSolver.cells)
  }

  mutating func solve() -> [[Placed]] {
    for index in lessons.indices {
      random.shuffle(&lessons[index])
      for place in lessons[index].indices { count(index, place, 1) }
    }
    var sweeps = 0
    while sweep(), sweeps < TimetableSolver.mostSweeps { sweeps += 1 }
    for _ in 0..<8 { spreadSubjects() }
    return lessons.indices.map { placed($0) }
  }

  /// Repairs every clash once; false when there was none.
  private mutating func sweep() -> Bool {
    var found = false
    for index in lessons.indices {
      for place in lessons[index].indices where clashes(index, place) > 0 {
        found = true
        repair(index, place)
      }
    }
    return found
  }

  private mutating func repair(_ index: Int, _ place: Int) {
    let before = clashes(index, place)
    var best = Int.max
    var choices: [Int] = []
    for other in lessons[index].indices where other != place {
      let cost = clashesAfterSwap(index, place, other) - before - clashes(index, other)
      if cost < best {
        best = cost
        choices = []
      }
      if cost == best { choices.append(other) }
    }
    guard !choices.isEmpty else { return }
    // Now and then a step that helps nothing at once, or the search may go in circles.
    if best <= 0 {
      swap(index, place, random.pick(choices))
    } else if random.chance(10) {
      swap(index, place, random.below(lessons[index].count))
    }
  }

  /// Moves lessons of a subject that comes too often in a day, where that causes no clash.
  private mutating func spreadSubjects() {
    for index in lessons.indices {
      for place in lessons[index].indices where crowding(index, place) > 0 {
        for other in lessons[index].indices
        where places[index][other] / TimetableSolver.numbers
          != places[index][place] / TimetableSolver.numbers
        {
          let before = crowding(index, place) + crowding(index, other)
          guard clashesAfterSwap(index, place, other) == 0 else { continue }
          swap(index, place, other)
          if crowding(index, place) + crowding(index, other) < before { break }
          swap(index, place, other)
        }
      }
    }
  }

  /// Lessons of its subject in the day of a place beyond its even share.
  private func crowding(_ index: Int, _ place: Int) -> Int {
    let own = lessons[index]
    let day = places[index][place] / TimetableSolver.numbers
    let subject = own[place].subject
    var inDay = 0
    var inWeek = 0
    for other in own.indices where own[other].subject == subject {
      inWeek += 1
      if places[index][other] / TimetableSolver.numbers == day { inDay += 1 }
    }
    return max(0, inDay - (inWeek + Curriculum.days - 1) / Curriculum.days)
  }

  private func clashes(_ index: Int, _ place: Int) -> Int {
    let cell = places[index][place]
    return lessons[index][place].teachers.reduce(0) { $0 + Int(busy[$1 * TimetableSolver.cells + cell]) - 1 }
  }

  /// Clashes of two lessons of a class after they change places.
  private func clashesAfterSwap(_ index: Int, _ place: Int, _ other: Int) -> Int {
    let (first, second) = (lessons[index][place].teachers, lessons[index][other].teachers)
    let (firstCell, secondCell) = (places[index][place], places[index][other])
    func cost(_ moved: [Int], to cell: Int, leaving: [Int]) -> Int {
      moved.reduce(0) { $0 + Int(busy[$1 * TimetableSolver.cells + cell]) - (leaving.contains($1) ? 1 : 0) }
    }
    return cost(first, to: secondCell, leaving: second) + cost(second, to: firstCell, leaving: first)
  }

  private mutating func swap(_ index: Int, _ place: Int, _ other: Int) {
    guard place != other else { return }
    count(index, place, -1)
    count(index, other, -1)
    lessons[index].swapAt(place, other)
    count(index, place, 1)
    count(index, other, 1)
  }

  private mutating func count(_ index: Int, _ place: Int, _ change: Int) {
    for teacher in lessons[index][place].teachers {
      let cell = teacher * TimetableSolver.cells + places[index][place]
      busy[cell] = UInt8(clamping: Int(busy[cell]) + change)
    }
  }

  /// The lessons of a class where they ended up. One that still clashes (the search gave up) moves to a free
  /// hour after the others, or is left out: a timetable without a clash is worth more than a full one.
  private mutating func placed(_ index: Int) -> [Placed] {
    var result: [Placed] = []
    var taken = Set(places[index])
    for place in lessons[index].indices {
      var cell: Int? = places[index][place]
      if clashes(index, place) > 0 {
        let teachers = lessons[index][place].teachers
        count(index, place, -1)
        cell = (0..<TimetableSolver.cells).first { cell in
          !taken.contains(cell) && teachers.allSatisfy { busy[$0 * TimetableSolver.cells + cell] == 0 }
        }
        for teacher in teachers { if let cell { busy[teacher * TimetableSolver.cells + cell] = 1 } }
      }
      guard let cell else { continue }
      taken.insert(cell)
      result.append(
        Placed(
          lesson: lessons[index][place], day: cell / TimetableSolver.numbers,
          number: cell % TimetableSolver.numbers + 1))
    }
    return result
  }
}
