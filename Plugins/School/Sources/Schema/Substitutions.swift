/// The name of who gives a lesson in the teacher's place, beside the lesson: what «Замена» shows.
enum Substitutions {
  static let sql = [
    "ALTER TABLE school_lessons ADD COLUMN substitute TEXT NOT NULL DEFAULT ''",
    """
    CREATE TRIGGER school_lessons_substituted_at_once AFTER INSERT ON school_lessons
    WHEN new.substitute_id IS NOT NULL BEGIN \(name) END
    """,
    """
    CREATE TRIGGER school_lessons_substituted AFTER UPDATE OF substitute_id ON school_lessons
    WHEN new.substitute_id IS NOT old.substitute_id BEGIN \(name) END
    """,
    """
    CREATE TRIGGER school_substitutes_renamed AFTER UPDATE OF full_name ON school_employees BEGIN
      UPDATE school_lessons SET substitute = new.full_name WHERE substitute_id = new.id;
    END
    """,
    """
    UPDATE school_lessons SET substitute = coalesce(
      (SELECT full_name FROM school_employees e WHERE e.id = substitute_id), '') WHERE substitute_id IS NOT NULL
    """,
  ]

  private static let name = """
    UPDATE school_lessons SET substitute = coalesce(
      (SELECT full_name FROM school_employees WHERE id = new.substitute_id), '') WHERE id = new.id;
    """
}
