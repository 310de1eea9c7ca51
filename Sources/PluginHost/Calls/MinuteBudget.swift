/// How much of something is taken in a minute.
struct MinuteBudget {
  enum Answer { case yes, last, no }

  let most: Int
  private var used = 0
  private var since: Int64 = 0

  init(_ most: Int) { self.most = most }

  mutating func take(_ amount: Int = 1, at now: Int64) -> Answer {
    if now - since >= 60_000 { (used, since) = (0, now) }
    let before = used
    used += amount
    if used <= most { return .yes }
    return before <= most ? .last : .no
  }
}
