import Foundation
import Glibc
import Jansson
import Testing

/// Import and export as people run them, and what a crash in the middle leaves.
struct ImportTests {
  /// The school of all tests as a package, made once.
  private static let package: Result<String, any Error> = Result {
    let path = "\(NSTemporaryDirectory())/esh-e2e-package-\(UUID().uuidString.prefix(13)).zip"
    let school = try SchoolFolder()
    let run = try withExtendedLifetime(school) {
      try CommandRun.esh("export", "oneroster", path, "--data", school.path)
    }
    guard run.succeeded else { throw TestTrouble("no package: \(run.errors)") }
    return path
  }

  @Test func `F4: esh imports what esh exported, tells it as JSON, and a second time changes nothing`() throws {
    let package = try Self.package.get()
    let folder = try SchoolFolder.empty()
    let copy = "\(folder.path)/copy.zip"

    let checked = try CommandRun.esh("import", "oneroster", package, "--dry-run", "--json", "--data", folder.path)
    let first = try CommandRun.esh("import", "oneroster", package, "--json", "--data", folder.path)
    let second = try CommandRun.esh("import", "oneroster", package, "--json", "--data", folder.path)
    let exported = try CommandRun.esh("export", "oneroster", copy, "--data", folder.path)

    #expect(checked.succeeded && first.succeeded && second.succeeded && exported.succeeded, "\(first.errors)")
    let (would, did, again) = (try checked.json(), try first.json(), try second.json())
    #expect(would["applied"] == false)
    #expect(did["applied"] == true)
    #expect(would["added"] == did["added"])
    #expect((did["added"]?.int ?? 0) > 60)
    #expect(did["errors"] == [])
    for name in ["added", "changed", "removed"] { #expect(again[name] == 0, "\(name)") }
    #expect(FileManager.default.contentsEqual(atPath: package, andPath: copy))
  }

  @Test func `F4: a package with nothing good in it ends with 1, and so does a path that is none`() throws {
    let folder = try SchoolFolder.empty()
    try FileManager.default.createDirectory(atPath: "\(folder.path)/bad", withIntermediateDirectories: true)
    _ = try folder.write("sourcedId,status\nu1,\n", to: "bad/users.csv")

    let bad = try CommandRun.esh("import", "oneroster", "\(folder.path)/bad", "--json", "--data", folder.path)
    let none = try CommandRun.esh("import", "oneroster", "\(folder.path)/none", "--data", folder.path)

    #expect(bad.end == .status(1))
    let told = try JSONValue(parsing: bad.output)
    #expect(told["applied"] == false)
    #expect(told["errors"]?[0]?["file"] == "users.csv")
    #expect(none.end == .status(1))
    #expect(none.errors.contains("\(folder.path)/none"))
  }

  @Test func `F4: a registry comes as CSV with titles, and for a spreadsheet with a mark`() throws {
    let folder = try SchoolFolder()
    let file = "\(folder.path)/pupils.csv"

    let plain = try CommandRun.esh("export", "pupils", "--format", "csv", "--data", folder.path)
    let marked = try CommandRun.esh("export", "pupils/pupils", "--bom", "--output", file, "--data", folder.path)
    let unknown = try CommandRun.esh("export", "nothing", "--data", folder.path)

    #expect(plain.succeeded && marked.succeeded, "\(plain.errors)\(marked.errors)")
    let lines = plain.output.split(separator: "\r\n", omittingEmptySubsequences: true)
    #expect(lines.first == "ФИО,Класс,Зачислен,Состояние")
    #expect(lines.count == 61)
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
    #expect(bytes.prefix(3) == [0xEF, 0xBB, 0xBF])
    #expect(String(decoding: bytes.dropFirst(3), as: UTF8.self) == plain.output)
    #expect(unknown.end == .status(1))
  }

  @Test(arguments: [5, 60, 200, 400, 700, 1000, 1500, 2200])
  func `F4: SIGKILL in the middle of an import leaves the school before it or after it`(ms: Int) throws {
    let package = try Self.package.get()
    let folder = try SchoolFolder.empty()
    let first = try HostUnderTest.start(folder)
    let client = try first.client()
    _ = try client.call("session/claim")
    let arguments: JSONValue = ["path": JSONValue(package)]
    let id = try client.begin(
      "command/execute", ["command": "school.importRoster", "arguments": arguments])
    let answer = try client.first(within: Double(ms) / 1000) { $0["id"] == id }
    first.process.killAndWait()

    let second = try HostUnderTest.start(folder)
    let after = try second.client()
    _ = try after.call("session/claim")
    let pupils = try after.call("registry/query", ["registry": "pupils"])["total"]
    let lessons = try after.call("registry/query", ["registry": "timetable"])["total"]?.int ?? 0
    if answer != nil { #expect(pupils == 60, "what was told is durable") }
    #expect(pupils == 0 || pupils == 60)
    #expect((lessons > 0) == (pupils == 60))
    let result = try after.call(
      "command/execute", ["command": "school.importRoster", "arguments": arguments])["result"]
    #expect(result?["applied"] == true)
    #expect((result?["added"]?.int ?? -1 > 0) == (pupils == 0))
    #expect(try after.call("registry/query", ["registry": "pupils"])["total"] == 60)
  }
}
