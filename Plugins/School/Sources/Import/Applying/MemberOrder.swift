import PluginKit

/// The package's members as ours: which group and which pupil each of them is, and the order in which the registry keeps
/// them. Rows that are written in the order of their table's key go to the end of it one after the other, which costs
/// a fraction of what rows in any order do.
struct MemberOrder {
  /// Numbers of our groups and pupils, one for each member; 0 where there is none.
  let groups: [Int32]
  let pupils: [Int32]
  /// Places of those who are members and have both, each pair once, in the order of `group_id, pupil_id`.
  let order: [UInt32]
  /// Numbers of the classes in which they learn, by staged users; 0 for none.
  let homes: [Int32]

  /// Of groups whose members this import says.
  init(_ members: StagedMembers, _ transaction: Transaction) throws {
    let groups = try StagedNumbers(
      "SELECT n, group_n AS ours FROM school_staged_classes WHERE in_scope = 1 ORDER BY 'g' || group_n, n", transaction)
    let pupils = try StagedNumbers(
      """
      SELECT u.n, u.pupil_n AS ours, CAST(substr(p.class_id, 2) AS INTEGER) AS home
      FROM school_staged_users u JOIN school_pupils p ON p.n = u.pupil_n ORDER BY p.id, u.n
      """, transaction)
    let ourGroups = members.classes.map { groups.ours($0) }
    let ourPupils = members.users.map { pupils.ours($0) }
    let places = (0..<UInt32(members.count)).filter { ourGroups[Int($0)] > 0 && ourPupils[Int($0)] > 0 }
    // By the lesser key first: the second pass keeps the order of the first where the greater key is the same.
    let byPupil = MemberOrder.sorted(places, pupils.count) { pupils.rank(members.users[$0]) }
    let sorted = MemberOrder.sorted(byPupil, groups.count) { groups.rank(members.classes[$0]) }
    order = MemberOrder.decided(sorted, members)
    self.groups = ourGroups
    self.pupils = ourPupils
    homes = pupils.homes
  }

  /// Of each class and user, which lie behind each other, the first that is active; none where none is.
  private static func decided(_ places: [UInt32], _ members: StagedMembers) -> [UInt32] {
    var decided: [UInt32] = []
    decided.reserveCapacity(places.count)
    var last = -1
    for place in places where members.active[Int(place)] == 1 {
      defer { last = Int(place) }
      let isAnother =
        last < 0 || members.classes[last] != members.classes[Int(place)]
        || members.users[last] != members.users[Int(place)]
      if isAnother { decided.append(place) }
    }
    return decided
  }

  /// A counting sort that keeps equal ones as they are. Ranks are 0 to `ranks` − 1.
  private static func sorted(_ places: [UInt32], _ ranks: Int, by rank: (Int) -> Int) -> [UInt32] {
    var starts = [Int](repeating: 0, count: ranks + 1)
    for place in places { starts[rank(Int(place)) + 1] += 1 }
    for rank in 0..<ranks { starts[rank + 1] += starts[rank] }
    var sorted = [UInt32](repeating: 0, count: places.count)
    for place in places {
      let rank = rank(Int(place))
      sorted[starts[rank]] = place
      starts[rank] += 1
    }
    return sorted
  }
}

/// Our numbers of staged rows, and their places in the order of our ids, looked up by the numbers of the staged rows.
private struct StagedNumbers {
  private var numbers: [Int32] = []
  private var ranks: [Int32] = []
  private(set) var homes: [Int32] = []
  private(set) var count = 0

  /// `sql` gives `n, ours` and perhaps `home`, in the order of our ids.
  init(_ sql: String, _ transaction: Transaction) throws {
    for row in try transaction.rows(sql) {
      guard let staged = row["n"]?.int, let ours = row["ours"]?.int else { continue }
      if staged >= numbers.count {
        for _ in numbers.count...max(staged, numbers.count * 2) {
          numbers.append(0)
          ranks.append(0)
          homes.append(0)
        }
      }
      numbers[staged] = Int32(ours)
      ranks[staged] = Int32(count)
      homes[staged] = Int32(row["home"]?.int ?? 0)
      count += 1
    }
  }

  func ours(_ staged: Int32) -> Int32 { Int(staged) < numbers.count ? numbers[Int(staged)] : 0 }
  /// Of a staged row that is one of ours.
  func rank(_ staged: Int32) -> Int { Int(ranks[Int(staged)]) }
}
