import FilePackage
import PluginKit

extension RosterStaging {
  /// A pupil's place in a class.
  private struct Place {
    let classNumber: Int
    let line: Int
    let id: String
    let since: String
    let isActive: Bool
  }

  /// Pupils of classes and of groups, and who teaches them.
  func stageEnrolments(_ rows: RosterRows) throws {
    let columns = EnrolmentColumns(rows)
    // A short row has some forty bytes; a package that promises more than it holds must not fill the memory.
    let expected = min(1 << 20, Int(clamping: package.package.files[rows.file.name] ?? 0) / 40)
    var ids = KeyTable(expecting: expected)
    members = StagedMembers(expecting: expected)
    var known = EnrolmentEnds()
    var places: [Int: Place] = [:]
    var teachers: [Int: (user: Int, isPrimary: Bool)] = [:]
    var gone: [Int: Int] = [:]
    try each(rows) { row in
      guard let id = row.keep(columns.id, in: &ids) else { throw RosterStaging.tooLarge(rows.file) }
      guard id.isNew else {
        return row.refuse("sourcedId", Text("Этот ключ уже был в файле", en: "This id was in the file before"))
      }
      guard let role = enrolmentRole(row, columns, &known), let isActive = period(row, columns) else { return }
      guard let record = try room(row, columns, rows.mode, &known), let user = try user(row, columns, rows.mode, &known)
      else { return }
      guard user.role == nil || (user.role == .pupil) == (role == .pupil) else {
        return row.refuse(
          "role", Text("Роль не та, что у пользователя", en: "The role does not fit the user's"))
      }
      switch role {
      case .parent: break
      case .employee:
        let number = Int(user.number)
        if !isActive { gone[record.number] = number } else { note(row, number, record.number, &teachers) }
      case .pupil where record.isHomeroom:
        note(row, Int(user.number), record.number, isActive, &places)
      case .pupil:
        guard isActive || rows.mode == .delta else { return }
        members.add(
          class: Int32(record.number), user: user.number, id: ids.range(id.number), isActive: isActive)
      }
    }
    members.close(ids.bytes)
    try write(places, rows.mode)
    try write(teachers, gone, rows.mode)
  }

  private static func tooLarge(_ file: RosterFile) -> PluginError {
    FilePackageError.tooLarge(name: file.name, limit: 4 << 30).explained
  }

  private func room(
    _ row: RosterRow, _ columns: EnrolmentColumns, _ mode: RosterMode, _ known: inout EnrolmentEnds
  ) throws -> Class? {
    if let found = known.rooms.value(row, columns.room) { return found }
    let found = try rosterClass(row.text(at: columns.room), row, "classSourcedId", mode)
    if let found { known.rooms.keep(found, row, columns.room) }
    return found
  }

  private func user(
    _ row: RosterRow, _ columns: EnrolmentColumns, _ mode: RosterMode, _ known: inout EnrolmentEnds
  ) throws -> EnrolmentEnds.User? {
    if let found = known.users.value(row, columns.user) { return found }
    guard let found = try user(row.text(at: columns.user), row, "userSourcedId", mode) else { return nil }
    let user = EnrolmentEnds.User(number: Int32(found.number), role: found.role)
    known.users.keep(user, row, columns.user)
    return user
  }

  private func enrolmentRole(_ row: RosterRow, _ columns: EnrolmentColumns, _ known: inout EnrolmentEnds) -> UserRole? {
    if let found = known.roles.value(row, columns.role) { return found }
    let role = enrolmentRole(row, columns)
    if let role { known.roles.keep(role, row, columns.role) }
    return role
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
    places[user] = Place(
      classNumber: record, line: row.line, id: row.text("sourcedId"), since: row.text("beginDate"), isActive: isActive)
  }

  private func write(_ places: [Int: Place], _ mode: RosterMode) throws {
    let listed = places.sorted { $0.key < $1.key }.filter { $0.value.isActive || mode == .delta }
    guard !listed.isEmpty else { return }
    var (ids, since) = (Columns.Texts(), Columns.Texts())
    for (_, place) in listed {
      ids.append(place.id)
      since.append(place.since)
    }
    let columns = Columns([
      .int32(listed.map { Int32($0.key) }), .int32(listed.map { Int32($0.value.classNumber) }), .text(ids),
      .text(since), .int32(listed.map { $0.value.isActive ? 1 : 0 }),
    ])
    try referred.flush()
    _ = try call.host.detached.write {
      try $0.query(
        """
        INSERT INTO school_staged_places(user, class, sourced_id, since, active)
        SELECT a, b, c, nullif(d, ''), e FROM shell_columns
        """, over: columns)
    }
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
