import PluginKit

/// Which groups are of whole classes, and of which.
extension RosterApply {
  func findWhole(_ wanted: MemberOrder) throws {
    try notePairs(wanted)
    try run(
      """
      INSERT OR IGNORE INTO school_staged_pairs(class, class_id, members)
      SELECT h.class, 'c' || c.class_n, 0 FROM school_staged_homes h JOIN school_staged_classes c ON c.n = h.home
      WHERE c.class_n IS NOT NULL
      """)
    try run(
      """
      UPDATE school_staged_classes AS s SET whole = 1 WHERE in_scope = 1
        AND EXISTS (SELECT 1 FROM school_staged_pairs q WHERE q.class = s.n)
        AND NOT EXISTS (SELECT 1 FROM school_staged_pairs q LEFT JOIN school_classes c ON c.id = q.class_id
          WHERE q.class = s.n AND (c.id IS NULL OR c.pupils <> q.members))
      """)
    try run(
      """
      UPDATE school_staged_classes AS s SET was_whole = g.whole_class FROM school_groups g
      WHERE g.n = s.group_n AND s.is_new = 0
      """)
  }

  /// How many members of each group learn in each class, counted group by group, as they lie behind each other.
  private func notePairs(_ wanted: MemberOrder) throws {
    var (classes, homes, counts): ([Int32], [Int32], [Int32]) = ([], [], [])
    var places: [Int32: Int] = [:]
    var last: Int32 = 0
    for place in wanted.order {
      let staged = members.classes[Int(place)]
      if staged != last { places.removeAll(keepingCapacity: true) }
      last = staged
      let home = wanted.homes[Int(place)]
      if let known = places[home] {
        counts[known] += 1
        continue
      }
      places[home] = counts.count
      classes.append(staged)
      homes.append(home)
      counts.append(1)
    }
    guard !counts.isEmpty else { return }
    try run(
      """
      INSERT INTO school_staged_pairs(class, class_id, members)
      SELECT a, CASE b WHEN 0 THEN '' ELSE 'c' || b END, c FROM shell_columns
      """, over: Columns([.int32(classes), .int32(homes), .int32(counts)]))
  }

  func applyGroupClasses() throws {
    let wanted = """
      SELECT 'g' || s.group_n AS group_id, q.class_id FROM school_staged_pairs q
      JOIN school_staged_classes s ON s.n = q.class WHERE q.class_id <> ''
      """
    try operation.noteAbsent(.groupClasses, "\(wanted) EXCEPT SELECT group_id, class_id FROM school_group_classes")
    try run("INSERT OR IGNORE INTO school_group_classes(group_id, class_id) \(wanted)")
    try run(
      """
      DELETE FROM school_group_classes AS k WHERE group_id IN (SELECT 'g' || s.group_n FROM school_staged_classes s
          WHERE EXISTS (SELECT 1 FROM school_staged_pairs q WHERE q.class = s.n AND q.class_id <> ''))
        AND NOT EXISTS (SELECT 1 FROM school_staged_classes s JOIN school_staged_pairs q ON q.class = s.n
          WHERE s.group_n = CAST(substr(k.group_id, 2) AS INTEGER) AND q.class_id = k.class_id)
      """)
  }

  func applyWhole() throws {
    counts[.groups].changed += try number(
      "SELECT count(*) AS n FROM school_staged_classes WHERE in_scope = 1 AND is_new = 0 AND whole <> was_whole")
    let part = """
      CASE WHEN s.part IS NOT NULL THEN s.part WHEN s.subject IS NULL THEN g.part WHEN s.whole = 1 THEN ''
        WHEN s.title = s.subject THEN '' ELSE s.title END
      """
    try run(
      """
      UPDATE school_groups AS g SET whole_class = s.whole, part = \(part) FROM school_staged_classes s
      WHERE s.group_n = g.n AND s.in_scope = 1 AND (g.whole_class <> s.whole OR g.part <> \(part))
      """)
    let whole = "group_id IN (SELECT 'g' || group_n FROM school_staged_classes WHERE in_scope = 1 AND whole = 1)"
    try keep(.groupMembers, where: whole)
    try run("DELETE FROM school_group_members WHERE \(whole)")
  }
}
