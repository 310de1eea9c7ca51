import FilePackage
import PluginKit

/// Writes the files, one after the other, from one state of the database.
final class ExportRun {
  let call: Call
  let transaction: Transaction
  private let package: PackageWriter
  private var files: [ExportFile] = []
  private var year = ""

  init(_ call: Call, _ transaction: Transaction, _ package: PackageWriter) {
    self.call = call
    self.transaction = transaction
    self.package = package
  }

  /// A homeroom class or a group.
  struct Room {
    let id: String
    let sourcedID: String
    let row: JSONValue
  }

  func run() throws -> [ExportFile] {
    try writeSchool()
    say(5)
    try writeUsers()
    say(30)
    let classes = try rooms("school_classes")
    let groups = try rooms("school_groups")
    try writeClasses(classes, groups)
    try writeEnrolments(classes, groups)
    say(60)
    try writeDates(groups)
    try writeBindings()
    try writeManifest()
    return files
  }

  private func say(_ percent: Int) { call.progress(Text("Запись набора", en: "Writing the package"), percent: percent) }

  /// Writes a file; without a first row there is none, as the standard has it.
  private func write(_ file: RosterFile, _ columns: [String], _ rows: (([String]) throws -> Void) throws -> Void) throws
  {
    var output: ExportFile?
    try rows { fields in
      let open = try output ?? ExportFile(file.name, columns, package)
      output = open
      try open.write(fields)
    }
    guard let output else { return }
    try output.finish()
    files.append(output)
  }

  /// SQL: the id under which a record is known: the one that it came with from one of our packages, or its own, made
  /// another where that is taken by one that came.
  private func sourcedID(_ table: String, _ alias: String) -> String {
    """
    CASE WHEN \(alias).source = '\(RosterExport.source)' THEN \(alias).sourced_id
      WHEN EXISTS (SELECT 1 FROM \(table) x WHERE x.source = '\(RosterExport.source)' AND x.sourced_id = \(alias).id)
        THEN \(alias).id || '.local'
      ELSE \(alias).id END
    """
  }

  /// SQL: the same for people and subjects, whose ids stand in the table of keys.
  private func sourcedID(key kind: String, _ alias: String) -> String {
    let keys = "school_source_keys x WHERE x.source = '\(RosterExport.source)' AND x.kind = '\(kind)'"
    return """
      coalesce((SELECT min(x.sourced_id) FROM \(keys) AND x.record = \(alias).n),
        CASE WHEN EXISTS (SELECT 1 FROM \(keys) AND x.sourced_id = \(alias).id) THEN \(alias).id || '.local'
          ELSE \(alias).id END)
      """
  }

  private func texts(_ row: JSONValue, _ columns: [String]) -> [String] {
    columns.map { column in
      let value = row[column]
      return value?.string ?? value?.int.map { String($0) } ?? ""
    }
  }

  // MARK: The school

  private func writeSchool() throws {
    let name = try transaction.first("SELECT name FROM school_organization")?["name"]?.string ?? ""
    try write(.orgs, ["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"]) {
      try $0(["school", "", "", name, "school", "", ""])
    }
    let current = try transaction.first(
      """
      SELECT title, starts, date(ends, '+1 day') AS ends, substr(ends, 1, 4) AS year FROM school_academic_years
      WHERE is_current = 1
      """)
    if let current {
      year = "year-\(current["year"]?.string ?? "")"
      try write(
        .academicSessions,
        [
          "sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate", "parentSourcedId",
          "schoolYear",
        ]
      ) { write in
        try write(
          [year, "", "", current["title"]?.string ?? "", "schoolYear"] + texts(current, ["starts", "ends"])
            + ["", current["year"]?.string ?? ""])
      }
    }
    let courses = try transaction.rows(
      """
      SELECT \(sourcedID(key: "course", "s")) AS id, s.title FROM school_subjects s
      WHERE EXISTS (SELECT 1 FROM school_groups g WHERE g.subject_id = s.id AND g.archived = 0)
      UNION ALL SELECT 'homeroom', 'Класс' ORDER BY id
      """)
    try write(
      .courses,
      [
        "sourcedId", "status", "dateLastModified", "schoolYearSourcedId", "title", "courseCode", "grades",
        "orgSourcedId", "subjects", "subjectCodes",
      ]
    ) { write in
      for course in courses {
        let title = course["title"]?.string ?? ""
        try write([course["id"]?.string ?? "", "", "", year, title, "", "", "school", title, ""])
      }
    }
  }

  // MARK: People

