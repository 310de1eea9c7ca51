/// Who has a class or a group, as it follows from the roster: what rights of teachers are made of.
enum TeachingView {
  // role: `teaches` a group (a line for each of its classes), `leads` a class (group_id NULL). Archived ones are not
  // here, nor is anybody who was dismissed. Who gives one lesson is `conducted_by` of school_v1_lessons.
  static let sql = [
    """
    CREATE VIEW school_v1_teaching AS
    SELECT e.id AS employee_id, e.person_id, 'teaches' AS role, g.id AS group_id, gc.class_id
    FROM school_groups g JOIN school_employees e ON e.id = g.teacher_id
    JOIN school_group_classes gc ON gc.group_id = g.id WHERE g.archived = 0 AND e.dismissed IS NULL
    UNION ALL
    SELECT e.id, e.person_id, 'leads', NULL, c.id
    FROM school_classes c JOIN school_employees e ON e.id = c.homeroom_teacher_id
    WHERE c.archived = 0 AND e.dismissed IS NULL
    """
  ]
}
