import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

/// Any sequence of roster commands, restorations, roll-overs and undos keeps what must hold.
@Suite struct RosterPropertyTests {
  /// What must hold after every step: queries that find what breaks it.
  private static let invariants: [(rule: String, sql: String)] = [
    (
      "a pupil has one open enrolment at most, and it is where the lists say",
      """
      SELECT u.id FROM school_pupils u WHERE u.class_id IS NOT (
        SELECT class_id FROM school_enrolments e WHERE e.pupil_id = u.id AND e.until IS NULL)
      OR (u.state = 'studying') <> EXISTS (
        SELECT 1 FROM school_enrolments e WHERE e.pupil_id = u.id AND e.until IS NULL)
      """
    ),
    (
      "members of a group learn in its classes",
      """
      SELECT m.group_id FROM school_group_members m JOIN school_groups g ON g.id = m.group_id
      JOIN school_pupils u ON u.id = m.pupil_id
      WHERE g.archived = 0 AND NOT EXISTS (SELECT 1 FROM school_group_classes gc
        WHERE gc.group_id = g.id AND gc.class_id = u.class_id)
      """
    ),
    (
      "nobody who was dismissed teaches, leads a class, stands in or administers the chats",
      """
      SELECT e.id FROM school_employees e WHERE e.dismissed IS NOT NULL AND (
        EXISTS (SELECT 1 FROM school_groups g WHERE g.teacher_id = e.id AND g.archived = 0)
        OR EXISTS (SELECT 1 FROM school_classes c WHERE c.homeroom_teacher_id = e.id AND c.archived = 0)
        OR EXISTS (SELECT 1 FROM school_organization o WHERE o.chat_administrator_id = e.id)
        OR EXISTS (SELECT 1 FROM school_lessons l WHERE l.substitute_id = e.id
          AND (l.date > '2026-11-23' OR (l.date = '2026-11-23' AND l.ends > '12:00'))))
      """
    ),
    (
      "nobody learns in an archived class, and classes count their pupils",
      """
      SELECT c.id FROM school_classes c WHERE c.pupils <> (
        SELECT count(*) FROM school_enrolments e WHERE e.class_id = c.id AND e.until IS NULL)
      OR (c.archived = 1 AND c.pupils > 0)
      """
    ),
    (
      "groups count their members",
      """
      SELECT g.id FROM school_groups g WHERE g.archived = 0 AND g.pupils <> (
        SELECT count(*) FROM school_v1_group_members m WHERE m.group_id = g.id)
      """
    ),
    (
      "an employee without an open position is dismissed, and only then",
      """
      SELECT e.id FROM school_employees e WHERE (e.dismissed IS NULL) <> EXISTS (
        SELECT 1 FROM school_positions p WHERE p.employee_id = e.id AND p.dismissed IS NULL)
      """
    ),
    (
      "enrolments of one pupil do not overlap",
      """
      SELECT a.id FROM school_enrolments a JOIN school_enrolments b ON b.pupil_id = a.pupil_id AND b.n > a.n
      WHERE b.since < coalesce(a.until, '9999')
      """
    ),
  ]

  @Test(arguments: 1...4)
  func `F2, X3: any sequence of commands, undos and restorations keeps the roster whole`(seed: Int) async throws {
    let bench = try await SchoolBench.generated(pupils: 80, seed: seed)
    var random = SplitMix64(seed: UInt64(seed), stream: "property")
    var history: [String] = []
    var done = 0
    for _ in 0..<120 {
      let (command, arguments) = try step(bench, &random)
      history.append("\(command) \(arguments.text())")
      do throws(PluginFailure) {
        _ = try await bench.run(command, arguments)
        done += 1
      } catch {
        // Nonsense is refused in words; a defect is not a refusal.
        #expect(error.code != .internal, "\(history.last ?? ""): \(error)")
        continue
      }
      for (rule, sql) in Self.invariants {
        let broken = try bench.query(sql)
        guard broken.isEmpty else {
          Issue.record("\(rule): \(broken.count) after \(history.suffix(8).joined(separator: "\n"))")
          return
        }
      }
    }
    // Most of what is tried makes sense, or nothing would have been shown.
    #expect(done > 60, "\(done) of 120")
  }

  private func step(_ bench: SchoolBench, _ random: inout SplitMix64) throws -> (String, JSONValue) {
    func any(_ sql: String) throws -> JSONValue {
      let rows = try bench.query(sql)
      return rows.isEmpty ? "none" : rows[random.below(rows.count)].members?.first?.value ?? "none"
    }
    let pupil = try any("SELECT id FROM school_pupils WHERE state = 'studying'")
    let gone = try any("SELECT id FROM school_pupils WHERE state <> 'studying'")
    let place = try any("SELECT id FROM school_classes WHERE archived = 0")
    let teacher = try any("SELECT id FROM school_employees WHERE dismissed IS NULL")
    switch random.below(16) {
    case 0, 1: return ("school.transfer", ["pupil": pupil, "class": place])
    case 2: return ("school.expel", ["pupil": pupil])
    case 3: return ("school.graduate", ["pupil": pupil])
    case 4, 5: return ("school.restore", ["pupil": gone, "class": place])
    case 6:
      return ("school.cancelRestoration", ["pupil": try any("SELECT id FROM school_pupils WHERE restored = 1")])
    case 7:
      return (
        "school.enrol",
        ["familyName": "Новый\(letters(&random))", "givenName": "Ученик", "class": place]
      )
    case 8:
      return (
        "school.hire",
        [
          "familyName": "Новый\(letters(&random))", "givenName": "Учитель", "position": "Учитель",
          "positionType": "Педагогический состав",
        ]
      )
    case 9: return ("school.dismiss", ["employee": teacher])
    case 10:
      let successor = try any("SELECT id FROM school_employees WHERE dismissed IS NULL")
      return ("school.dismiss", ["employee": teacher, "successor": successor])
    case 11:
      let group = try any("SELECT id FROM school_groups WHERE archived = 0")
      return ("school.setGroupTeacher", ["group": group, "employee": teacher])
    case 12: return ("school.setHomeroomTeacher", ["class": place, "employee": teacher])
    case 13:
      let group = try any("SELECT id FROM school_groups WHERE archived = 0 AND whole_class = 0")
      let pupils = try bench.query(
        """
        SELECT u.id FROM school_pupils u JOIN school_group_classes gc ON gc.class_id = u.class_id
        WHERE gc.group_id = '\(group.string ?? "")' ORDER BY u.n
        """)
      let some = pupils.compactMap { $0["id"] }.filter { _ in random.chance(50) }
      return ("school.setGroupMembers", ["group": group, "pupils": JSONValue(some)])
    case 14:
      let leaving = try bench.query("SELECT id FROM school_classes WHERE archived = 0 AND grade >= 9")
      return ("school.rollOver", ["leaving": JSONValue(leaving.compactMap { $0["id"] })])
    default:
      let last = try any("SELECT id FROM school_operations WHERE state = 'applied' ORDER BY n DESC LIMIT 1")
      return ("school.undoOperation", ["operation": last])
    }
  }

  private func letters(_ random: inout SplitMix64) -> String {
    String((0..<6).map { _ in random.pick(Array("абвгдежз")) })
  }
}
