import PluginKit

/// Who learned in a group, and on which days: the pupils of its classes then, not those of today. A group of a part of a
/// class remembers only today's members; of them those count who were in the class.
///
/// Where nobody is known for those days, as after an import that tells no days of enrolment, today's pupils stand in.
struct Membership: Sendable {
  /// `2026-09-01`; `until` is the first day on which the pupil is not there any more.
  private struct Span: Sendable {
    let since: String
    let until: String?

    func has(_ day: String) -> Bool { since <= day && until.map { day < $0 } ?? true }
  }

  private var spans: [String: [Span]] = [:]

  /// `from`, `until`: the first and the last day that matter.
  init(_ group: String, from: String, until: String, _ transaction: Transaction) throws {
    let bindings: JSONValue = [
      "group": JSONValue(group), "from": JSONValue(from), "until": JSONValue(until),
    ]
    let enrolled = try transaction.rows(
      """
      SELECT e.pupil_id, e.since, e.until FROM school_v1_groups g
      JOIN school_v1_group_classes gc ON gc.group_id = g.id
      JOIN school_v1_enrolments e ON e.class_id = gc.class_id
      WHERE g.id = :group AND e.since <= :until AND (e.until IS NULL OR e.until > :from)
        AND (g.whole_class = 1 OR e.pupil_id IN (SELECT pupil_id FROM school_v1_group_members WHERE group_id = :group))
      """, bindings)
    for row in enrolled {
      let span = Span(since: row["since"]?.string ?? "", until: row["until"]?.string)
      spans[row["pupil_id"]?.string ?? "", default: []].append(span)
    }
    guard spans.isEmpty else { return }
    let today = try transaction.rows(
      "SELECT pupil_id FROM school_v1_group_members WHERE group_id = ?", [JSONValue(group)])
    for row in today { spans[row["pupil_id"]?.string ?? ""] = [Span(since: "", until: nil)] }
  }

  var pupils: [String] { spans.keys.sorted() }

  func has(_ pupil: String, on day: String) -> Bool { spans[pupil]?.contains { $0.has(day) } == true }
}
