import PluginKit

/// Writes a generated school into empty tables, inside one transaction.
///
/// Row numbers are given, so that ids are the same for the same school. Dated lessons and plans, by far the most
/// rows, are made by SQLite itself from the week and from lists of topics.
struct SchoolWriter {
  let school: GeneratedSchool
  /// Everybody's, hashed once: a salt of one's own protects passwords that differ, these are one password, and
  /// 1,400 hashes would take a minute. Whoever changes theirs gets a salt of their own.
  let passwordHash: String
  /// Told what has been done, in hundredths.
  let progress: (Int) -> Void

  /// Dated lessons and plan topics written at most. A school of 20,000 pupils stays under it; of a larger one
  /// the first weeks and topics are written.
  static let mostLessons = 2_000_000

  struct Counts: Sendable {
    var lessons = 0
    var topics = 0
  }

  func write(_ transaction: Transaction) throws -> Counts {
    try writeYear(transaction)
    try writePeople(transaction)
    progress(15)
    try writeEmployees(transaction)
    try writeClasses(transaction)
    try writePupils(transaction)
    progress(30)
    try writeParents(transaction)
    progress(40)
    try writeGroups(transaction)
    try writeAccounts(transaction)
    try writeOrganization(transaction)
    progress(55)
    let lessons = try writeLessons(transaction)
    try writeSubstitutes(transaction)
    progress(80)
    return Counts(lessons: lessons, topics: try writeTopics(transaction))
  }

  private func writeYear(_ transaction: Transaction) throws {
    let year = school.year
    try transaction.query(
      "INSERT INTO school_academic_years(n, title, starts, ends, is_current) VALUES (1, ?, ?, ?, 1)",
      [JSONValue(year.title), JSONValue(year.starts.text), JSONValue(year.ends.text)])
    for holiday in SchoolCalendar(year: year).holidays {
      try transaction.query(
        "INSERT INTO school_holidays(year_id, title, since, until) VALUES ('y1', ?, ?, ?)",
        [JSONValue(holiday.title), JSONValue(holiday.since.text), JSONValue(holiday.until.text)])
    }
    for bell in SchoolCalendar.bells {
      try transaction.query(
        "INSERT OR REPLACE INTO school_bells(number, starts, ends) VALUES (?, ?, ?)",
        [JSONValue(bell.number), JSONValue(bell.starts), JSONValue(bell.ends)])
    }
    for (place, subject) in Curriculum.subjects.enumerated() {
      try transaction.query(
        "INSERT INTO school_subjects(n, title) VALUES (?, ?)", [JSONValue(place + 1), JSONValue(subject.title)])
    }
  }

  private func writePeople(_ transaction: Transaction) throws {
    let sql = """
      INSERT INTO school_people(n, family_name, given_name, middle_name, birth_date, sex, phone)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """
    for (place, person) in school.people.enumerated() {
      try transaction.query(
        sql,
        [
          JSONValue(place + 1), JSONValue(person.family), JSONValue(person.given), JSONValue(person.middle),
          JSONValue(person.isBirthKnown ? person.birth.text : nil), JSONValue(person.sex.rawValue),
          JSONValue(person.phone),
        ])
    }
  }

  private func writeEmployees(_ transaction: Transaction) throws {
    for (place, employee) in school.employees.enumerated() {
      try transaction.query(
        "INSERT INTO school_employees(n, person_id, full_name) VALUES (?, ?, ?)",
        [
          JSONValue(place + 1), JSONValue(id("p", employee.person)),
          JSONValue(school.people[employee.person].fullName),
        ])
      try transaction.query(
        "INSERT INTO school_positions(n, employee_id, title, type, hired) VALUES (?, ?, ?, ?, ?)",
        [
          JSONValue(place + 1), JSONValue(id("e", place)), JSONValue(employee.position),
          JSONValue(employee.type.rawValue), JSONValue(employee.hired.text),
        ])
    }
  }

  private func writeClasses(_ transaction: Transaction) throws {
    let sql = """
      INSERT INTO school_classes(n, grade, letter, cohort, homeroom_teacher_id) VALUES (?, ?, ?, ?, ?)
      """
    for (place, record) in school.classes.enumerated() {
      let cohort = "\(school.year.startYear - record.grade + 1)\(record.letter)"
      try transaction.query(
        sql,
        [
          JSONValue(place + 1), JSONValue(record.grade), JSONValue(record.letter), JSONValue(cohort),
          JSONValue(id("e", record.homeroomTeacher)),
        ])
    }
  }

  private func writePupils(_ transaction: Transaction) throws {
    for (place, pupil) in school.pupils.enumerated() {
      try transaction.query(
        "INSERT INTO school_pupils(n, person_id, full_name) VALUES (?, ?, ?)",
        [JSONValue(place + 1), JSONValue(id("p", pupil.person)), JSONValue(school.people[pupil.person].fullName)])
      try transaction.query(
        "INSERT INTO school_enrolments(n, pupil_id, class_id, since) VALUES (?, ?, ?, ?)",
        [
          JSONValue(place + 1), JSONValue(id("u", place)), JSONValue(id("c", pupil.classIndex)),
          JSONValue(pupil.enrolled.text),
        ])
    }
  }

  private func writeParents(_ transaction: Transaction) throws {
    for (place, person) in school.parents.enumerated() {
      try transaction.query(
        "INSERT INTO school_parents(n, person_id, full_name) VALUES (?, ?, ?)",
        [JSONValue(place + 1), JSONValue(id("p", person)), JSONValue(school.people[person].fullName)])
    }
    for (place, link) in school.links.enumerated() {
      try transaction.query(
        "INSERT INTO school_parent_links(n, parent_id, pupil_id, relation) VALUES (?, ?, ?, ?)",
        [
          JSONValue(place + 1), JSONValue(id("r", link.parent)), JSONValue(id("u", link.pupil)),
          JSONValue(link.relation.rawValue),
        ])
    }
  }