  private func writeUsers() throws {
    let people = try transaction.rows(
      """
      SELECT p.id AS person, \(sourcedID(key: "user", "p")) AS id, p.given_name AS given, p.family_name AS family,
        p.middle_name AS middle, p.email, p.phone, p.birth_date AS birth, p.sex, e.position, e.position_type AS type,
        e.hired, e.id AS employee, u.id AS pupil, printf('%02d', c.grade) AS grade, c.grade IS NOT NULL AS graded
      FROM school_people p
      LEFT JOIN school_employees e ON e.person_id = p.id AND e.dismissed IS NULL AND e.position <> ''
      LEFT JOIN school_pupils u ON u.person_id = p.id AND u.state = 'studying'
      LEFT JOIN school_classes c ON c.id = u.class_id
      LEFT JOIN school_parents r ON r.person_id = p.id
      WHERE e.id IS NOT NULL OR u.id IS NOT NULL OR r.id IS NOT NULL ORDER BY 2
      """)
    let parents = try parents()
    try write(
      .users,
      [
        "sourcedId", "status", "dateLastModified", "enabledUser", "orgSourcedIds", "role", "username", "userIds",
        "givenName", "familyName", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades",
        "password", "metadata.position", "metadata.positionType", "metadata.hired", "metadata.agentRelations",
      ]
    ) { write in
      for person in people {
        let isEmployee = person["employee"]?.string != nil
        let agents = parents[person["pupil"]?.string ?? ""] ?? []
        let id = person["id"]?.string ?? ""
        var fields = [id, "", "", "true", "school", role(person), id, ""]
        fields += texts(person, ["given", "family", "middle"]) + [""] + texts(person, ["email"]) + [""]
        fields += texts(person, ["phone"]) + [agents.map(\.id).joined(separator: ",")]
        fields += [person["graded"]?.int == 1 ? person["grade"]?.string ?? "" : "", ""]
        fields += isEmployee ? texts(person, ["position", "type", "hired"]) : ["", "", ""]
        fields += [agents.map(\.relation).joined(separator: ",")]
        try write(fields)
      }
    }
    try write(
      .demographics,
      [
        "sourcedId", "status", "dateLastModified", "birthDate", "sex", "americanIndianOrAlaskaNative", "asian",
        "blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces",
        "hispanicOrLatinoEthnicity", "countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth",
        "publicSchoolResidenceStatus",
      ]
    ) { write in
      for person in people where person["birth"]?.string != nil || person["sex"]?.string != nil {
        try write(
          [person["id"]?.string ?? "", "", ""] + texts(person, ["birth", "sex"]) + Array(repeating: "", count: 11))
      }
    }
  }

  private func role(_ person: JSONValue) -> String {
    if person["employee"]?.string != nil {
      switch PositionType(rawValue: person["type"]?.string ?? "") {
      case .administration: return "administrator"
      case .teaching: return "teacher"
      default: return "aide"
      }
    }
    return person["pupil"]?.string != nil ? "student" : "parent"
  }

  /// Parents of each pupil by the pupil's id, in the order of their ids.
  private func parents() throws -> [String: [(id: String, relation: String)]] {
    let rows = try transaction.rows(
      """
      SELECT k.pupil_id AS pupil, \(sourcedID(key: "user", "p")) AS id, k.relation FROM school_parent_links k
      JOIN school_parents r ON r.id = k.parent_id JOIN school_people p ON p.id = r.person_id ORDER BY 1, 2
      """)
    var parents: [String: [(id: String, relation: String)]] = [:]
    for row in rows {
      parents[row["pupil"]?.string ?? "", default: []].append((row["id"]?.string ?? "", row["relation"]?.string ?? ""))
    }
    return parents
  }

  // MARK: Classes and groups

  private func rooms(_ table: String) throws -> [Room] {
    let teacher = table == "school_classes" ? "homeroom_teacher_id" : "teacher_id"
    return try transaction.rows(
      """
      SELECT t.*, \(sourcedID(table, "t")) AS sid, \(sourcedID(key: "user", "p")) AS teacher_sid FROM \(table) t
      LEFT JOIN school_employees e ON e.id = t.\(teacher) LEFT JOIN school_people p ON p.id = e.person_id
      WHERE t.archived = 0 ORDER BY sid
      """
    ).map { Room(id: $0["id"]?.string ?? "", sourcedID: $0["sid"]?.string ?? "", row: $0) }
  }

  private func writeClasses(_ classes: [Room], _ groups: [Room]) throws {
    let courses = Dictionary(
      try transaction.rows("SELECT s.id, \(sourcedID(key: "course", "s")) AS sid FROM school_subjects s").map {
        ($0["id"]?.string ?? "", $0["sid"]?.string ?? "")
      }, uniquingKeysWith: { first, _ in first })
    let homes = Dictionary(classes.map { ($0.id, $0.sourcedID) }, uniquingKeysWith: { first, _ in first })
    try write(
      .classes,
      [
        "sourcedId", "status", "dateLastModified", "title", "grades", "courseSourcedId", "classCode", "classType",
        "location", "schoolSourcedId", "termSourcedIds", "subjects", "subjectCodes", "periods", "metadata.part",
        "metadata.homeroomSourcedIds",
      ]
    ) { write in
      for room in classes {
        let grade = room.row["grade"]?.int ?? 0
        try write([
          room.sourcedID, "", "", room.row["title"]?.string ?? "", grade < 10 ? "0\(grade)" : "\(grade)", "homeroom",
          "",
          "homeroom", "", "school", year, "", "", "", "", "",
        ])
      }
      for room in groups {
        let own = try transaction.rows(
          "SELECT class_id AS id FROM school_group_classes WHERE group_id = ?", [JSONValue(room.id)]
        ).compactMap { homes[$0["id"]?.string ?? ""] }.sorted()
        try write([
          room.sourcedID, "", "", room.row["title"]?.string ?? "", "",
          courses[room.row["subject_id"]?.string ?? ""] ?? "",
          "", "scheduled", "", "school", year, room.row["subject"]?.string ?? "", "", "",
          room.row["part"]?.string ?? "", own.joined(separator: ","),
        ])
      }
    }
  }

