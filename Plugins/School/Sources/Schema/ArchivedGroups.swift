/// Groups of past years keep the classes and counts that they had: «Математика (5А)» stays so in last year's lessons
/// when the class has become 6А.
enum ArchivedGroups {
  static let sql = [
    "DROP TRIGGER school_classes_named",
    """
    CREATE TRIGGER school_classes_named AFTER UPDATE OF grade, letter ON school_classes
    WHEN new.title IS NOT old.title BEGIN
      UPDATE school_pupils SET class_title = new.title WHERE class_id = new.id;
      UPDATE school_groups SET classes = (
          SELECT coalesce(group_concat(title, ', '), '') FROM (SELECT c.title FROM school_group_classes gc
            JOIN school_classes c ON c.id = gc.class_id WHERE gc.group_id = school_groups.id ORDER BY c.grade, c.letter))
        WHERE archived = 0 AND id IN (SELECT group_id FROM school_group_classes WHERE class_id = new.id);
    END
    """,
    "DROP TRIGGER school_classes_counted",
    """
    CREATE TRIGGER school_classes_counted AFTER UPDATE OF pupils ON school_classes
    WHEN NOT EXISTS (SELECT 1 FROM school_bulk) BEGIN
      UPDATE school_groups SET pupils = (
          SELECT coalesce(sum(c.pupils), 0) FROM school_group_classes gc
            JOIN school_classes c ON c.id = gc.class_id WHERE gc.group_id = school_groups.id)
        WHERE whole_class = 1 AND archived = 0
          AND id IN (SELECT group_id FROM school_group_classes WHERE class_id = new.id);
    END
    """,
  ]
}
