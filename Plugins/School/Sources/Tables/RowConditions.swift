import PluginKit

/// Which buttons have something to do with which rows, and what is said where they have not. The commands behind them
/// refuse the same.
enum RowConditions {
  static let employees = [
    TableSource.RowCondition(
      "dismiss", when: "dismissed IS NULL", why: Text("Сотрудник уже уволен", en: "The employee has left already")),
    TableSource.RowCondition("block", when: hasAccount, why: noAccount),
    TableSource.RowCondition(
      "block", when: "NOT EXISTS (\(account) AND \(isBlockedForGood))", why: alreadyBlocked),
    TableSource.RowCondition("unblock", when: hasAccount, why: noAccount),
    TableSource.RowCondition("unblock", when: "blocked = 1", why: notBlocked),
  ]

  static let accounts = [
    TableSource.RowCondition("block", when: "NOT (\(isBlockedForGood))", why: alreadyBlocked),
    TableSource.RowCondition("unblock", when: "blocked = 1", why: notBlocked),
  ]

  static let pupils = [
    TableSource.RowCondition(
      "graduate", when: "class_id IS NULL OR class_id IN (SELECT id FROM school_classes WHERE grade >= 4)",
      why: Text("Из классов младше четвёртого не выпускают", en: "Nobody graduates before the fourth grade"))
  ]

  static let gone = [
    TableSource.RowCondition(
      "restore", when: "state <> 'studying'", why: Text("Ученик уже восстановлен", en: "The pupil is restored already")),
    TableSource.RowCondition(
      "cancel-restoration", when: "restored = 1",
      why: Text("Отменять нечего: ученик не восстановлен", en: "There is no restoration to cancel")),
  ]

  static let operations =
    ["import-confirm", "import-drop"].map {
      TableSource.RowCondition(
        $0, when: "state = 'applied' AND held > 0",
        why: Text("Исключений, которые ждут подтверждения, нет", en: "No removals wait for a word"))
    } + [
      TableSource.RowCondition(
        "import-undo", when: "state = 'applied'", why: Text("Операция уже отменена", en: "It has been undone already")),
      TableSource.RowCondition(
        "import-undo",
        when: "NOT EXISTS (SELECT 1 FROM school_operations x WHERE x.state = 'applied' AND x.n > school_operations.n)",
        why: Text("Сначала отмените более поздние операции", en: "Undo the later operations first")),
    ]

  private static let account = "SELECT 1 FROM school_accounts a WHERE a.person_id = school_employees.person_id"
  private static let hasAccount = "EXISTS (\(account))"
  // What a dismissal blocked may still be blocked on purpose: then a rehire does not open it.
  private static let isBlockedForGood = "blocked = 1 AND blocked_by IS NOT 'dismissal'"

  private static let noAccount = Text("У сотрудника нет учётной записи", en: "The employee has no account")
  private static let alreadyBlocked = Text("Учётная запись уже заблокирована", en: "The account is blocked already")
  private static let notBlocked = Text("Учётная запись не заблокирована", en: "The account is not blocked")
}
