import PluginKit
import ShellTesting
import Testing

@testable import SchoolPlugin

/// Whoever asks for English reads English, except what people have written.
@Suite struct EnglishTests {
  private func client(_ desk: SchoolDesk) async throws -> TestClient {
    let client = try await desk.host.connect(owner: true, locale: "en")
    try await client.call("session/claim")
    return client
  }

  /// The cells of one column of a registry.
  private func cells(_ client: TestClient, _ registry: String, _ column: String) async throws -> Set<String> {
    let page = try await client.call("registry/query", ["registry": JSONValue(registry), "limit": 500])
    return Set((page["rows"]?.array ?? []).compactMap { $0["cells"]?[column]?.string })
  }

  @Test func `I4: states, roles and kinds in lists are in the session's language`() async throws {
    let desk = try await SchoolDesk()
    try await desk.run("school.expel", ["pupils": ["u1", "u2"]])
    try await desk.run("school.restore", ["pupil": "u2"])
    try await desk.run("school.addParent", ["person": "e3"])
    let client = try await client(desk)
    #expect(try await cells(client, "pupils", "state") == ["Studies"])
    #expect(try await cells(client, "gone", "state") == ["Expelled", "Restored"])
    #expect(try await cells(client, "employees", "positionType").isSubset(of: PositionType.allCases.map(\.english)))
    let roles = try await cells(client, "accounts", "roles")
    #expect(roles.contains("Employee, Parent") && roles.contains("Pupil"))
    #expect(roles.allSatisfy { $0.unicodeScalars.allSatisfy(\.isASCII) }, "\(roles)")
    // What a cell shows can be filtered by, in either language.
    for state in ["Restored", "Восстановлен"] {
      let page = try await client.call("registry/query", ["registry": "gone", "filter": ["state": JSONValue(state)]])
      #expect(page["rows"]?.array?.map { $0["id"] ?? "" } == ["u2"])
    }
    try await desk.stop()
  }

  @Test func `I4: an import is told in the session's language, its progress too`() async throws {
    let desk = try await SchoolDesk()
    let files = try RosterFiles.small()
    try files.replace("classes.csv", "5А,05", "5Я,05")
    try files.replace("users.csv", "+79160000001", "12-34")
    let client = try await client(desk)
    let forms = try await client.call("command/execute", ["command": "school.openImport"])
    let form = try #require(forms["effects"]?[0]?["window"]?["id"])
    try await client.call("window/set", ["window": form, "values": ["path": JSONValue(files.path)]])
    try await client.call("window/press", ["window": form, "button": "check"])
    let rows = try await client.call("table/query", ["window": form, "table": "changes"])["rows"]
    #expect(rows?[0]?["cells"]?["registry"] == "Employees")
    let result = try await client.call(
      "command/execute",
      [
        "command": "school.importRoster", "arguments": ["path": JSONValue(files.path)],
        "_meta": ["progressToken": "p"],
      ])["result"]
    let reason = result?["errors"]?[0]?["reason"]?.string ?? ""
    #expect(!reason.isEmpty && reason.unicodeScalars.allSatisfy(\.isASCII), "\(reason)")
    let progress = client.notifications.filter { $0["method"] == "$/progress" }
    #expect(!progress.isEmpty && progress.allSatisfy { $0["params"]?["value"]?["message"]?.string != nil })
    #expect(try await cells(client, "import", "state") == ["Done"])
    #expect(try await cells(client, "import", "title").allSatisfy { $0.hasPrefix("Import: ") })
    try await desk.stop()
  }

  @Test func `I4: the audit log and the roll-over are in the session's language`() async throws {
    let desk = try await SchoolDesk()
    try await desk.run("school.changeClass", ["class": "c1", "letter": "Я"])
    let client = try await client(desk)
    let page = try await client.call("registry/query", ["registry": "audit"])
    let line = try #require(page["rows"]?.array?.first { $0["cells"]?["object"] == "c1" })
    #expect(line["cells"]?["what"] == "Change a class")
    #expect(line["cells"]?["subject"]?.string?.hasPrefix("Class ") == true)
    #expect(line["cells"]?["changes"]?.string?.hasPrefix("Letter: ") == true)
    let outcome = try await client.call("command/execute", ["command": "school.openRollOver"])
    let window = try #require(outcome["effects"]?[0]?["window"])
    let summary = window["fields"]?.array?.first { $0["id"] == "summary" }
    #expect(summary?["value"]?.string?.hasPrefix("graduates: ") == true)
    try await desk.stop()
  }
}
