import PluginKit

/// As what a person is in a chat; each is a tab of its window.
package enum Side: String, Sendable, CaseIterable {
  case employee, pupil, parent

  /// The tab, and the argument that lists such people.
  var list: String {
    switch self {
    case .employee: "employees"
    case .pupil: "pupils"
    case .parent: "parents"
    }
  }

  var title: Text {
    switch self {
    case .employee: Text("Сотрудники", en: "Employees")
    case .pupil: Text("Ученики", en: "Pupils")
    case .parent: Text("Родители", en: "Parents")
    }
  }

  /// One of them.
  var person: Text {
    switch self {
    case .employee: Text("Сотрудник", en: "Employee")
    case .pupil: Text("Ученик", en: "Pupil")
    case .parent: Text("Родитель", en: "Parent")
    }
  }

  /// The school's view of such people: `id`, `person_id`, `full_name`.
  var view: String {
    switch self {
    case .employee: "school_v1_employees"
    case .pupil: "school_v1_pupils"
    case .parent: "school_v1_parents"
    }
  }

  /// Whether a row `r` of the view belongs to the school now; who does not can't be put into a chat.
  var isPresent: String {
    switch self {
    case .employee: "r.dismissed IS NULL"
    case .pupil: "r.state = 'studying'"
    case .parent:
      "EXISTS (SELECT 1 FROM school_v1_parent_links k WHERE k.parent_id = r.id AND k.class_id IS NOT NULL)"
    }
  }

  /// What is said of somebody who does not.
  func absence(_ name: String) -> Text {
    switch self {
    case .employee:
      Text("\(name) больше не работает в организации", en: "\(name) is not employed any more")
    case .pupil: Text("\(name) больше не обучается в организации", en: "\(name) does not learn here any more")
    case .parent:
      Text("У родителя \(name) нет детей, которые сейчас обучаются", en: "\(name) has no child who learns here now")
    }
  }
}
