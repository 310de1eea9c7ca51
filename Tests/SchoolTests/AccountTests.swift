import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

@Suite struct AccountTests {
  @Test func `H: roles are set one by one, the rest stays, and the last administrator keeps theirs`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let login = try bench.value("SELECT login FROM school_accounts WHERE roles = 'Сотрудник' LIMIT 1")

    let result = try await bench.run("school.setRoles", ["login": login, "administrator": true])
    #expect(result["roles"] == ["administrator", "employee"])
    #expect(try bench.events("school.v1.accountChanged").last?["change"] == "roles")
    let line = try #require(try bench.audit("school.setRoles").last)
    #expect(line["old"] == ["roles": ["employee"]])

    _ = try await bench.run("school.setRoles", ["login": "admin", "administrator": false])
    let last = try await bench.refusal(of: "school.setRoles", ["login": login, "administrator": false])
    #expect(last.kind == "school.lastAdministrator")
    let none = try await bench.refusal(of: "school.setRoles", ["login": "admin", "employee": false])
    #expect(none.kind == "school.noRoles")
  }

  @Test func `H: a password that nobody gave is shown once and works`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let outcome = try await bench.outcome("school.setPassword", ["login": "admin"])
    let password = try #require(outcome["result"]?["password"]?.string)
    #expect(outcome["effects"]?[0]?["text"]?["ru"]?.string?.contains(password) == true)
    _ = try await bench.signIn("admin", password)
    #expect(try bench.query("SELECT 1 AS n FROM shell_audit WHERE new LIKE '%\(password)%'").isEmpty)
  }

  @Test func `H: a person of a registry is blocked by the row, if there is an account`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let row = try bench.query(
      """
      SELECT e.id, a.login FROM school_employees e JOIN school_accounts a ON a.person_id = e.person_id
      WHERE a.login <> 'admin' LIMIT 1
      """)[0]
    let login = try await bench.run("school.blockAccount", ["person": row["id"] ?? ""])
    #expect(login["login"] == row["login"])
    #expect(try bench.value("SELECT blocked FROM school_employees WHERE id = '\(row["id"]?.string ?? "")'") == 1)

    let hired = try await bench.run(
      "school.hire",
      [
        "familyName": "Ёжиков", "givenName": "Пётр", "position": "Вахтёр", "positionType": "Обслуживающий персонал",
      ])
    let none = try await bench.refusal(of: "school.blockAccount", ["person": hired["employeeId"] ?? ""])
    #expect(none.kind == "school.noAccount")
    let made = try await bench.run(
      "school.addAccount", ["login": "ezhikov", "employee": hired["employeeId"] ?? "", "administrator": true])
    #expect(made["password"]?.string?.isEmpty == false)
    #expect(try bench.value("SELECT roles FROM school_accounts WHERE login = 'ezhikov'") == "Администратор, Сотрудник")
  }

  @Test func `H: an account is of one person`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let failure = try await bench.refusal(of: "school.addAccount", ["login": "two", "employee": "e1", "pupil": "u1"])
    #expect(failure.issues.map(\.path) == ["/employee"])
  }
}
