import Testing

@testable import TerminalDesktop

struct WalkTests {
  private let spots = [
    Spot(line: 0, from: 0, to: 5, action: .shortcut("a")), Spot(line: 0, from: 10, to: 15, action: .shortcut("b")),
    Spot(line: 2, from: 8, to: 12, action: .shortcut("c")), Spot(line: 3, from: 0, to: 3, action: .shortcut("d")),
  ]

  @Test func `I4: Tab goes round in reading order, arrows to the nearest neighbour`() {
    #expect(SpotWalk.next(spots, from: nil, step: 1) == spots[0])
    #expect(SpotWalk.next(spots, from: spots[3], step: 1) == spots[0])
    #expect(SpotWalk.next(spots, from: spots[0], step: -1) == spots[3])
    #expect(SpotWalk.neighbour(spots, of: spots[1], .down) == spots[2])
    #expect(SpotWalk.neighbour(spots, of: spots[2], .up) == spots[1])
    #expect(SpotWalk.neighbour(spots, of: spots[0], .right) == spots[1])
    #expect(SpotWalk.neighbour(spots, of: spots[3], .down) == nil)
  }

  @Test func `I4: A page drawn anew keeps the cursor on its action, or as near as can be`() {
    let moved = [
      Spot(line: 5, from: 0, to: 5, action: .shortcut("b")), Spot(line: 2, from: 8, to: 9, action: .shortcut("x")),
    ]
    #expect(SpotWalk.restored(moved, spots[1]) == moved[0])
    #expect(SpotWalk.restored(moved, spots[2]) == moved[1])
    #expect(SpotWalk.restored([], spots[2]) == nil)
  }

  @Test func `A line is edited at its cursor, and a secret one shows no letter`() {
    var line = LineInput("дом", isSecret: false)
    for key in [Key.left, .backspace, .character("ы"), .home, .delete, .end, .character("!")] { _ = line.take(key) }
    #expect(line.text == "ым!")
    #expect(line.take(.enter) == .done)
    #expect(line.take(.escape) == .cancelled)
    var secret = LineInput("", isSecret: true)
    _ = secret.take(.character("ж"))
    #expect(secret.shown == "•")
    #expect(secret.text == "ж")
    _ = secret.take(.control("u"))
    #expect(secret.text.isEmpty)
  }
}
