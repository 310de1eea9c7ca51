import PluginKit

/// A school year of the package. `ends` is its last day; in the files it is the day after.
struct StagedYear {
  let title: String
  let starts: CivilDate
  let ends: CivilDate
}

extension RosterStaging {
  func stageOrganization(_ row: RosterRow) throws {
    let name = String(row.text("name").trimmed.prefix(300))
    if row.isActive, row.text("type") == "school", !name.isEmpty { schools.append(name) }
  }

  func stageSession(_ row: RosterRow) throws {
    guard row.isActive, row.text("type") == "schoolYear" else { return }
    guard let starts = RosterValue.date(row.text("startDate")), let ends = RosterValue.date(row.text("endDate")),
      starts.adding(days: 1) < ends
    else {
      return row.refuse(
        "startDate",
        Text(
          "Даты пишутся 2026-09-01, начало раньше конца", en: "Dates are written 2026-09-01, the start before the end"))
    }
    years.append(StagedYear(title: row.text("title"), starts: starts, ends: ends.adding(days: -1)))
  }

  func stageCourses(_ rows: RosterRows) throws {
    try each(rows) { row in
      let id = row.text("sourcedId")
      guard row.isActive, checkID(row, isNew: courses[id] == nil) else { return }
      let title = String(row.text("title").trimmed)
      guard (1...200).contains(title.unicodeScalars.count) else {
        return row.refuse("title", Text("Название: от 1 до 200 знаков", en: "A title has 1 to 200 characters"))
      }
      courses[id] = title
    }
  }

  func stageClasses(_ rows: RosterRows) throws {
    let ready = batch(
      """
      INSERT INTO school_staged_classes(n, line, sourced_id, active, homeroom, grade, letter, subject, course, part,
        title) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    let homes = batch("INSERT OR IGNORE INTO school_staged_homes(class, home) VALUES (?, ?)")
    var labels: [String: Int] = [:]
    var groups: [(number: Int, homes: [String])] = []
    try each(rows) { row in
      let id = row.text("sourcedId")
      guard checkID(row, isNew: classes[id] == nil) else { return }
      switch row.text("classType") {
      case "homeroom":
        guard let label = homeroomLabel(row, &labels) else { return }
        let number = nextNumber()
        classes[id] = Class(number: number, isHomeroom: true)
        try ready.add([
          JSONValue(number), JSONValue(row.line), JSONValue(id), JSONValue(row.isActive ? 1 : 0), 1,
          JSONValue(label.grade),
          JSONValue(label.letter), .null, .null, .null, .null,
        ])
      case "scheduled":
        guard let subject = try subject(row, rows.mode) else { return }
        let number = nextNumber()
        classes[id] = Class(number: number, isHomeroom: false)
        let wanted = row.list("metadata.homeroomSourcedIds")
        if !wanted.isEmpty { groups.append((number, wanted)) }
        let course = row.text("courseSourcedId")
        try ready.add([
          JSONValue(number), JSONValue(row.line), JSONValue(id), JSONValue(row.isActive ? 1 : 0), 0, .null, .null,
          JSONValue(subject),
          JSONValue(course.isEmpty ? nil : course), JSONValue(part(row)), JSONValue(name(row)),
        ])
      default:
        row.refuse(
          "classType", Text("Вид класса — homeroom или scheduled", en: "The type of a class is homeroom or scheduled"))
      }
    }
    try ready.flush()
    for group in groups {
      for home in group.homes.compactMap({ classes[$0] }) where home.isHomeroom {
        try homes.add([JSONValue(group.number), JSONValue(home.number)])
      }
    }
    try homes.flush()
  }

  private func homeroomLabel(_ row: RosterRow, _ labels: inout [String: Int]) -> (grade: Int, letter: String)? {
    guard let label = RosterValue.label(row.text("title"), grades: row.list("grades")) else {
      row.refuse(
        "title",
        Text(
          "Класс называется «5А»: параллель от 1 до 12 и литера",
          en: "A class is called '5А': a grade of 1 to 12 and a letter"))
      return nil
    }
    guard row.isActive else { return label }
    let text = "\(label.grade)\(label.letter)"
    if let line = labels[text] {
      row.refuse(
        "title", Text("Класс \(text) уже есть в строке \(line)", en: "The class \(text) is on line \(line) already"))
      return nil
    }
    labels[text] = row.line
    return label
  }

  private func subject(_ row: RosterRow, _ mode: RosterMode) throws -> String? {
    let course = row.text("courseSourcedId")
    guard !course.isEmpty else {
      let title = String(row.text("title").trimmed)
      if (1...200).contains(title.unicodeScalars.count) { return title }
      row.refuse("title", Text("Название: от 1 до 200 знаков", en: "A title has 1 to 200 characters"))
      return nil
    }
    if let title = try self.course(course, mode) { return title }
    row.refuse(
      "courseSourcedId",
      Text("Нет такого курса, или его строка не принята", en: "There is no such course, or its row was left out"))
    return nil
  }

  /// What tells a group from others of the same subject and class, in words of the source; nil where the file does
  /// not say: then a group of a whole class has no such word, and another has its code or its title.
  private func part(_ row: RosterRow) -> String? {
    row.has("metadata.part") ? String(row.text("metadata.part").trimmed.prefix(100)) : nil
  }

  private func name(_ row: RosterRow) -> String {
    let code = row.text("classCode").trimmed
    return String((code.isEmpty ? row.text("title").trimmed : code).prefix(100))
  }
}