  private func writeEnrolments(_ classes: [Room], _ groups: [Room]) throws {
    try write(
      .enrollments,
      [
        "sourcedId", "status", "dateLastModified", "classSourcedId", "schoolSourcedId", "userSourcedId", "role",
        "primary", "beginDate", "endDate",
      ]
    ) { write in
      func add(_ room: Room, _ user: String, _ role: String, primary: String, since: String) throws {
        let id = role == "teacher" ? "\(room.sourcedID).teacher" : "\(room.sourcedID).\(user)"
        try write([id, "", "", room.sourcedID, "school", user, role, primary, since, ""])
      }
      for (rooms, members) in [(classes, Self.classMembers), (groups, Self.groupMembers)] {
        let sql =
          "SELECT m.since, \(sourcedID(key: "user", "p")) AS id FROM (\(members)) m JOIN school_people p ON p.id = m.person_id ORDER BY 2"
        for room in rooms {
          if let teacher = room.row["teacher_sid"]?.string {
            try add(room, teacher, "teacher", primary: "true", since: "")
          }
          for member in try transaction.rows(sql, [JSONValue(room.id)]) {
            try add(
              room, member["id"]?.string ?? "", "student", primary: "false", since: member["since"]?.string ?? "")
          }
        }
      }
    }
  }

  private static let classMembers = """
    SELECT u.person_id, n.since FROM school_pupils u JOIN school_enrolments n ON n.pupil_id = u.id AND n.until IS NULL
    WHERE u.class_id = ?
    """
  private static let groupMembers = """
    SELECT m.person_id, NULL AS since FROM school_v1_group_members m JOIN school_pupils u ON u.id = m.pupil_id
    WHERE m.group_id = ? AND u.state = 'studying'
    """

  // MARK: Timetable, plans, bindings

  private func writeDates(_ groups: [Room]) throws {
    let lessons = """
      SELECT \(sourcedID("school_lessons", "l")) AS id, l.date, l.number, l.starts, l.ends, l.room FROM school_lessons l
      WHERE l.group_id = ? ORDER BY l.date, l.number
      """
    try write(.lessons, ["sourcedId", "classSourcedId", "date", "number", "startTime", "endTime", "room"]) { write in
      for group in groups {
        for row in try transaction.rows(lessons, [JSONValue(group.id)]) {
          try write(
            [row["id"]?.string ?? "", group.sourcedID] + texts(row, ["date", "number", "starts", "ends", "room"]))
        }
      }
    }
    let topics = """
      SELECT \(sourcedID("school_plan_topics", "t")) AS id, t.number, t.title, t.hours FROM school_plan_topics t
      WHERE t.group_id = ? ORDER BY t.number
      """
    try write(.plans, ["sourcedId", "classSourcedId", "number", "title", "hours"]) { write in
      for group in groups {
        for row in try transaction.rows(topics, [JSONValue(group.id)]) {
          try write([row["id"]?.string ?? "", group.sourcedID] + texts(row, ["number", "title", "hours"]))
        }
      }
    }
  }

  private func writeBindings() throws {
    try write(.bindings, ["userSourcedId", "phone"]) { write in
      for row in try transaction.rows(
        """
        SELECT \(sourcedID(key: "user", "p")) AS id, b.phone FROM school_imported_bindings b
        JOIN school_people p ON p.id = b.person_id ORDER BY 1
        """)
      {
        try write(texts(row, ["id", "phone"]))
      }
    }
  }

  private func writeManifest() throws {
    let written = Set(files.map(\.name))
    let output = try ExportFile("manifest.csv", ["propertyName", "value"], package)
    var properties = [("manifest.version", "1.0"), ("oneroster.version", "1.1")]
    for file in [
      "academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics",
      "enrollments", "lineItems", "orgs", "resources", "results", "users",
    ] {
      properties.append(("file.\(file)", written.contains("\(file).csv") ? "bulk" : "absent"))
    }
    properties += [("source.systemName", "ESh"), ("source.systemCode", RosterExport.source)]
    for (name, value) in properties { try output.write([name, value]) }
    try output.finish()
    files.append(output)
  }
}
