import PluginKit

/// Who is in which group, by the package: up to a million of them, so columns of numbers in memory and no rows of a
/// staging table. SQL reads them where they lie, see `table`. The same class and user may be there several times; the
/// first word counts, but that somebody is a member counts more than that somebody is not.
struct StagedMembers {
  /// SQL: them as a table, in a statement that `columns` are lent to. active 0: a delta says that it is over.
  static let table = "(SELECT a AS class, b AS user, c AS sourced_id, d AS active FROM shell_columns)"

  /// Numbers of staged classes and users.
  private(set) var classes: [Int32] = []
  private(set) var users: [Int32] = []
  private(set) var active: [Int32] = []
  /// The enrolments' ids; empty for members whom a delta does not name.
  private(set) var ids = Columns.Texts()

  /// `expected`: about how many there will be.
  init(expecting expected: Int = 0) {
    classes.reserveCapacity(expected)
    users.reserveCapacity(expected)
    active.reserveCapacity(expected)
    ids.starts.reserveCapacity(expected)
    ids.ends.reserveCapacity(expected)
  }

  var count: Int { classes.count }

  var columns: Columns { Columns([.int32(classes), .int32(users), .text(ids), .int32(active)]) }

  /// Adds a row, `id` being where its id will stand in the bytes of all.
  mutating func add(class staged: Int32, user: Int32, id: Range<UInt32>, isActive: Bool) {
    classes.append(staged)
    users.append(user)
    active.append(isActive ? 1 : 0)
    ids.starts.append(id.lowerBound)
    ids.ends.append(id.upperBound)
  }

  /// Takes over the bytes that the ids stand in, once all are known.
  mutating func close(_ bytes: [UInt8]) { ids.bytes = bytes }

  /// Adds members that groups have, but for those of whom the package has said something.
  mutating func addPresent(_ present: [(class: Int32, users: [Int32])]) {
    var named: Set<UInt64> = []
    named.reserveCapacity(count)
    for place in 0..<count { named.insert(Self.pair(classes[place], users[place])) }
    for group in present {
      for user in group.users where !named.contains(Self.pair(group.class, user)) {
        add(class: group.class, user: user, id: 0..<0, isActive: true)
      }
    }
  }

  private static func pair(_ staged: Int32, _ user: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: staged)) << 32 | UInt64(UInt32(bitPattern: user))
  }
}
