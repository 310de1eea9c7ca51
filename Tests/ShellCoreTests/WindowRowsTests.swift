import Jansson
import ShellTesting
import Testing

/// Tables whose rows the window keeps, from picking them to the command that gets them.
@Suite struct WindowRowsTests {
  private func opened(_ outcome: JSONValue) throws -> JSONValue {
    try #require(outcome["effects"]?.array?.last { $0["type"] == "openWindow" }?["window"]?["id"])
  }

  /// The form with these notes picked into its table.
  private func list(_ client: TestClient, _ notes: [String]) async throws -> JSONValue {
    try await client.call("session/login", ["login": "admin", "password": "secret"])
    for note in notes {
      try await client.call("command/execute", ["command": "notes.add", "arguments": ["text": JSONValue(note)]])
    }
    let window = try opened(try await client.call("command/execute", ["command": "notes.openList"]))
    let picker = try opened(try await client.call("window/press", ["window": window, "button": "add"]))
    let rows = JSONValue(notes.map { JSONValue($0) })
    try await client.call("window/select", ["window": picker, "table": "rows", "rows": rows])
    try await client.call("window/press", ["window": picker, "button": "select"])
    return window
  }

  @Test func `what a picker chose stands in the form's own table, and only its columns are sent`() async throws {
    let host = try NotesPlugin.host()
    let client = try await host.connect()
    let window = try await list(client, ["альфа", "бета"])
    let page = try await client.call("table/query", ["window": window, "table": "notes"])
    #expect(page["total"] == 2)
    #expect(page["rows"]?[0] == ["id": "альфа", "cells": ["text": "альфа", "mark": "новая"], "locked": ["mark"]])
    let table = try #require(try await client.call("window/get", ["window": window])["tables"]?[0])
    #expect(table["total"] == 2 && table["rows"] == nil)
    let text = try await client.call("window/render", ["window": window, "width": 40])["text"]?.string ?? ""
    #expect(
      text.hasSuffix(
        """
        Заметки:
        <Добавить> <Удалить>
          Текст | Пометка
          ------+--------
          альфа | новая
          бета  | новая
          2/2
        <Сохранить>

        """), "\(text)")
    #expect(table["columns"]?[1]?["editable"] == true && table["columns"]?[1]?["title"] == "Пометка")
    try await host.stop()
  }

  @Test func `such a table is searched, sorted and paged as any other`() async throws {
    let host = try NotesPlugin.host()
    let client = try await host.connect()
    let window = try await list(client, ["ель", "ёж", "альфа"])
    func texts(_ params: JSONValue) async throws -> [String] {
      let page = try await client.call("table/query", params.merging(["window": window, "table": "notes"]))
      return (page["rows"]?.array ?? []).compactMap { $0["id"]?.string }
    }
    #expect(try await texts(["sort": [["column": "text"]]]) == ["альфа", "ёж", "ель"])
    #expect(try await texts(["search": "ЕЖ"]) == ["ёж"])
    let first = try await client.call("table/query", ["window": window, "table": "notes", "limit": 2])
    #expect(try await texts(["limit": 2, "after": first["next"] ?? .null]) == ["альфа"])
    #expect(try await texts(["filter": ["text": "ель"]]) == ["ель"])
    let refusal = await #expect(throws: Refusal.self) { try await texts(["sort": [["column": "mark"]]]) }
    #expect(refusal?.code == -32602)
    try await host.stop()
  }

  @Test func `cells are edited where the row allows it`() async throws {
    let host = try NotesPlugin.host()
    let client = try await host.connect()
    let window = try await list(client, ["альфа", "бета"])
    let edit: JSONValue = ["window": window, "table": "notes", "values": ["mark": "важная"]]
    try await client.call("window/edit", edit.setting("row", "бета"))
    let page = try await client.call("table/query", ["window": window, "table": "notes"])
    #expect(page["rows"]?[1]?["cells"]?["mark"] == "важная")
    let locked = await #expect(throws: Refusal.self) {
      try await client.call("window/edit", edit.setting("row", "альфа"))
    }
    #expect(locked?.code == -32009)
    let unknown = await #expect(throws: Refusal.self) {
      try await client.call("window/edit", edit.setting("row", "гамма"))
    }
    #expect(unknown?.code == -32004)
    try await host.stop()
  }

  @Test func `a row that is taken out is selected no more`() async throws {
    let host = try NotesPlugin.host()
    let client = try await host.connect()
    let window = try await list(client, ["альфа", "бета"])
    try await client.call("window/select", ["window": window, "table": "notes", "rows": ["бета"]])
    let outcome = try await client.call("window/press", ["window": window, "button": "remove"])
    #expect(outcome["effects"]?[0]?["changed"]?["tables"]?[0]?["total"] == 1)
    #expect(try await client.call("window/get", ["window": window])["tables"]?[0]?["selected"] == [])
    try await host.stop()
  }

  @Test func `a command gets the rows' values, and null for an emptied field that may be null`() async throws {
    let host = try NotesPlugin.host()
    let client = try await host.connect()
    let window = try await list(client, ["бета"])
    try await client.call("window/set", ["window": window, "values": ["day": JSONValue.null]])
    let outcome = try await client.call("window/press", ["window": window, "button": "save"])
    #expect(outcome["result"] == ["notes": [["note": "бета", "mark": "новая"]], "day": JSONValue.null])
    try await host.stop()
  }

  @Test func `a refusal that names a table is said aloud`() async throws {
    let host = try NotesPlugin.host()
    let client = try await host.connect()
    let window = try await list(client, ["бета"])
    try await client.call("window/select", ["window": window, "table": "notes", "rows": ["бета"]])
    try await client.call("window/press", ["window": window, "button": "remove"])
    let outcome = try await client.call("window/press", ["window": window, "button": "save"])
    let dialog = outcome["effects"]?.array?.last { $0["type"] == "openWindow" }?["window"]
    #expect(dialog?["text"] == "Список пуст")
    try await host.stop()
  }

  @Test func `a window shows no table of the host's that its plugin's manifest does not name`() async throws {
    let host = try NotesPlugin.host()
    let client = try await host.connect()
    try await client.call("session/login", ["login": "admin", "password": "secret"])

    let window = try opened(try await client.call("command/execute", ["command": "notes.openSpy"]))

    #expect(try await client.call("window/get", ["window": window])["tables"] == [])
    await #expect(throws: (any Error).self) {
      try await client.call("window/press", ["window": window, "button": "pick:line"])
    }
  }
}
