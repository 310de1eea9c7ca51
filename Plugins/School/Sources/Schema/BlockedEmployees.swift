/// «Заблокирован» of somebody who is hired with an account that is blocked already.
enum BlockedEmployees {
  static let sql = [
    """
    CREATE TRIGGER school_employees_blocked AFTER INSERT ON school_employees BEGIN
      UPDATE school_employees SET blocked = coalesce(
        (SELECT blocked FROM school_accounts WHERE person_id = new.person_id), 0) WHERE n = new.n;
    END
    """
  ]
}
