import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

@Suite struct SettingsTests {
  @Test func `F3: saving changes the settings, and says so in the audit log and to other plugins`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let result = try await bench.run(
      "school.saveSettings", ["name": "Лицей № 5", "requestExpiryHours": 48, "chatAdministrator": "e3"])

    #expect(result["changed"] == ["name", "chatAdministrator", "requestExpiryHours"])
    let view = try bench.query("SELECT name, request_expiry_hours, chat_administrator_id FROM school_v1_organization")
    #expect(view == [["name": "Лицей № 5", "request_expiry_hours": 48, "chat_administrator_id": "e3"]])
    let audit = try bench.query("SELECT * FROM shell_audit WHERE action = 'school.saveSettings'")
    #expect(audit.count == 1)
    #expect(audit[0].text().contains("Лицей № 5"))
    #expect(try bench.query("SELECT 1 AS n FROM shell_events WHERE name = 'school.v1.settingsChanged'").count == 1)
  }

  @Test func `F3: saving what is there already changes nothing`() async throws {
    let bench = try SchoolBench()
    #expect(try await bench.run("school.saveSettings", ["timeZone": "Europe/Moscow"])["changed"] == [])
    #expect(try bench.query("SELECT 1 AS n FROM shell_events").isEmpty)
  }

  @Test func `F3: a refusal names every field that is wrong and changes none`() async throws {
    let bench = try SchoolBench()
    let failure = await #expect(throws: PluginFailure.self) {
      try await bench.run(
        "school.saveSettings",
        ["name": "Лицей", "timeZone": "Mars/Olympus", "requestExpiryHours": 0, "chatAdministrator": "e9"])
    }
    #expect(failure?.code.rawValue == -32602)
    #expect(failure?.issues.map(\.path) == ["/timeZone", "/requestExpiryHours", "/chatAdministrator"])
    #expect(try bench.query("SELECT name FROM school_v1_organization") == [["name": "Школа"]])
  }

  @Test func `F3: the form shows the settings and saves them by the same command`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let window = try await bench.host.call(PluginCall(.windowOpen, "school.settings", params: ["arguments": [:]]))
    let fields = try #require(window["fields"]?.array)
    let administrator = try #require(fields.first { $0["id"] == "chatAdministrator" })
    #expect(administrator["value"] == "e2")
    #expect(administrator["display"]?.string?.isEmpty == false)
    #expect(administrator["picker"]?["table"] == "school.employeePicker")
    let save = window["buttons"]?.array?.first { $0["id"] == "save" }
    #expect(save?["command"] == "school.saveSettings")
    let arguments = save?["arguments"]?.members ?? []
    #expect(arguments.map(\.key).sorted() == fields.compactMap { $0["id"]?.string }.sorted())

    var values: [(String, JSONValue)] = []
    for field in fields { values.append((field["id"]?.string ?? "", field["value"] ?? .null)) }
    #expect(try await bench.run("school.saveSettings", JSONValue(members: values))["changed"] == [])
  }
}
