import PluginKit
import ShellTesting
import Testing

@testable import SchoolPlugin

/// «Пуск/Администрирование/Импорт» over the real host.
@Suite struct ImportWindowTests {
  @Test func `F4: the form checks a package, shows its errors, loads it, and the list undoes it`() async throws {
    let desk = try await SchoolDesk()
    let files = try RosterFiles.small()
    try files.replace("classes.csv", "5А,05", "5Я,05")
    try files.replace("users.csv", "+79160000001", "12-34")
    let list = try desk.window(
      try await desk.client.call("startMenu/open", ["path": ["Администрирование", "Импорт"]]))
    let form = try await list.open("import-load")
    #expect(form.title == "Импорт")
    try await form.set(["path": JSONValue(files.path)])

    try await form.press("check")
    #expect(try await form.now()["text"]?.string?.hasPrefix("Проверка: добавлено") == true)
    #expect(
      try await form.rows("errors").map { $0["cells"] ?? .null } == [
        [
          "file": "users.csv", "line": 4, "column": "phone", "value": "12-34",
          "reason": "Это не мобильный номер России; поле оставлено пустым",
        ]
      ])
    #expect(
      try await form.rows("changes").first?["cells"]
        == ["registry": "Сотрудники", "added": 1, "changed": 0, "removed": 0, "held": 0])
    #expect(try await desk.rows("pupils", search: "ёлкин").isEmpty)

    try files.replace("users.csv", "12-34", "+79160000001")
    try await form.press("load")
    #expect(try await desk.rows("pupils", search: "ёлкин пётр").count == 1)
    let operations = try await desk.rows("import", search: "")
    #expect(operations.first?["cells"]?["source"] == "sis")
    #expect(operations.first?["cells"]?["state"] == "Выполнен")
    #expect(operations.first?["cells"]?["at"] == "2026-11-23T12:00:00+03:00")
    #expect(try await list.rows("operations").first?["cells"]?["at"] == "23.11.2026 12:00")

    let question = try await list.open("import-undo", on: try #require(operations.first?["id"]))
    #expect(question.text.hasPrefix("Отменить «Импорт:"))
    try await question.press("yes")
    #expect(try await desk.rows("pupils", search: "ёлкин пётр").isEmpty)
    #expect(try await desk.rows("import", search: "").first?["cells"]?["state"] == "Отменён")
    try await desk.stop()
  }
}
