import PluginKit
import ShellTesting
import Testing

@testable import SchoolPlugin

/// Buttons over the registries: what there is nothing to do with is disabled, and says why.
@Suite struct ToolbarTests {
  /// `why` of a button when that row is selected; nil when it can be pressed.
  private func why(_ button: String, _ registry: DeskWindow, _ rows: [JSONValue]) async throws -> String? {
    try await registry.select(registry.json["tables"]?[0]?["id"]?.string ?? "", rows)
    let found = try #require(try await registry.button(button))
    return found["enabled"] == true ? nil : found["why"]?.string ?? ""
  }

  @Test func `F2: whoever was dismissed is not dismissed again, whoever is blocked is not blocked again`() async throws
  {
    let desk = try await SchoolDesk()
    let registry = try await desk.registry("Сотрудники")
    #expect(try await why("dismiss", registry, ["e3"]) == nil)
    #expect(try await why("unblock", registry, ["e3"]) == "Учётная запись не заблокирована")
    try await desk.run("school.blockAccount", ["person": "e3"])
    #expect(try await why("block", registry, ["e3"]) == "Учётная запись уже заблокирована")
    #expect(try await why("unblock", registry, ["e3"]) == nil)
    try await desk.run("school.dismiss", ["employee": "e3"])
    #expect(try await why("dismiss", registry, ["e3"]) == "Сотрудник уже уволен")
    let refusal = await #expect(throws: Refusal.self) { try await registry.press("dismiss") }
    #expect(refusal?.code == -32009 && refusal?.message == "Сотрудник уже уволен")
    let hired = try await desk.run(
      "school.hire",
      ["familyName": "Ёжиков", "givenName": "Пётр", "position": "Вахтёр", "positionType": "Обслуживающий персонал"])
    let without = hired["result"]?["employeeId"] ?? ""
    #expect(try await why("block", registry, [without]) == "У сотрудника нет учётной записи")
    try await desk.stop()
  }

  @Test func `C10: only a restoration is cancelled, only who has left is restored`() async throws {
    let desk = try await SchoolDesk()
    try await desk.run("school.expel", ["pupils": ["u1", "u2"]])
    try await desk.run("school.restore", ["pupil": "u2"])
    let gone = try await desk.registry("Выпускники и отчисленные")
    #expect(try await why("cancel-restoration", gone, ["u1"]) == "Отменять нечего: ученик не восстановлен")
    #expect(try await why("cancel-restoration", gone, ["u1", "u2"]) != nil)
    #expect(try await why("cancel-restoration", gone, ["u2"]) == nil)
    #expect(try await why("restore", gone, ["u2"]) == "Ученик уже восстановлен")
    #expect(try await why("restore", gone, ["u1"]) == nil)
    #expect(try await why("restore", gone, []) == "Выберите записи")
    try await desk.stop()
  }

  @Test func `X3: an undone import has nothing to confirm or undo`() async throws {
    let desk = try await SchoolDesk()
    let files = try RosterFiles.small()
    try files.replace("classes.csv", "5А,05", "5Я,05")
    let result = try await desk.run("school.importRoster", ["path": JSONValue(files.path)])["result"]
    let operation = result?["operation"] ?? ""
    let list = try desk.window(
      try await desk.client.call("startMenu/open", ["path": ["Администрирование", "Импорт"]]))
    #expect(try await why("import-confirm", list, [operation]) == "Исключений, которые ждут подтверждения, нет")
    #expect(try await why("import-undo", list, [operation]) == nil)
    try await desk.run("school.undoOperation", ["operation": operation])
    #expect(try await why("import-undo", list, [operation]) == "Операция уже отменена")
    try await desk.stop()
  }
}
