/// What other plugins may read. A view of a version never loses or changes a column; it may gain some.
///
/// Dates are ISO 8601, flags 0 and 1, absent values NULL. No view shows a password's hash.
enum PublishedViews {
  static let sql = [
    """
    CREATE VIEW school_v1_organization AS
    SELECT o.id, o.name, o.short_name, o.time_zone, o.platform_address, o.chat_administrator_id,
      e.person_id AS chat_administrator_person_id, o.request_expiry_hours, o.removal_threshold_percent,
      y.id AS year_id, y.title AS year, y.starts AS year_starts, y.ends AS year_ends
    FROM school_organization o
    LEFT JOIN school_employees e ON e.id = o.chat_administrator_id
    LEFT JOIN school_academic_years y ON y.is_current = 1
    """,
    "CREATE VIEW school_v1_lesson_kinds AS SELECT position, title FROM school_lesson_kinds",
    """
    CREATE VIEW school_v1_people AS
    SELECT id, family_name, given_name, middle_name, full_name, birth_date, sex, phone, email FROM school_people
    """,
    // roles: words in order, e.g. 'employee parent'.
    """
    CREATE VIEW school_v1_accounts AS
    SELECT a.id, a.login, a.person_id, a.full_name, a.blocked,
      (SELECT group_concat(role, ' ') FROM school_account_roles r WHERE r.account_id = a.id) AS roles
    FROM school_accounts a
    """,
    "CREATE VIEW school_v1_account_roles AS SELECT account_id, role FROM school_account_roles",
    // is_teaching: an open position of «Администрация» or «Педагогический состав», which is who the teachers are.
    """
    CREATE VIEW school_v1_employees AS
    SELECT e.id, e.person_id, e.full_name, e.position, e.position_type, e.hired, e.dismissed, e.blocked,
      EXISTS (SELECT 1 FROM school_positions p WHERE p.employee_id = e.id AND p.dismissed IS NULL
        AND p.type IN ('Администрация', 'Педагогический состав')) AS is_teaching
    FROM school_employees e
    """,
    """
    CREATE VIEW school_v1_positions AS
    SELECT id, employee_id, title, type, hired, dismissed FROM school_positions
    """,
    """
    CREATE VIEW school_v1_pupils AS
    SELECT id, person_id, full_name, state, class_id, class_title, enrolled, left_on FROM school_pupils
    """,
    """
    CREATE VIEW school_v1_enrolments AS
    SELECT id, pupil_id, class_id, since, until, reason, end_reason FROM school_enrolments
    """,
    "CREATE VIEW school_v1_parents AS SELECT id, person_id, full_name, children FROM school_parents",
    """
    CREATE VIEW school_v1_parent_links AS
    SELECT k.parent_id, r.person_id AS parent_person_id, k.pupil_id, u.person_id AS pupil_person_id,
      u.class_id, k.relation
    FROM school_parent_links k
    JOIN school_parents r ON r.id = k.parent_id JOIN school_pupils u ON u.id = k.pupil_id
    """,
    """
    CREATE VIEW school_v1_classes AS
    SELECT c.id, c.title, c.grade, c.letter, c.cohort, c.archived, c.homeroom_teacher_id,
      e.person_id AS homeroom_person_id, c.homeroom_teacher, c.pupils
    FROM school_classes c LEFT JOIN school_employees e ON e.id = c.homeroom_teacher_id
    """,
    "CREATE VIEW school_v1_subjects AS SELECT id, title FROM school_subjects",
    """
    CREATE VIEW school_v1_groups AS
    SELECT g.id, g.title, g.subject_id, g.subject, g.part, g.classes, g.teacher_id,
      e.person_id AS teacher_person_id, g.teacher, g.whole_class, g.archived, g.pupils, g.year_id
    FROM school_groups g LEFT JOIN school_employees e ON e.id = g.teacher_id
    """,
    "CREATE VIEW school_v1_group_classes AS SELECT group_id, class_id FROM school_group_classes",
    """
    CREATE VIEW school_v1_group_members AS
    SELECT g.id AS group_id, u.id AS pupil_id, u.person_id
    FROM school_groups g JOIN school_group_classes gc ON gc.group_id = g.id
    JOIN school_pupils u ON u.class_id = gc.class_id WHERE g.whole_class = 1
    UNION ALL
    SELECT m.group_id, u.id, u.person_id
    FROM school_group_members m JOIN school_groups g ON g.id = m.group_id
    JOIN school_pupils u ON u.id = m.pupil_id WHERE g.whole_class = 0
    """,
    // conducted_by: who gives the lesson, the substitute where there is one.
    """
    CREATE VIEW school_v1_lessons AS
    SELECT l.id, l.date, l.number, l.starts, l.ends, l.group_id, l.group_title, l.room, g.subject_id, g.subject,
      g.classes, g.teacher_id, l.substitute_id, coalesce(l.substitute_id, g.teacher_id) AS conducted_by, l.cancelled
    FROM school_lessons l JOIN school_groups g ON g.id = l.group_id
    """,
    """
    CREATE VIEW school_v1_plans AS
    SELECT id, group_id, group_title, number, title, hours FROM school_plan_topics
    """,
  ]
}
