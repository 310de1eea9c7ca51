/// Triggers that keep the columns which lists show beside a row's own: names, titles, counts. With them a sorted
/// page is one walk of an index, and whoever writes the tables cannot leave the lists behind.
enum ListColumns {
  static let sql = people + positions + accounts + enrolments + classes + groups + parents

  private static let people = [
    """
    CREATE TRIGGER school_people_renamed AFTER UPDATE OF family_name, given_name, middle_name ON school_people
    WHEN new.full_name IS NOT old.full_name BEGIN
      UPDATE school_employees SET full_name = new.full_name WHERE person_id = new.id;
      UPDATE school_pupils SET full_name = new.full_name WHERE person_id = new.id;
      UPDATE school_parents SET full_name = new.full_name WHERE person_id = new.id;
      UPDATE school_accounts SET full_name = new.full_name WHERE person_id = new.id;
    END
    """,
    """
    CREATE TRIGGER school_employees_renamed AFTER UPDATE OF full_name ON school_employees BEGIN
      UPDATE school_classes SET homeroom_teacher = new.full_name WHERE homeroom_teacher_id = new.id;
      UPDATE school_groups SET teacher = new.full_name WHERE teacher_id = new.id;
    END
    """,
  ]

  /// The main position: an open one before a closed one, the first taken before later ones.
  private static let positions = ["INSERT", "UPDATE", "DELETE"].map { event in
    let employee = event == "DELETE" ? "old.employee_id" : "new.employee_id"
    return """
      CREATE TRIGGER school_positions_\(event.lowercased()) AFTER \(event) ON school_positions BEGIN
        UPDATE school_employees SET (position, position_type, hired, dismissed) = (
          SELECT coalesce(max(title), ''), coalesce(max(type), ''), max(hired), max(dismissed) FROM (
            SELECT title, type, hired, dismissed FROM school_positions WHERE employee_id = \(employee)
            ORDER BY dismissed IS NOT NULL, n LIMIT 1))
        WHERE id = \(employee);
      END
      """
  }

  private static let accounts =
    [
      """
      CREATE TRIGGER school_accounts_blocked AFTER UPDATE OF blocked ON school_accounts BEGIN
        UPDATE school_employees SET blocked = new.blocked WHERE person_id = new.person_id;
      END
      """
    ]
    + ["INSERT", "DELETE"].map { event in
      let account = event == "DELETE" ? "old.account_id" : "new.account_id"
      return """
        CREATE TRIGGER school_account_roles_\(event.lowercased()) AFTER \(event) ON school_account_roles BEGIN
          UPDATE school_accounts SET roles = (
            SELECT coalesce(group_concat(CASE role WHEN 'administrator' THEN 'Администратор'
              WHEN 'employee' THEN 'Сотрудник' WHEN 'pupil' THEN 'Ученик' ELSE 'Родитель' END, ', '), '')
            FROM school_account_roles WHERE account_id = \(account))
          WHERE id = \(account);
        END
        """
    }

  /// A pupil who left keeps the title of the last class: the list of those who left shows it.
  private static let enrolments = [
    """
    CREATE TRIGGER school_enrolments_opened AFTER INSERT ON school_enrolments WHEN new.until IS NULL BEGIN
      \(enter)
    END
    """,
    """
    CREATE TRIGGER school_enrolments_reopened AFTER UPDATE OF until ON school_enrolments
    WHEN old.until IS NOT NULL AND new.until IS NULL BEGIN
      \(enter)
    END
    """,
    """
    CREATE TRIGGER school_enrolments_closed AFTER UPDATE OF until ON school_enrolments
    WHEN old.until IS NULL AND new.until IS NOT NULL BEGIN
      UPDATE school_pupils SET class_id = NULL, enrolled = NULL, left_on = new.until,
        state = CASE new.end_reason WHEN 'transferred' THEN state WHEN 'graduated' THEN 'graduated'
          ELSE 'expelled' END
        WHERE id = new.pupil_id;
      UPDATE school_classes SET pupils = pupils - 1 WHERE id = old.class_id;
    END
    """,
    """
    CREATE TRIGGER school_enrolments_deleted AFTER DELETE ON school_enrolments WHEN old.until IS NULL BEGIN
      UPDATE school_pupils SET class_id = NULL, class_title = '', enrolled = NULL WHERE id = old.pupil_id;
      UPDATE school_classes SET pupils = pupils - 1 WHERE id = old.class_id;
    END
    """,
  ]

  private static let enter = """
    UPDATE school_pupils SET state = 'studying', class_id = new.class_id, enrolled = new.since, left_on = NULL,
        class_title = (SELECT title FROM school_classes WHERE id = new.class_id)
        WHERE id = new.pupil_id;
      UPDATE school_classes SET pupils = pupils + 1 WHERE id = new.class_id;
    """

