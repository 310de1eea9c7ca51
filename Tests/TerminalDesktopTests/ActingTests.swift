import Jansson
import Testing

@testable import TerminalDesktop

struct ActingTests {
  private func acting(_ window: String = WindowPageTests.form) throws -> (Acting, ScriptedWire, ScriptedPrompts) {
    let (session, wire) = try DeskSession.showing(window, rows: WindowPageTests.rows)
    _ = try WindowPage.draw(session, "w1", width: 80)
    let prompts = ScriptedPrompts()
    return (Acting(session, prompts), wire, prompts)
  }

  @Test func `I4: A button that can't be pressed says why and asks the host nothing`() throws {
    let (acting, wire, prompts) = try acting()
    let count = wire.asked.count
    try acting.perform(.press(window: "w1", button: "no", row: nil))
    #expect(prompts.said == ["Почему"])
    #expect(wire.asked.count == count)
  }

  @Test func `I4: Fields are typed, toggled and chosen by what they are`() throws {
    let (acting, wire, prompts) = try acting()
    prompts.lines = ["Торшер", "", "12", "много", nil]
    try acting.perform(.field(window: "w1", field: "name"))
    #expect(wire.last?["values"] == ["name": "Торшер"])
    try acting.perform(.field(window: "w1", field: "day"))
    #expect(wire.last?["values"] == ["day": .null], "an emptied date is no date")
    try acting.perform(.field(window: "w1", field: "n"))
    #expect(wire.last?["values"] == ["n": 12])
    try acting.perform(.field(window: "w1", field: "n"))
    #expect(wire.last?["values"] == ["n": "много"], "what is no number is the host's to refuse")
    try acting.perform(.field(window: "w1", field: "on"))
    #expect(wire.last?["values"] == ["on": false])
    prompts.choices = [0]
    try acting.perform(.field(window: "w1", field: "kind"))
    #expect(wire.last?["values"] == ["kind": "1"])
    #expect(prompts.labels == ["Имя=Лампа", "День=04.05.2026", "Число=3", "Число=3", "Вид=второй"])
    let count = wire.asked.count
    try acting.perform(.field(window: "w1", field: "name"))
    #expect(wire.asked.count == count, "thought better of, nothing is sent")
  }

  @Test
  func `I4: A row joins and leaves the selection, a locked cell selects, an editable one is edited, a link is shown`()
    throws
  {
    let (acting, wire, prompts) = try acting(WindowPageTests.table)
    try acting.perform(.cell(window: "w1", table: "t", row: "1", column: "name"))
    #expect(wire.last?["rows"] == ["2", "1"])
    try acting.perform(.cell(window: "w1", table: "t", row: "2", column: "name"))
    #expect(wire.last?["rows"] == [])
    try acting.perform(.cell(window: "w1", table: "t", row: "1", column: "on"))
    #expect(wire.asked.last?.method == "window/edit")
    #expect(wire.last?["values"] == ["on": false])
    try acting.perform(.cell(window: "w1", table: "t", row: "2", column: "on"))
    #expect(wire.asked.last?.method == "window/select")
    try acting.perform(.cell(window: "w1", table: "t", row: "1", column: "go"))
    #expect(prompts.said == ["Ссылка: https://example.org/1"])
  }

  @Test func `I4: Effects open, change and close windows in their order; stale changes are passed over`() throws {
    let (session, wire) = try DeskSession.showing(WindowPageTests.form)
    wire.answers["window/press"] = [
      try JSONValue(
        parsing: """
          {"effects": [
            {"type": "updateWindow", "id": "w1", "revision": 3,
             "changed": {"title": "Новая", "fields": [{"id": "name", "label": "Имя", "type": "text", "value": "Б",
               "enabled": true, "visible": true, "required": true}], "removed": {"fields": ["n"]}}},
            {"type": "updateWindow", "id": "w1", "revision": 2, "changed": {"title": "Старая"}},
            {"type": "openWindow", "window": {"id": "w2", "title": "Вторая", "revision": 1, "fields": [], "tabs": [],
              "tables": [], "buttons": []}}]}
          """)
    ]
    try session.act("window/press", ["window": "w1", "button": "save"])
    let window = try #require(session.window("w1"))
    #expect(window["title"] == "Новая")
    #expect(window.element("fields", "name")?["value"] == "Б")
    #expect(window.element("fields", "n") == nil)
    #expect(window.elements("fields").count == 7)
    #expect(session.takeOpened() == "w2")
    wire.answers["window/close"] = [["effects": [["type": "closeWindow", "id": "w2"]]]]
    try Acting(session, ScriptedPrompts()).close("w2")
    #expect(session.windows.map(\.id) == ["w1"])
  }

  @Test func `I4: Rows are read again when the table's revision moves, a page more on demand, and sorted by the host`()
    throws
  {
    let (session, wire) = try DeskSession.showing(WindowPageTests.table, rows: WindowPageTests.rows)
    _ = try WindowPage.draw(session, "w1", width: 80)
    #expect(try session.readMore("w1", "t"))
    #expect(wire.last?["after"] == "c1")
    session.sort("w1", "t", by: "name")
    _ = try WindowPage.draw(session, "w1", width: 80)
    #expect(wire.last?["sort"] == [["column": "name", "descending": false]])
    session.sort("w1", "t", by: "name")
    session.search("w1", "t", for: "лам")
    _ = try WindowPage.draw(session, "w1", width: 80)
    #expect(wire.last?["sort"] == [["column": "name", "descending": true]])
    #expect(wire.last?["search"] == "лам")
    let count = wire.asked.count
    try session.told("registry/didChange", ["registry": "things"])
    _ = try WindowPage.draw(session, "w1", width: 80)
    #expect(wire.asked.count == count + 1)
  }
}
