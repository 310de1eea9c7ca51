import PluginHost
import PluginKit
import ShellTesting
import Testing

@testable import SchoolPlugin

/// What happens to accounts beside the roster: who stays blocked, who is signed out.
@Suite struct KeptAccountTests {
  /// An employee who is nothing else, with their login.
  private func employee(_ bench: SchoolBench) throws -> (id: JSONValue, login: String) {
    let row = try bench.row(
      """
      SELECT e.id, a.login FROM school_employees e JOIN school_accounts a ON a.person_id = e.person_id
      WHERE a.roles = 'Сотрудник' AND e.id <> 'e2' ORDER BY e.n DESC LIMIT 1
      """)
    return (row["id"] ?? "", row["login"]?.string ?? "")
  }

  private func rehire(_ bench: SchoolBench, _ id: JSONValue) async throws {
    try await bench.run(
      "school.hire", ["person": id, "position": "Вахтёр", "positionType": "Обслуживающий персонал"])
  }

  @Test func `H: a rehire opens what the dismissal blocked, and nothing that was blocked on purpose`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let (id, login) = try employee(bench)
    try await bench.run("school.blockAccount", ["login": JSONValue(login)])
    try await bench.run("school.dismiss", ["employee": id])
    try await rehire(bench, id)
    #expect(await bench.refusal(login, "пароль")?.kind == "session.blocked")

    try await bench.run("school.unblockAccount", ["login": JSONValue(login)])
    _ = try await bench.signIn(login, "пароль")
    try await bench.run("school.dismiss", ["employee": id])
    try await rehire(bench, id)
    _ = try await bench.signIn(login, "пароль")
    // Blocked by hand after the dismissal: that stands, too.
    try await bench.run("school.dismiss", ["employee": id])
    try await bench.run("school.blockAccount", ["login": JSONValue(login)])
    try await rehire(bench, id)
    #expect(await bench.refusal(login, "пароль")?.kind == "session.blocked")
  }

  @Test func `H: whoever loses the role of a parent is signed out`() async throws {
    let desk = try await SchoolDesk()
    let parent = try await desk.run("school.addParent", ["person": "e3"])["result"]?["parent"] ?? ""
    let accounts = try await desk.run("school.listAccounts", ["role": "employee"])["result"]?["accounts"]?.array ?? []
    let name = try await desk.rows("employees", search: "").first { $0["id"] == "e3" }?["cells"]?["name"]
    let login = try #require(accounts.first { $0["name"] == name }?["login"])
    let client = try await desk.host.connect()
    try await client.call("session/login", ["login": login, "password": "пароль"])
    try await desk.run("school.removeParent", ["parent": parent])
    let news = await client.notification("session/didEnd")
    #expect(news["params"]?["reason"] == "roles")
    try await desk.stop()
  }

  @Test func `F1: lessons sorted by their group come in the order of grades`() async throws {
    let bench = try await SchoolBench.generated(pupils: 450)
    try bench.execute("UPDATE school_subjects SET title = 'Ааа' WHERE title = 'Физика'")
    let page = try await bench.page("school.timetable", sort: [(column: "group", descending: false)], limit: 500)
    var after = page.info.next
    var titles = page.rows.compactMap { $0["cells"]?["group"]?.string }
    while let cursor = after {
      let next = try await bench.page(
        "school.timetable", sort: [(column: "group", descending: false)], after: cursor, limit: 500)
      titles += next.rows.compactMap { $0["cells"]?["group"]?.string }
      after = next.info.next
    }
    let grades = titles.filter { $0.hasPrefix("Ааа") }.compactMap { title in
      title.split(separator: "(").last.flatMap { Int($0.prefix { $0.isNumber }) }
    }
    #expect(grades == grades.sorted() && Set(grades).count > 3 && grades.contains(10))
  }
}
