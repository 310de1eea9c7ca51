/// «Заблокирован» of somebody who is hired with an account that is blocked already, and why accounts are blocked.
enum BlockedEmployees {
  static let sql = [
    """
    CREATE TRIGGER school_employees_blocked AFTER INSERT ON school_employees BEGIN
      UPDATE school_employees SET blocked = coalesce(
        (SELECT blocked FROM school_accounts WHERE person_id = new.person_id), 0) WHERE n = new.n;
    END
    """
  ]

  /// `blocked_by`: `hand`, on purpose; `dismissal`, because nothing else was left of it, and undone by a rehire.
  static let reasons = [
    "ALTER TABLE school_accounts ADD COLUMN blocked_by TEXT CHECK (blocked_by IN ('hand', 'dismissal'))",
    // Before there were reasons a dismissal took the last role of what it blocked.
    "UPDATE school_accounts SET blocked_by = CASE roles WHEN '' THEN 'dismissal' ELSE 'hand' END WHERE blocked = 1",
  ]
}
