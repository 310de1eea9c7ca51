import PluginKit

/// How a person stands with the binding, in one word: the state of their newest request, or why there is none.
package enum BindingState: String, Sendable, CaseIterable {
  case bound, requested, declined, expired, notFound, taken, failed, unbound
  /// An account that has never asked.
  case never = "none"
  /// Nobody to ask: the person has no account.
  case noAccount

  /// What lists show.
  package var title: Text {
    switch self {
    case .bound: Text("Привязан", en: "Bound")
    case .requested: Text("Ждёт подтверждения", en: "Waiting")
    case .declined: Text("Отказался", en: "Declined")
    case .expired: Text("Срок запроса истёк", en: "Expired")
    case .notFound: Text("Номера нет на МАХ", en: "Not on MAX")
    case .taken: Text("Номер занят", en: "Number taken")
    case .failed: Text("Отказ платформы", en: "Refused by the platform")
    case .unbound: Text("Отвязан", en: "Unbound")
    case .never: Text("Не запрашивал", en: "Never asked")
    case .noAccount: Text("Нет учётной записи", en: "No account")
    }
  }

  /// The same on a printed sheet, after a name. `day`: since when, as people write it.
  func words(_ day: String) -> Text {
    switch self {
    case .bound: Text("привязка с \(day)", en: "bound since \(day)")
    case .requested: Text("запрос от \(day) ждёт подтверждения", en: "asked on \(day), not confirmed yet")
    case .declined: Text("отказ \(day)", en: "declined on \(day)")
    case .expired: Text("срок запроса истёк \(day)", en: "the request expired on \(day)")
    case .notFound: Text("номера нет на МАХ (\(day))", en: "the number is not on MAX (\(day))")
    case .taken:
      Text("номер занят другой учётной записью (\(day))", en: "the number is another account's (\(day))")
    case .failed: Text("отказ платформы (\(day))", en: "refused by the platform (\(day))")
    case .unbound: Text("привязка снята \(day)", en: "unbound on \(day)")
    case .never: Text("запроса не было", en: "has never asked")
    case .noAccount: Text("нет учётной записи", en: "has no account")
    }
  }
}

/// What a person is to the school.
package enum PersonKind: String, Sendable, CaseIterable {
  case employee, pupil, parent

  package var title: Text {
    switch self {
    case .employee: Text("Сотрудники", en: "Employees")
    case .pupil: Text("Ученики", en: "Pupils")
    case .parent: Text("Родители", en: "Parents")
    }
  }

  /// Of one person.
  package var single: Text {
    switch self {
    case .employee: Text("Сотрудник", en: "Employee")
    case .pupil: Text("Ученик", en: "Pupil")
    case .parent: Text("Родитель", en: "Parent")
    }
  }
}