  private func writeGroups(_ transaction: Transaction) throws {
    let sql = """
      INSERT INTO school_groups(n, year_id, subject_id, part, whole_class, teacher_id, subject, classes, teacher)
      VALUES (?, 'y1', ?, ?, ?, ?, ?, ?, ?)
      """
    for (place, group) in school.groups.enumerated() {
      let teacher = school.people[school.employees[group.teacher].person].fullName
      try transaction.query(
        sql,
        [
          JSONValue(place + 1), JSONValue(id("s", group.subject)), JSONValue(group.part),
          JSONValue(group.part.isEmpty ? 1 : 0), JSONValue(id("e", group.teacher)),
          JSONValue(Curriculum.subjects[group.subject].title), JSONValue(school.classes[group.classIndex].title),
          JSONValue(teacher),
        ])
      try transaction.query(
        "INSERT INTO school_group_classes(group_id, class_id) VALUES (?, ?)",
        [JSONValue(id("g", place)), JSONValue(id("c", group.classIndex))])
      guard !group.part.isEmpty else { continue }
      try GroupMembers.add(group.pupils.map { id("u", $0) }, to: id("g", place), transaction)
    }
    for (place, slot) in school.slots.enumerated() {
      try transaction.query(
        "INSERT INTO school_timetable_slots(n, group_id, weekday, number, room) VALUES (?, ?, ?, ?, ?)",
        [
          JSONValue(place + 1), JSONValue(id("g", slot.group)), JSONValue(slot.weekday), JSONValue(slot.number),
          JSONValue(slot.room),
        ])
    }
  }

  private func writeAccounts(_ transaction: Transaction) throws {
    for (place, account) in school.accounts.enumerated() {
      try transaction.query(
        "INSERT INTO school_accounts(n, login, person_id, password_hash, full_name) VALUES (?, ?, ?, ?, ?)",
        [
          JSONValue(place + 1), JSONValue(account.login), JSONValue(id("p", account.person)),
          JSONValue(passwordHash), JSONValue(school.people[account.person].fullName),
        ])
      for role in account.roles {
        try transaction.query(
          "INSERT INTO school_account_roles(account_id, role) VALUES (?, ?)",
          [JSONValue(id("a", place)), JSONValue(role.rawValue)])
      }
    }
  }

  private func writeOrganization(_ transaction: Transaction) throws {
    try transaction.query(
      "UPDATE school_organization SET name = ?, short_name = ?, chat_administrator_id = ?",
      [
        JSONValue(school.name), JSONValue(school.name.replacingPrefix("Средняя общеобразовательная школа", "СОШ")),
        JSONValue(id("e", school.chatAdministrator)),
      ])
  }

  /// Day by day in the order of the timetable, so that the rows lie in the order in which they are read.
  private func writeLessons(_ transaction: Transaction) throws -> Int {
    let sql = """
      INSERT INTO school_lessons(n, date, number, starts, ends, group_id, room, group_title)
      SELECT ? + row_number() OVER (ORDER BY t.number, g.n), ?, t.number, b.starts, b.ends, g.id, t.room, g.title
      FROM school_timetable_slots t JOIN school_groups g ON g.id = t.group_id
      JOIN school_bells b ON b.number = t.number
      WHERE t.weekday = ?
      """
    var lessons = 0
    for date in SchoolCalendar(year: school.year).teachingDays where lessons < SchoolWriter.mostLessons {
      try transaction.query(sql, [JSONValue(lessons), JSONValue(date.text), JSONValue(date.weekday)])
      lessons += transaction.changes
    }
    return lessons
  }

  /// A colleague who is free at that hour stands in for a lesson now and then.
  private func writeSubstitutes(_ transaction: Transaction) throws {
    try transaction.query(
      """
      UPDATE school_lessons SET substitute_id = (
        SELECT substr(min(printf('%03d', (e.n * 31 + school_lessons.n) % 101) || e.id), 4) FROM school_employees e
        WHERE e.position_type = ? AND NOT EXISTS (
          SELECT 1 FROM school_lessons x JOIN school_groups g ON g.id = x.group_id
          WHERE x.date = school_lessons.date AND x.number = school_lessons.number AND g.teacher_id = e.id))
      WHERE n % 401 = 7 AND n < 100000
      """,
      [JSONValue(PositionType.teaching.rawValue)])
  }

  private func writeTopics(_ transaction: Transaction) throws -> Int {
    let sql = """
      INSERT INTO school_plan_topics(n, group_id, number, title, group_title)
      SELECT ? + topic.key + 1, g.id, topic.key + 1, topic.value, g.title
      FROM school_groups g, json_each(?) topic WHERE g.id = ?
      """
    var topics = 0
    for (place, group) in school.groups.enumerated() where topics < SchoolWriter.mostLessons {
      let titles = LessonTopics.titles(
        Curriculum.subjects[group.subject].sections, lessons: group.weeklyHours * Curriculum.weeks)
      let text = JSONValue(titles.map { JSONValue($0) }).text()
      try transaction.query(sql, [JSONValue(topics), JSONValue(text), JSONValue(id("g", place))])
      topics += titles.count
    }
    return topics
  }

  private func id(_ letter: String, _ place: Int) -> String { "\(letter)\(place + 1)" }
}

extension String {
  fileprivate func replacingPrefix(_ prefix: String, _ other: String) -> String {
    hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
  }
}
