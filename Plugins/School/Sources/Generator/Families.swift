/// Pupils and their families: siblings, mothers, fathers, grandparents and guardians.
struct Families {
  private(set) var people: [GeneratedSchool.Person] = []
  private(set) var pupils: [GeneratedSchool.Pupil] = []
  private(set) var parents: [Int] = []
  private(set) var links: [GeneratedSchool.Link] = []
  /// Places in `parents` of mothers: some of them work in the school.
  private(set) var mothers: [Int] = []

  private let year: SchoolYear
  private var random: SplitMix64
  private var phones: Phones

  // Parents for so many pupils, and siblings for so many of a hundred.
  private static let parentsPer45Pupils = 88
  private static let siblingPercent = 7
  private static let twoParentPercent = 92

  init(classes: [GeneratedSchool.Class], year: SchoolYear, seed: UInt64, phones: Phones) {
    self.year = year
    self.phones = phones
    random = SplitMix64(seed: seed, stream: "families")
    for (index, place) in classes.enumerated() {
      for _ in place.pupils { addPupil(classIndex: index, grade: place.grade) }
    }
    let families = groupIntoFamilies()
    nameAndAddParents(families)
  }

  var nextPhones: Phones { phones }

  /// A pupil with no name yet.
  private mutating func addPupil(classIndex: Int, grade: Int) {
    let window = birthWindow(grade: grade)
    people.append(
      GeneratedSchool.Person(
        family: "", given: "", middle: "", sex: random.chance(50) ? .male : .female,
        birth: window.adding(days: random.below(365)), phone: phones.next()))
    // Most came in the first grade, some later.
    let stays = random.chance(85) ? grade - 1 : random.below(grade)
    pupils.append(
      GeneratedSchool.Pupil(
        person: people.count - 1, classIndex: classIndex, enrolled: SchoolYear(startYear: year.startYear - stays).starts
      ))
  }

  /// The first day on which a pupil of the grade may be born.
  private func birthWindow(grade: Int) -> CivilDate { CivilDate(year.startYear - 7 - grade, 9, 1).adding(days: 180) }

  /// Lists of pupils, one or two in each, in the order of their first.
  private mutating func groupIntoFamilies() -> [[Int]] {
    var order = Array(pupils.indices)
    random.shuffle(&order)
    var sibling: [Int?] = Array(repeating: nil, count: pupils.count)
    for pair in 0..<(pupils.count * Families.siblingPercent / 100) {
      let (first, second) = (order[2 * pair], order[2 * pair + 1])
      sibling[min(first, second)] = max(first, second)
      sibling[max(first, second)] = min(first, second)
      separateBirths(first, second)
    }
    return pupils.indices.compactMap { pupil in
      guard let other = sibling[pupil] else { return [pupil] }
      return pupil < other ? [pupil, other] : nil
    }
  }

  /// Siblings born too soon after each other become twins, or the younger one is born later.
  private mutating func separateBirths(_ first: Int, _ second: Int) {
    guard abs(people[first].birth.day - people[second].birth.day) < 300 else { return }
    if abs(people[first].birth.day - people[second].birth.day) < 60 {
      people[second].birth = people[first].birth
    } else {
      let later = people[first].birth < people[second].birth ? second : first
      let earlier = later == first ? second : first
      people[later].birth = people[earlier].birth.adding(days: 300 + random.below(20))
    }
  }

  private mutating func nameAndAddParents(_ families: [[Int]]) {
    let wanted = (pupils.count * Families.parentsPer45Pupils + 22) / 45
    var order = Array(families.indices)
    random.shuffle(&order)
    let twoParents = min(families.count * Families.twoParentPercent / 100, max(0, wanted - families.count))
    let relatives = min(families.count, max(0, wanted - families.count - twoParents))
    var hasTwo = Array(repeating: false, count: families.count)
    var hasRelative = hasTwo
    for index in order.prefix(twoParents) { hasTwo[index] = true }
    for index in order.suffix(relatives) { hasRelative[index] = true }
    for (index, children) in families.enumerated() {
      addFamily(children, hasTwo: hasTwo[index], hasRelative: hasRelative[index])
    }
  }

  private mutating func addFamily(_ children: [Int], hasTwo: Bool, hasRelative: Bool) {
    let stock = NameStock.pick(&random)
    let surname = random.pick(stock.surnames)
    let father = random.pick(stock.men)
    for child in children {
      let person = pupils[child].person
      let sex = people[person].sex
      people[person].family = surname.form(sex)
      people[person].given = random.pick(sex == .male ? stock.boys : stock.girls)
      people[person].middle = father.patronymic(sex)
    }
    let oldest = children.map { people[pupils[$0].person].birth }.min() ?? year.starts
    let isMotherAlone = random.chance(85)
    if hasTwo || isMotherAlone {
      let own = random.chance(85) ? surname : random.pick(stock.surnames)
      add(own, random.pick(stock.women), .female, .mother, children, stock, bornBefore: oldest, years: 20...38)
      mothers.append(parents.count - 1)
    }
    if hasTwo || !isMotherAlone {
      add(surname, father.name, .male, .father, children, stock, bornBefore: oldest, years: 22...40)
    }
    if hasRelative {
      let sex: Sex = random.chance(80) ? .female : .male
      let given = sex == .female ? random.pick(stock.women) : random.pick(stock.men).name
      let relation: GeneratedSchool.Relation = random.chance(25) ? .guardian : .relative
      add(surname, given, sex, relation, children, stock, bornBefore: oldest, years: 45...62)
    }
  }

  private mutating func add(
    _ surname: Surname, _ given: String, _ sex: Sex, _ relation: GeneratedSchool.Relation, _ children: [Int],
    _ stock: NameStock, bornBefore child: CivilDate, years: ClosedRange<Int>
  ) {
    people.append(
      GeneratedSchool.Person(
        family: surname.form(sex), given: given, middle: random.pick(stock.men).patronymic(sex), sex: sex,
        birth: child.adding(days: -365 * random.number(in: years) - random.below(365)), phone: phones.next()))
    parents.append(people.count - 1)
    links += children.map { GeneratedSchool.Link(parent: parents.count - 1, pupil: $0, relation: relation) }
  }
}
