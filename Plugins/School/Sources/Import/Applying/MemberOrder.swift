import PluginKit

/// The package's members as ours: which group and which pupil each of them is, and the order in which the registry keeps
/// them. Rows that are written in the order of their table's key go to the end of it one after the other, which costs
/// a fraction of what rows in any order do.
struct MemberOrder {
  /// Places of those who are members, of our groups and pupils, each pair once, in the order of `group_id, pupil_id`.
  let order: [UInt32]
  /// Columns for all places: `group_id, pupil_id`, the enrolment's id.
  let columns: Columns
  /// For all places the number of the class in which the pupil learns; 0 for none.
  let homes: [Int32]

  /// Of groups whose members this import says.
  init(_ members: StagedMembers, _ transaction: Transaction) throws {
    let groups = try RankedIDs(
      "SELECT n, 'g' || group_n AS id, 0 AS home FROM school_staged_classes WHERE in_scope = 1 ORDER BY id, n",
      transaction)
    let pupils = try RankedIDs(
      """
      SELECT u.n, p.id, coalesce(CAST(substr(p.class_id, 2) AS INTEGER), 0) AS home
      FROM school_staged_users u JOIN school_pupils p ON p.n = u.pupil_n ORDER BY p.id, u.n
      """, transaction)
    let (groupRanks, pupilRanks) = (members.classes.map(groups.rank), members.users.map(pupils.rank))
    let places = (0..<UInt32(members.count)).filter { groupRanks[Int($0)] >= 0 && pupilRanks[Int($0)] >= 0 }
    // By the lesser key first: the second pass keeps the order of the first where the greater key is the same.
    let byPupil = MemberOrder.sorted(places, by: pupilRanks, pupils.count)
    order = MemberOrder.decided(MemberOrder.sorted(byPupil, by: groupRanks, groups.count), members)
    columns = Columns([.text(groups.ids(groupRanks)), .text(pupils.ids(pupilRanks)), .text(members.ids)])
    homes = pupilRanks.map(pupils.home)
  }

  /// Of each class and user, which lie behind each other, the first that is active; none where none is.
  private static func decided(_ places: [UInt32], _ members: StagedMembers) -> [UInt32] {
    var decided: [UInt32] = []
    decided.reserveCapacity(places.count)
    var last: Int?
    for place in places.lazy.map({ Int($0) }) where members.active[place] == 1 {
      defer { last = place }
      if let last, members.classes[last] == members.classes[place], members.users[last] == members.users[place] {
        continue
      }
      decided.append(UInt32(place))
    }
    return decided
  }

  /// A counting sort that keeps equal ones as they are. Ranks are 0 to `count` − 1.
  private static func sorted(_ places: [UInt32], by ranks: [Int32], _ count: Int) -> [UInt32] {
    var starts = [Int](repeating: 0, count: count + 1)
    for place in places { starts[Int(ranks[Int(place)]) + 1] += 1 }
    for rank in 0..<count { starts[rank + 1] += starts[rank] }
    var sorted = [UInt32](repeating: 0, count: places.count)
    for place in places {
      let rank = Int(ranks[Int(place)])
      sorted[starts[rank]] = place
      starts[rank] += 1
    }
    return sorted
  }
}

/// Our ids of staged rows in their order, looked up by the numbers of the staged rows.
private struct RankedIDs {
  /// Places in the order, by staged number; −1 where there is none.
  private var ranks: [Int32] = []
  private var ids = Columns.Texts()
  private var homes: [Int32] = []

  /// `sql` gives `n, id, home` in the order of the ids.
  init(_ sql: String, _ transaction: Transaction) throws {
    for row in try transaction.rows(sql) {
      guard let staged = row["n"]?.int, let id = row["id"]?.string, let home = row["home"]?.int else { continue }
      if staged >= ranks.count {
        ranks += [Int32](repeating: -1, count: max(staged + 1, ranks.count * 2) - ranks.count)
      }
      ranks[staged] = Int32(homes.count)
      ids.append(id)
      homes.append(Int32(home))
    }
  }

  var count: Int { homes.count }

  func rank(_ staged: Int32) -> Int32 { Int(staged) < ranks.count ? ranks[Int(staged)] : -1 }

  func home(_ rank: Int32) -> Int32 { rank < 0 ? 0 : homes[Int(rank)] }

  /// The ids of those ranks, which share their bytes; empty where there is none.
  func ids(_ ranks: [Int32]) -> Columns.Texts {
    Columns.Texts(
      bytes: ids.bytes, starts: ranks.map { $0 < 0 ? 0 : ids.starts[Int($0)] },
      ends: ranks.map { $0 < 0 ? 0 : ids.ends[Int($0)] })
  }
}
