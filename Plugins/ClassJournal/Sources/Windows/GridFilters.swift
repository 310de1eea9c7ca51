import PluginKit

/// What the grid shows: a month or a quarter, and a group by its class and subject. Whatever leaves one choice only is chosen.
struct GridFilters: Sendable {
  let periods: [SchoolYear.Period]
  let period: SchoolYear.Period?
  let classes: [Choice]
  let subjects: [Choice]
  let groups: [Choice]
  let schoolClass: String?
  let subject: String?
  let group: String?

  struct Choice: Equatable, Sendable {
    let id: String
    let title: String
  }

  /// `chosen`: the value of a field.
  init(_ call: Call, _ transaction: Transaction, chosen: (String) -> String?) throws {
    let (clock, year) = (try SchoolClock(call, transaction), try SchoolYear(transaction))
    periods = year.months + year.quarters
    period = periods.first { $0.id == chosen("period") } ?? year.month(of: clock.today)
    let rows = try JournalRights(call, transaction).groups(transaction)

    classes = Self.distinct(rows, "class_id", title: "class")
    let ofClass = Self.pick(chosen("class"), from: classes)
    let inClass = rows.filter { $0["class_id"]?.string == ofClass }
    subjects = Self.distinct(inClass, "subject", title: "subject")
    let ofSubject = Self.pick(chosen("subject"), from: subjects)
    groups = Self.distinct(inClass.filter { $0["subject"]?.string == ofSubject }, "id", title: "title")
    (schoolClass, subject, group) = (ofClass, ofSubject, Self.pick(chosen("group"), from: groups))
  }

  private static func distinct(_ rows: [JSONValue], _ id: String, title: String) -> [Choice] {
    var seen: Set<String> = []
    return rows.compactMap { row in
      guard let found = row[id]?.string, seen.insert(found).inserted else { return nil }
      return Choice(id: found, title: row[title]?.string ?? "")
    }
  }

  private static func pick(_ wanted: String?, from choices: [Choice]) -> String? {
    choices.contains { $0.id == wanted } ? wanted : choices.count == 1 ? choices[0].id : nil
  }

  var fields: [Field] {
    [
      Field(
        "period", Text("Период", en: "Period"), .select, value: JSONValue(period?.id),
        options: periods.map { Field.Option($0.id, $0.title) }, notify: true),
      select("class", Text("Класс", en: "Class"), schoolClass, classes),
      select("subject", Text("Предмет", en: "Subject"), subject, subjects),
      select("group", Text("Группа", en: "Group"), group, groups, hint: hint),
    ]
  }

  private func select(_ id: String, _ label: Text, _ value: String?, _ choices: [Choice], hint: Text? = nil) -> Field {
    Field(
      id, label, .select, value: JSONValue(value), enabled: !choices.isEmpty,
      options: choices.map { Field.Option($0.id, Text(stringLiteral: $0.title)) }, hint: hint, notify: true)
  }

  /// What to do next while no group is chosen.
  private var hint: Text? {
    if classes.isEmpty { return Text("У вас нет групп, журнал которых вы ведёте", en: "You keep no group's journal") }
    return group == nil ? Text("Выберите класс, предмет и группу", en: "Choose a class, a subject and a group") : nil
  }
}
