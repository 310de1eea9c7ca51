/// How a number of pupils is put into classes.
enum ClassLayout {
  struct Place: Equatable, Sendable {
    let grade: Int
    let letter: String
    /// Classes of one block share their teachers.
    let block: Int
    let pupils: Int
  }

  // Е with dots, hard and soft signs and Ы name no class.
  private static let letters = Array("АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ")
  /// Classes of the eleven grades by their share: the last two are half as many.
  private static let shares = [10, 10, 10, 10, 10, 10, 10, 10, 10, 5, 5]

  /// Classes in the order of their titles, some 22 pupils each; at least one.
  static func places(pupils: Int, _ random: inout SplitMix64) -> [Place] {
    let count = max(1, (pupils * 2 + 22) / 45)
    var sizes = (0..<count).map { pupils * ($0 + 1) / count - pupils * $0 / count }
    for index in stride(from: 0, to: count - 1, by: 2) {
      let moved = min(random.below(4), sizes[index] - 1)
      sizes[index] -= max(0, moved)
      sizes[index + 1] += max(0, moved)
    }
    var places: [Place] = []
    var share = 0
    for (index, part) in shares.enumerated() {
      let before = (count * share + 50) / 100
      share += part
      for place in 0..<((count * share + 50) / 100 - before) {
        places.append(
          Place(grade: index + 1, letter: letter(place), block: place / 2, pupils: sizes[places.count]))
      }
    }
    return places
  }

  private static func letter(_ index: Int) -> String {
    let round = index / letters.count
    return String(letters[index % letters.count]) + (round == 0 ? "" : String(round + 1))
  }
}
