import Foundation
import PluginHost
import PluginKit

@testable import SchoolPlugin

/// A package of files in a folder of a test's own.
final class RosterFiles {
  let path: String
  private var files: [String: String] = [:]

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/roster-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  // try?: what stays behind lies in a temporary folder.
  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A small school: 5А with two pupils and their mother, a teacher who leads it and teaches mathematics, a
  /// half of the class in English.
  static func small() throws -> RosterFiles {
    let files = try RosterFiles()
    try files.write(
      "manifest.csv",
      """
      propertyName,value
      manifest.version,1.0
      oneroster.version,1.1
      file.courses,bulk
      file.users,bulk
      file.classes,bulk
      file.enrollments,bulk
      file.demographics,bulk
      file.orgs,bulk
      source.systemCode,sis
      """)
    try files.write("orgs.csv", "sourcedId,status,dateLastModified,name,type\no1,,,Школа № 7,school")
    try files.write(
      "courses.csv", "sourcedId,status,dateLastModified,title,orgSourcedId\nk1,,,Математика,o1\nk2,,,Английский язык,o1"
    )
    try files.write(
      "users.csv",
      """
      sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName,middleName,phone,agentSourcedIds
      s1,,,true,o1,student,s1,Пётр,Ёлкин,Ильич,,g1
      s2,,,true,o1,student,s2,Анна,Ёлкина,Ильинична,8 (916) 000-00-02,g1
      g1,,,true,o1,parent,g1,Мария,Ёлкина,Петровна,+79160000001,"s1,s2"
      t1,,,true,o1,teacher,t1,Ольга,Ветрова,Игоревна,,
      """)
    try files.write(
      "demographics.csv",
      "sourcedId,status,dateLastModified,birthDate,sex\ns1,,,2015-03-01,male\ns2,,,2015-03-01,female")
    try files.write(
      "classes.csv",
      """
      sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,schoolSourcedId,termSourcedIds
      c1,,,5А,05,,,homeroom,o1,
      m1,,,Математика 5А,05,k1,,scheduled,o1,
      e1,,,Английский 1,05,k2,,scheduled,o1,
      """)
    try files.write(
      "enrollments.csv",
      """
      sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
      n1,,,c1,o1,s1,student,false,2026-09-01,
      n2,,,c1,o1,s2,student,false,2026-09-01,
      n3,,,c1,o1,t1,teacher,true,,
      n4,,,m1,o1,s1,student,false,,
      n5,,,m1,o1,s2,student,false,,
      n6,,,m1,o1,t1,teacher,true,,
      n7,,,e1,o1,s2,student,false,,
      """)
    return files
  }

  func write(_ name: String, _ text: String) throws {
    files[name] = text
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
  }

  func write(_ name: String, bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
  }

  func text(_ name: String) throws -> String { files[name] ?? "" }

  func replace(_ name: String, _ old: String, _ new: String) throws {
    try write(name, (files[name] ?? "").replacingOccurrences(of: old, with: new))
  }

  func remove(_ name: String) throws {
    files[name] = nil
    try FileManager.default.removeItem(atPath: "\(path)/\(name)")
  }

  /// Another folder's path beside this one.
  static func newPath(_ suffix: String = "") -> String {
    FileManager.default.temporaryDirectory.path + "/roster-\(UUID().uuidString)\(suffix)"
  }
}

extension SchoolBench {
  @discardableResult
  func importing(_ path: String, dryRun: Bool = false, strict: Bool = false) async throws -> JSONValue {
    try await run(
      "school.importRoster", ["path": JSONValue(path), "dryRun": JSONValue(dryRun), "strict": JSONValue(strict)])
  }

  /// Everything that an import may change, table by table.
  func everything() throws -> [String: [JSONValue]] {
    var rows: [String: [JSONValue]] = [:]
    for table in RosterTable.all {
      rows[table.name] = try query("SELECT * FROM \(table.name) ORDER BY \(table.record)")
    }
    return rows
  }

  /// Counts and lists that are not what the rows behind them say.
  func wrongLists() throws -> [JSONValue] {
    try query(
      """
      SELECT 'class ' || id AS what FROM school_classes c
      WHERE pupils <> (SELECT count(*) FROM school_enrolments e WHERE e.class_id = c.id AND e.until IS NULL)
      UNION ALL
      SELECT 'group ' || id FROM school_groups g
      WHERE (archived = 0 OR whole_class = 0)
        AND pupils <> (SELECT count(*) FROM school_v1_group_members m WHERE m.group_id = g.id)
      UNION ALL
      SELECT 'lesson ' || l.id FROM school_lessons l JOIN school_groups g ON g.id = l.group_id
      WHERE l.group_title <> g.title
      UNION ALL
      SELECT 'staged ' || count(*) FROM school_staged_users HAVING count(*) > 0
      UNION ALL
      SELECT 'bulk' FROM school_bulk
      """)
  }

  /// Whole-class groups that are put away, with the pupils that they had.
  func archivedGroups() throws -> [String: Int] {
    let rows = try query("SELECT id, pupils FROM school_groups WHERE archived = 1 AND whole_class = 1")
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["id"]?.string ?? "", $0["pupils"]?.int ?? 0) })
  }
}
