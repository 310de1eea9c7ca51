/// Pupils who were restored stay in «Выпускники и отчисленные» until they move on, so that a restoration can be
/// cancelled where it was made.
enum RestoredPupils {
  static let sql = [
    "ALTER TABLE school_pupils ADD COLUMN restored INTEGER NOT NULL DEFAULT 0 CHECK (restored IN (0, 1))",
    """
    ALTER TABLE school_pupils ADD COLUMN listed_gone INTEGER NOT NULL
      GENERATED ALWAYS AS (state <> 'studying' OR restored = 1) VIRTUAL
    """,
    """
    ALTER TABLE school_pupils ADD COLUMN gone_title TEXT NOT NULL
      GENERATED ALWAYS AS (CASE restored WHEN 1 THEN 'Восстановлен' ELSE state_title END) VIRTUAL
    """,
    "DROP INDEX school_pupils_gone",
    """
    CREATE INDEX school_pupils_gone ON school_pupils(full_name COLLATE russian, id) WHERE listed_gone = 1
    """,
    "DROP TRIGGER school_enrolments_opened",
    "DROP TRIGGER school_enrolments_reopened",
    "DROP TRIGGER school_enrolments_closed",
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
    // A cancelled restoration gives back what the pupil was before it.
    """
    CREATE TRIGGER school_enrolments_closed AFTER UPDATE OF until ON school_enrolments
    WHEN old.until IS NULL AND new.until IS NOT NULL BEGIN
      UPDATE school_pupils SET class_id = NULL, enrolled = NULL, left_on = new.until, restored = 0,
        state = CASE new.end_reason WHEN 'transferred' THEN state WHEN 'graduated' THEN 'graduated'
          WHEN 'cancelled' THEN coalesce(
            (SELECT CASE e.end_reason WHEN 'graduated' THEN 'graduated' ELSE 'expelled' END FROM school_enrolments e
              WHERE e.pupil_id = new.pupil_id AND e.n <> new.n AND e.until IS NOT NULL AND e.end_reason <> 'cancelled'
              ORDER BY e.until DESC, e.n DESC LIMIT 1), 'expelled')
          ELSE 'expelled' END
        WHERE id = new.pupil_id;
      UPDATE school_classes SET pupils = pupils - 1 WHERE id = old.class_id;
    END
    """,
  ]

  private static let enter = """
    UPDATE school_pupils SET state = 'studying', class_id = new.class_id, enrolled = new.since, left_on = NULL,
        restored = (new.reason = 'restored'),
        class_title = (SELECT title FROM school_classes WHERE id = new.class_id)
        WHERE id = new.pupil_id;
      UPDATE school_classes SET pupils = pupils + 1 WHERE id = new.class_id;
    """
}
