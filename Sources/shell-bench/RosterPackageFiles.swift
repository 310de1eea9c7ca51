/// Packages of invented people for the import axes, written once a run.
enum RosterPackageFiles {
  /// 1,000 pupils in 40 classes, two parents each, 60 teachers, 660 groups of 22 or so.
  static func school(_ workshop: Workshop) throws -> String {
    let folder = "\(workshop.folder)/package-school"
    guard !Files.exists("\(folder)/enrollments.csv") else { return folder }
    try Files.makeFolder(folder)
    try writeManifest(folder)
    try writePeople(folder, pupils: 1000, parents: 2, teachers: 60)
    try writeClasses(folder, classes: 40, groups: 660)
    var rows = enrolmentHeader + homerooms(pupils: 1000)
    var number = 0
    for group in 1...660 {
      let room = (group - 1) % 40
      // 21 or 22 of the class's 25, so that no group is the whole class.
      for place in 0..<(group % 5 == 0 ? 22 : 21) {
        number += 1
        rows += "g\(number),,,m\(group),o1,u\(room * 25 + place + 1),student,false,,\n"
      }
    }
    try Files.write(rows, to: "\(folder)/enrollments.csv")
    return folder
  }

  /// 40,000 pupils in 1,600 classes with 10,000 groups; and their enrolments in groups by themselves.
  static func million(_ workshop: Workshop, rows count: Int) throws -> (people: String, enrolments: String) {
    let (people, enrolments) = ("\(workshop.folder)/package-people", "\(workshop.folder)/package-\(count)")
    if !Files.exists(people) {
      try Files.makeFolder(people)
      try writeManifest(people)
      try writePeople(people, pupils: 40_000, parents: 0, teachers: 100)
      try writeClasses(people, classes: 1600, groups: count / 100)
      try Files.write(enrolmentHeader + homerooms(pupils: 40_000), to: "\(people)/enrollments.csv")
    }
    if !Files.exists(enrolments) {
      try Files.makeFolder(enrolments)
      try writeManifest(enrolments)
      // The homeroom enrolments are there again: a bulk file is the whole truth.
      var text = enrolmentHeader + homerooms(pupils: 40_000)
      text.reserveCapacity(count * 48)
      for number in 1...count {
        // Groups of 100, 20 of each of five classes.
        let (group, place) = ((number - 1) / 100, (number - 1) % 100)
        let pupil = (group * 125 + place / 20 * 25 + place % 20) % 40_000 + 1
        text += "g\(number),,,m\(group + 1),o1,u\(pupil),student,false,,\n"
      }
      try Files.write(text, to: "\(enrolments)/enrollments.csv")
    }
    return (people, enrolments)
  }

  private static let enrolmentHeader =
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"

  private static func homerooms(pupils: Int) -> String {
    (1...pupils).map { "n\($0),,,c\(($0 - 1) / 25 + 1),o1,u\($0),student,false,2026-09-01,\n" }.joined()
  }

  private static func writeManifest(_ folder: String) throws {
    try Files.write(
      "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nsource.systemCode,bench\n",
      to: "\(folder)/manifest.csv")
  }

  private static func writePeople(_ folder: String, pupils: Int, parents: Int, teachers: Int) throws {
    var text = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName,"
    text += "middleName,phone,agentSourcedIds\n"
    for pupil in 1...pupils {
      let agents = parents == 0 ? "" : "\"p\(pupil)a,p\(pupil)b\""
      text += "u\(pupil),,,true,o1,student,u\(pupil),Мария,Александрова,Номер \(pupil),,\(agents)\n"
      guard parents > 0 else { continue }
      let phone = String(1_000_000 + pupil)
      text += "p\(pupil)a,,,true,o1,parent,p\(pupil)a,Анна,Александрова,Мать \(pupil),+791\(phone)1,\n"
      text += "p\(pupil)b,,,true,o1,parent,p\(pupil)b,Пётр,Александров,Отец \(pupil),+791\(phone)2,\n"
    }
    for teacher in 1...teachers {
      text += "t\(teacher),,,true,o1,teacher,t\(teacher),Ольга,Ветрова,Номер \(teacher),,\n"
    }
    try Files.write(text, to: "\(folder)/users.csv")
  }

  private static func writeClasses(_ folder: String, classes: Int, groups: Int) throws {
    var courses = "sourcedId,status,dateLastModified,title,orgSourcedId\n"
    for course in 1...20 { courses += "k\(course),,,Предмет \(course),o1\n" }
    try Files.write(courses, to: "\(folder)/courses.csv")
    var text = "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,schoolSourcedId,"
    text += "termSourcedIds\n"
    for room in 1...classes { text += "c\(room),,,\((room - 1) % 11 + 1)К\(room),,,,homeroom,o1,\n" }
    for group in 1...groups { text += "m\(group),,,Группа \(group),,k\(group % 20 + 1),,scheduled,o1,\n" }
    try Files.write(text, to: "\(folder)/classes.csv")
  }
}
