/// The rules of who belongs to a chat, as two views. A rule is one arm of `chats_given`; a person is in a chat while
/// at least one arm gives them.
enum GivenReasons {
  static let sql = [
    "CREATE VIEW chats_living AS SELECT id, kind, class_id, group_id FROM chats_chats WHERE listed = 1",

    "CREATE VIEW chats_given AS " + arms.joined(separator: "\nUNION ALL "),

    // The sum: reasons less exclusions. The Sferum chat administrator can't be left out, nor lose the mark.
    """
    CREATE VIEW chats_effective AS
    SELECT r.chat_id, r.person_id, r.side,
      CASE WHEN r.side <> 'employee' THEN 0 WHEN max(r.reason = 'administration') THEN 1
        ELSE coalesce((SELECT k.administrator FROM chats_marks k
          WHERE k.chat_id = r.chat_id AND k.person_id = r.person_id), max(r.administrator)) END AS administrator
    FROM chats_reasons r
    WHERE r.reason = 'administration' OR NOT EXISTS (SELECT 1 FROM chats_exclusions x
      WHERE x.chat_id = r.chat_id AND x.person_id = r.person_id AND x.side = r.side)
    GROUP BY r.chat_id, r.person_id, r.side
    """,
  ]

  private static let arms = [
    // An open position of «Администрация» or «Педагогический состав».
    """
    SELECT c.id AS chat_id, e.person_id, 'employee' AS side, 'position' AS reason, e.id AS source, 0 AS administrator
    FROM chats_living c JOIN school_v1_employees e ON e.dismissed IS NULL AND e.is_teaching = 1
    WHERE c.kind = 'teachers'
    """,
    """
    SELECT c.id, e.person_id, 'employee', 'administration', e.id, 1
    FROM chats_living c JOIN school_v1_organization o
    JOIN school_v1_employees e ON e.id = o.chat_administrator_id AND e.dismissed IS NULL
    """,
    """
    SELECT c.id, k.homeroom_person_id, 'employee', 'homeroom', k.id, 1
    FROM chats_living c JOIN school_v1_classes k ON k.id = c.class_id WHERE k.homeroom_person_id IS NOT NULL
    """,
    """
    SELECT c.id, u.person_id, 'pupil', 'enrolment', u.id, 0
    FROM chats_living c JOIN school_v1_pupils u ON u.class_id = c.class_id
    WHERE c.kind = 'class' AND u.state = 'studying'
    """,
    """
    SELECT c.id, k.parent_person_id, 'parent', 'parenthood', k.pupil_id, 0
    FROM chats_living c JOIN school_v1_parent_links k ON k.class_id = c.class_id WHERE c.kind = 'parents'
    """,
    """
    SELECT c.id, m.person_id, 'pupil', 'group', m.pupil_id, 0
    FROM chats_living c JOIN school_v1_group_members m ON m.group_id = c.group_id
    """,
    // While somebody stands in on the day of a lesson, the teacher's mark is theirs.
    """
    SELECT c.id, g.teacher_person_id, 'employee', 'teaching', g.id,
      NOT EXISTS (SELECT 1 FROM chats_substitutions s WHERE s.group_id = g.id AND s.on_duty = 1)
    FROM chats_living c JOIN school_v1_groups g ON g.id = c.group_id WHERE g.teacher_person_id IS NOT NULL
    """,
    """
    SELECT c.id, s.person_id, 'employee', 'substitution', s.lesson_id, 1
    FROM chats_living c JOIN chats_substitutions s ON s.group_id = c.group_id
    """,
    // By hand; for as long as they belong to the school at all.
    """
    SELECT c.id, h.person_id, 'employee', 'hand', e.id, 0
    FROM chats_living c JOIN chats_hand h ON h.chat_id = c.id AND h.side = 'employee'
    JOIN school_v1_employees e ON e.person_id = h.person_id AND e.dismissed IS NULL
    """,
    """
    SELECT c.id, h.person_id, 'pupil', 'hand', u.id, 0
    FROM chats_living c JOIN chats_hand h ON h.chat_id = c.id AND h.side = 'pupil'
    JOIN school_v1_pupils u ON u.person_id = h.person_id AND u.state = 'studying'
    """,
    """
    SELECT c.id, h.person_id, 'parent', 'hand', r.id, 0
    FROM chats_living c JOIN chats_hand h ON h.chat_id = c.id AND h.side = 'parent'
    JOIN school_v1_parents r ON r.person_id = h.person_id
    WHERE EXISTS (SELECT 1 FROM school_v1_parent_links k WHERE k.parent_id = r.id AND k.class_id IS NOT NULL)
    """,
  ]
}
