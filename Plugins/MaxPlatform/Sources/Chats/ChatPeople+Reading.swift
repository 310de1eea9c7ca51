import PluginKit

extension ChatPeople {
  /// Whoever leaves a chat of school is brought back so often in a day, then left alone.
  static let mostReturns = 3
  private static let dayMs: Int64 = 86_400_000

  /// Takes what a reading said: of `asked`, or of everybody (nil). `marks`: how uncertain each was when the reading
  /// began; doubts that came later stay. Bots are nobody's business here. An administrator of ours who lacks a right is
  /// none yet, and is made one anew; anybody else is one with any right.
  func saw(
    _ members: [PlatformMember], among asked: Set<Int64>?, _ row: ChatRow, _ marks: [Int64: Int]
  ) throws {
    let there = Dictionary(members.filter { !$0.isBot }.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let bots = Set(members.filter(\.isBot).map(\.id))
    let known = Dictionary(
      try all().filter { asked?.contains($0.memberID) ?? true }.map { ($0.memberID, $0) },
      uniquingKeysWith: { first, _ in first })
    try clearDoubts(asked.map { asked in marks.filter { asked.contains($0.key) } } ?? marks)
    for bot in bots where known[bot] != nil { try forget(bot) }
    let came = there.values.filter { known[$0.id]?.isPresent != true || known[$0.id]?.isRefused == true }
    try joined(Set(came.map(\.id)))
    let ours = try wantedMembers(administratorsOnly: true)
    let isAdministrator = { (member: PlatformMember) in
      member.isAdministrator && (member.hasAllRights || !ours.contains(member.id))
    }
    let wasAdministrator = { (id: Int64) in known[id].map { $0.isPresent && $0.isAdministrator } ?? false }
    try made(Set(there.values.filter { isAdministrator($0) && !wasAdministrator($0.id) }.map(\.id)))
    for member in there.values where !isAdministrator(member) && wasAdministrator(member.id) { try unmade(member.id) }
    // They are there: whatever was said of their leaving is over.
    try insert(
      Set(there.keys.filter { known[$0]?.wasSeenLeaving == true }),
      "UPDATE max_platform_chat_actual SET hint = NULL WHERE chat_id = :chat AND member_id = :member AND :now > 0")
    let missing = known.values.filter { there[$0.memberID] == nil && !bots.contains($0.memberID) }
    try notThere(missing, row)
  }

  /// Clears doubts that were there when a reading began, unless more have come since.
  private func clearDoubts(_ marks: [Int64: Int]) throws {
    guard !marks.isEmpty else { return }
    try transaction.insertMany(
      "UPDATE max_platform_chat_actual SET uncertain = 0 WHERE chat_id = ? AND member_id = ? AND uncertain = ?",
      JSONValue(
        marks.map { member, seen -> JSONValue in [JSONValue(chat), JSONValue(member), JSONValue(seen)] }))
  }

  private func notThere(_ missing: [Known], _ row: ChatRow) throws {
    guard !missing.isEmpty else { return }
    let wanted = try wantedMembers()
    for known in missing {
      let isWanted = wanted.contains(known.memberID)
      if isWanted, known.wasSeenLeaving, !known.isGone {
        try departed(known.memberID, row)
      } else if known.isPresent {
        try insert(
          [known.memberID],
          """
          UPDATE max_platform_chat_actual SET present = 0, administrator = 0, leave = 0, hint = NULL, since = :now
          WHERE chat_id = :chat AND member_id = :member
          """)
      }
      // Of somebody who is neither there nor wanted nothing is to be remembered.
      try transaction.query(
        """
        DELETE FROM max_platform_chat_actual WHERE chat_id = ? AND member_id = ? AND present = 0 AND uncertain = 0
          AND (refused IS NULL AND gone = 0 OR ?)
        """, [JSONValue(chat), JSONValue(known.memberID), JSONValue(!isWanted)])
    }
  }

  /// Somebody who is wanted left by themselves: brought back, or not.
  private func departed(_ member: Int64, _ row: ChatRow) throws {
    let keys: JSONValue = [JSONValue(chat), JSONValue(member), JSONValue(nowMs)]
    try transaction.query(
      "DELETE FROM max_platform_chat_departures WHERE chat_id = ? AND member_id = ? AND at <= ? - \(Self.dayMs)", keys)
    try transaction.query(
      "INSERT INTO max_platform_chat_departures (chat_id, member_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", keys)
    let times = try transaction.first(
      "SELECT count(*) AS times FROM max_platform_chat_departures WHERE chat_id = ? AND member_id = ?",
      [JSONValue(chat), JSONValue(member)])
    let isGone = !row.kind.isMandatory || (times?["times"]?.int ?? 0) > Self.mostReturns
    try transaction.query(
      """
      UPDATE max_platform_chat_actual SET present = 0, administrator = 0, leave = 0, hint = NULL, gone = ?, since = ?
      WHERE chat_id = ? AND member_id = ?
      """, [JSONValue(isGone), JSONValue(nowMs), JSONValue(chat), JSONValue(member)])
  }

  private func wantedMembers(administratorsOnly: Bool = false) throws -> Set<Int64> {
    let rows = try transaction.rows(
      """
      SELECT m.member_id FROM max_platform_chat_desired AS d JOIN max_platform_members AS m ON m.user_id = d.user_id
      WHERE d.chat_id = ? AND m.member_id IS NOT NULL AND (d.administrator = 1 OR NOT ?)
      """, [JSONValue(chat), JSONValue(administratorsOnly)])
    return Set(rows.compactMap { $0["member_id"]?.int64 })
  }
}
