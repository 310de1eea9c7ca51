import PluginKit

extension RosterStaging {
  private struct Place {
    let row: JSONValue
    let classNumber: Int
    let line: Int
    let isActive: Bool
  }

  /// Pupils of classes and of groups, and who teaches them.
  func stageEnrolments(_ rows: RosterRows) throws {
    let columns = EnrolmentColumns(rows)
    let members = batch("INSERT INTO school_staged_enrolments(class, user, sourced_id, active) VALUES (?, ?, ?, 1)")
    let left = batch("INSERT INTO school_staged_enrolments(class, user, sourced_id, active) VALUES (?, ?, ?, 0)")
    var places: [Int: Place] = [:]
    var seen: Set<UInt64> = []
    var ids: Set<Int> = []
    var teachers: [Int: (user: Int, isPrimary: Bool)] = [:]
    var gone: [Int: Int] = [:]
    try each(rows) { row in
      let id = row.text(at: columns.id)
      guard ids.insert(id.hashValue).inserted else {
        return row.refuse("sourcedId", Text("Этот ключ уже был в файле", en: "This id was in the file before"))
      }
      guard let role = enrolmentRole(row, columns), let isActive = period(row, columns) else { return }
      guard let record = try rosterClass(row.text(at: columns.room), row, "classSourcedId", rows.mode),
        let user = try user(row.text(at: columns.user), row, "userSourcedId", rows.mode)
      else { return }
      guard user.role == nil || (user.role == .pupil) == (role == .pupil) else {
        return row.refuse(
          "role", Text("Роль не та, что у пользователя", en: "The role does not fit the user's"))
      }
      switch role {
      case .parent: break
      case .employee:
        if !isActive { gone[record.number] = user.number } else { note(row, user.number, record.number, &teachers) }
      case .pupil where record.isHomeroom:
        note(row, user.number, record.number, isActive, &places)
      case .pupil:
        guard isActive || rows.mode == .delta else { return }
        let pair = UInt64(record.number) << 32 | UInt64(user.number)
        guard rows.mode == .delta || seen.insert(pair).inserted else { return }
        try (isActive ? members : left).add([
          JSONValue(record.number), JSONValue(user.number), JSONValue(id),
        ])
      }
    }
    try members.flush()
    try left.flush()
    try write(places, rows.mode)
    try write(teachers, gone, rows.mode)
  }

  /// What an enrolment makes of a user; `.parent` stands for roles that mean nothing here.
  private func enrolmentRole(_ row: RosterRow, _ columns: EnrolmentColumns) -> UserRole? {
    switch row.text(at: columns.role) {
    case "student": return .pupil
    case "teacher": return .employee
    case "administrator", "proctor", "aide": return .parent
    default:
      row.refuse(
        "role",
        Text(
          "Роль в классе — student, teacher, administrator или proctor",
          en: "The role in a class is student, teacher, administrator or proctor"))
      return nil
    }
  }

  /// Whether the enrolment is still on. Its end is the first day on which it is not; a beginning in the future is a
  /// plan, and kept.
  private func period(_ row: RosterRow, _ columns: EnrolmentColumns) -> Bool? {
    if row.isEmpty(at: columns.begin), row.isEmpty(at: columns.end) { return row.isActive }
    for column in ["beginDate", "endDate"] where !row.bytes(column).isEmpty {
      guard RosterValue.date(row.text(column)) != nil else {
        row.refuse(column, Text("Дата пишется 2026-09-01", en: "A date is written 2026-09-01"))
        return nil
      }
    }
    guard let end = RosterValue.date(row.text("endDate")) else { return row.isActive }
    return row.isActive && today < end
  }

  private func note(
    _ row: RosterRow, _ user: Int, _ record: Int, _ teachers: inout [Int: (user: Int, isPrimary: Bool)]
  ) {
    let isPrimary = row.text("primary") == "true"
    if let known = teachers[record], known.isPrimary || !isPrimary { return }
    teachers[record] = (user, isPrimary)
  }

  private func note(
    _ row: RosterRow, _ user: Int, _ record: Int, _ isActive: Bool, _ places: inout [Int: Place]
  ) {
    if let known = places[user] {
      // In a delta the old class is left and a new one entered, in either order.
      if !isActive { return }
      if known.isActive {
        if known.classNumber != record {
          row.refuse(
            "classSourcedId",
            Text(
              "Ученик уже зачислен в другой класс в строке \(known.line)",
              en: "The pupil is in another class on line \(known.line) already"))
        }
        return
      }
    }
    let since = row.text("beginDate")
    places[user] = Place(
      row: [
        JSONValue(user), JSONValue(record), JSONValue(row.text("sourcedId")), JSONValue(since.isEmpty ? nil : since),
        JSONValue(isActive ? 1 : 0),
      ], classNumber: record, line: row.line, isActive: isActive)
  }

  private func write(_ places: [Int: Place], _ mode: RosterMode) throws {
    let ready = batch("INSERT INTO school_staged_places(user, class, sourced_id, since, active) VALUES (?, ?, ?, ?, ?)")
    for (_, place) in places.sorted(by: { $0.key < $1.key }) where place.isActive || mode == .delta {
      try ready.add(place.row)
    }
    try ready.flush()
  }

  private func write(
    _ teachers: [Int: (user: Int, isPrimary: Bool)], _ gone: [Int: Int], _ mode: RosterMode
  ) throws {
    hasTeachers = !teachers.isEmpty
    let ready = batch("UPDATE school_staged_classes SET teacher = ? WHERE n = ?")
    for (record, teacher) in teachers { try ready.add([JSONValue(teacher.user), JSONValue(record)]) }
    try ready.flush()
    guard mode == .delta else { return }
    let left = batch("UPDATE school_staged_classes SET teacher_gone = ? WHERE n = ? AND teacher IS NULL")
    for (record, user) in gone { try left.add([JSONValue(user), JSONValue(record)]) }
    try left.flush()
  }
}

/// Where the columns are, looked up once a file.
private struct EnrolmentColumns {
  let id, room, user, role, begin, end: Int?

  init(_ rows: RosterRows) {
    id = rows.place(of: "sourcedId")
    room = rows.place(of: "classSourcedId")
    user = rows.place(of: "userSourcedId")
    role = rows.place(of: "role")
    begin = rows.place(of: "beginDate")
    end = rows.place(of: "endDate")
  }
}
