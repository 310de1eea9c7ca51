import FilePackage
import Foundation
import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

@Suite struct RoundTripTests {
  @Test(arguments: [(60, ""), (450, ".zip")])
  func `F4: a school that is exported, imported elsewhere and exported again gives the same files`(
    pupils: Int, suffix: String
  ) async throws {
    let (first, second) = (RosterFiles.newPath(suffix), RosterFiles.newPath(suffix))
    defer { for path in [first, second] { try? FileManager.default.removeItem(atPath: path) } }
    let school = try await pupils == 450 ? SchoolBench.large.value : SchoolBench.generated(pupils: pupils)
    _ = try await school.run("school.exportRoster", ["path": JSONValue(first)])
    let other = try await SchoolBench.withAdministrator()

    let result = try await other.importing(first)

    #expect(result["errors"] == [])
    #expect(result["warnings"] == [])
    _ = try await other.run("school.exportRoster", ["path": JSONValue(second)])
    #expect(try contents(first) == contents(second))
    for sql in [
      "SELECT count(*) AS n FROM school_pupils WHERE class_id IS NOT NULL", "SELECT count(*) AS n FROM school_parents",
      "SELECT count(*) AS n FROM school_employees e JOIN school_parents r ON r.person_id = e.person_id",
      "SELECT count(*) AS n FROM school_groups WHERE whole_class = 1", "SELECT count(*) AS n FROM school_lessons",
      "SELECT title, homeroom_teacher, pupils FROM school_classes ORDER BY title",
      "SELECT title, teacher, pupils FROM school_groups ORDER BY title",
      "SELECT full_name, children FROM school_parents ORDER BY full_name, children LIMIT 0",
    ] { #expect(try other.query(sql) == school.query(sql), "\(sql)") }
    #expect(try other.wrongLists() == [])
    let again = try await other.importing(first)
    #expect(again["operation"] == nil)
    for name in ["added", "changed", "removed", "held"] { #expect(again[name] == 0, "\(name)") }
  }

  @Test func `F4: a school's own export changes nothing in it`() async throws {
    let path = RosterFiles.newPath(".zip")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let bench = try await SchoolBench.generated(pupils: 60, seed: 6)
    _ = try await bench.run("school.exportRoster", ["path": JSONValue(path)])
    let people = try bench.query("SELECT count(*) AS n FROM school_people")

    let result = try await bench.importing(path)

    #expect(result["errors"] == [])
    for name in ["added", "changed", "removed", "held"] { #expect(result[name] == 0, "\(name)") }
    #expect(try bench.query("SELECT count(*) AS n FROM school_people") == people)
    #expect(try bench.wrongLists() == [])
  }

  @Test func `an export leaves a line in the audit log, with counts and without a path`() async throws {
    let path = RosterFiles.newPath(".zip")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let bench = try await SchoolBench.generated(pupils: 60, seed: 8)

    let result = try await bench.run("school.exportRoster", ["path": JSONValue(path)])

    let lines = try bench.query(
      "SELECT object, new FROM shell_audit WHERE action = 'school.exportRoster'")
    #expect(lines.count == 1 && lines.first?["object"] == "export")
    let new = try JSONValue(parsing: lines.first?["new"]?.string ?? "")
    #expect(new == ["files": result["files"] ?? .null])
  }

  private func contents(_ path: String) throws -> [String: [UInt8]] {
    let package = try FilePackage(path: path)
    var files: [String: [UInt8]] = [:]
    for name in package.files.keys {
      let source = try package.open(name)
      var (all, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 18))
      while true {
        let count = try source.read(into: &buffer)
        if count == 0 { break }
        all += buffer[..<count]
      }
      files[name] = all
    }
    return files
  }
}