  private static let classes = [
    """
    CREATE TRIGGER school_classes_named AFTER UPDATE OF grade, letter ON school_classes
    WHEN new.title IS NOT old.title BEGIN
      UPDATE school_pupils SET class_title = new.title WHERE class_id = new.id;
      UPDATE school_groups SET classes = \(classTitles("school_groups.id"))
        WHERE id IN (SELECT group_id FROM school_group_classes WHERE class_id = new.id);
    END
    """,
    """
    CREATE TRIGGER school_classes_made AFTER INSERT ON school_classes
    WHEN new.homeroom_teacher_id IS NOT NULL BEGIN \(homeroomTeacher) END
    """,
    """
    CREATE TRIGGER school_classes_led AFTER UPDATE OF homeroom_teacher_id ON school_classes BEGIN
      \(homeroomTeacher)
    END
    """,
    """
    CREATE TRIGGER school_classes_counted AFTER UPDATE OF pupils ON school_classes BEGIN
      UPDATE school_groups SET pupils = \(classPupils("school_groups.id"))
        WHERE whole_class = 1 AND id IN (SELECT group_id FROM school_group_classes WHERE class_id = new.id);
    END
    """,
  ]

  private static let homeroomTeacher = """
    UPDATE school_classes SET homeroom_teacher = coalesce(
      (SELECT full_name FROM school_employees WHERE id = new.homeroom_teacher_id), '') WHERE id = new.id;
    """

  private static let groups =
    [
      """
      CREATE TRIGGER school_subjects_renamed AFTER UPDATE OF title ON school_subjects BEGIN
        UPDATE school_groups SET subject = new.title WHERE subject_id = new.id;
      END
      """,
      """
      CREATE TRIGGER school_groups_taught AFTER UPDATE OF teacher_id ON school_groups BEGIN
        UPDATE school_groups SET teacher = coalesce(
          (SELECT full_name FROM school_employees WHERE id = new.teacher_id), '') WHERE id = new.id;
      END
      """,
      """
      CREATE TRIGGER school_groups_named AFTER UPDATE OF subject, part, classes ON school_groups
      WHEN new.title IS NOT old.title BEGIN
        UPDATE school_lessons SET group_title = new.title WHERE group_id = new.id;
        UPDATE school_plan_topics SET group_title = new.title WHERE group_id = new.id;
      END
      """,
      """
      CREATE TRIGGER school_group_members_added AFTER INSERT ON school_group_members BEGIN
        UPDATE school_groups SET pupils = pupils + 1 WHERE id = new.group_id AND whole_class = 0;
      END
      """,
      """
      CREATE TRIGGER school_group_members_removed AFTER DELETE ON school_group_members BEGIN
        UPDATE school_groups SET pupils = pupils - 1 WHERE id = old.group_id AND whole_class = 0;
      END
      """,
    ]
    + ["INSERT", "DELETE"].map { event in
      let group = event == "DELETE" ? "old.group_id" : "new.group_id"
      return """
        CREATE TRIGGER school_group_classes_\(event.lowercased()) AFTER \(event) ON school_group_classes BEGIN
          UPDATE school_groups SET classes = \(classTitles(group)),
            pupils = CASE whole_class WHEN 1 THEN \(classPupils(group)) ELSE pupils END
            WHERE id = \(group);
        END
        """
    }

  private static func classTitles(_ group: String) -> String {
    """
    (SELECT coalesce(group_concat(title, ', '), '') FROM (SELECT c.title FROM school_group_classes gc
      JOIN school_classes c ON c.id = gc.class_id WHERE gc.group_id = \(group) ORDER BY c.grade, c.letter))
    """
  }

  private static func classPupils(_ group: String) -> String {
    """
    (SELECT coalesce(sum(c.pupils), 0) FROM school_group_classes gc
      JOIN school_classes c ON c.id = gc.class_id WHERE gc.group_id = \(group))
    """
  }

  private static let parents =
    [
      """
      CREATE TRIGGER school_pupils_shown AFTER UPDATE OF full_name, class_title, state ON school_pupils
      WHEN new.full_name IS NOT old.full_name OR new.class_title IS NOT old.class_title
        OR new.state IS NOT old.state BEGIN
        UPDATE school_parents SET children = \(children("school_parents.id"))
          WHERE id IN (SELECT parent_id FROM school_parent_links WHERE pupil_id = new.id);
      END
      """
    ]
    + ["INSERT", "DELETE"].map { event in
      let parent = event == "DELETE" ? "old.parent_id" : "new.parent_id"
      return """
        CREATE TRIGGER school_parent_links_\(event.lowercased()) AFTER \(event) ON school_parent_links BEGIN
          UPDATE school_parents SET children = \(children(parent)) WHERE id = \(parent);
        END
        """
    }

  private static func children(_ parent: String) -> String {
    """
    (SELECT coalesce(group_concat(full_name || CASE
        WHEN state = 'studying' AND class_title <> '' THEN ', ' || class_title ELSE '' END, '; '), '')
      FROM (SELECT u.full_name, u.state, u.class_title FROM school_parent_links k
        JOIN school_pupils u ON u.id = k.pupil_id WHERE k.parent_id = \(parent) ORDER BY k.n))
    """
  }
}
