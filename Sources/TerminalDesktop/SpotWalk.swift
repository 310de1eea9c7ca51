/// Goes from spot to spot.
enum SpotWalk {
  enum Direction { case up, down, left, right }

  /// The spot that follows (`step` 1) or precedes (−1) in reading order, around the ends.
  static func next(_ spots: [Spot], from current: Spot?, step: Int) -> Spot? {
    guard !spots.isEmpty else { return nil }
    guard let place = current.flatMap({ now in spots.firstIndex { $0.action == now.action } }) else {
      return step > 0 ? spots.first : spots.last
    }
    return spots[(place + step + spots.count) % spots.count]
  }

  /// The nearest spot in a direction; nil at the page's edge.
  static func neighbour(_ spots: [Spot], of current: Spot?, _ direction: Direction) -> Spot? {
    guard let current else { return spots.first }
    switch direction {
    case .left: return spots.last { $0.line == current.line && $0.from < current.from }
    case .right: return spots.first { $0.line == current.line && $0.from > current.from }
    case .up, .down:
      let ahead = spots.filter { direction == .down ? $0.line > current.line : $0.line < current.line }
      let lines = ahead.map(\.line)
      guard let line = direction == .down ? lines.min() : lines.max() else { return nil }
      return ahead.filter { $0.line == line }.min { abs($0.from - current.from) < abs($1.from - current.from) }
    }
  }

  /// Where the cursor is after a page was drawn anew: on the same action, else as near to the old place as can be.
  static func restored(_ spots: [Spot], _ old: Spot?) -> Spot? {
    guard let old else { return nil }
    return spots.first { $0.action == old.action }
      ?? spots.min {
        (abs($0.line - old.line), abs($0.from - old.from)) < (abs($1.line - old.line), abs($1.from - old.from))
      }
  }
}
