import Jansson
import Testing

@testable import TerminalDesktop

struct WindowPageTests {
  static let form = """
    {"id": "w1", "type": "t", "kind": "form", "title": "Вещь", "revision": 1, "modal": false,
     "text": "Слова поясняют", "level": "warning",
     "tabs": [{"id": "a", "title": "Общее", "visible": true, "selected": true},
              {"id": "b", "title": "Прочее", "visible": true, "selected": false}],
     "fields": [
       {"id": "name", "label": "Имя", "type": "text", "value": "Лампа", "enabled": true, "visible": true, "required": true},
       {"id": "day", "label": "День", "type": "date", "value": "2026-05-04", "enabled": true, "visible": true,
        "required": false, "tab": "a", "error": "Не тот день"},
       {"id": "hid", "label": "Тайна", "type": "text", "value": "", "enabled": true, "visible": false, "required": false},
       {"id": "other", "label": "Другое", "type": "text", "value": "x", "enabled": true, "visible": true,
        "required": false, "tab": "b"},
       {"id": "on", "label": "Включена", "type": "checkbox", "value": true, "enabled": true, "visible": true, "required": false},
       {"id": "kind", "label": "Вид", "type": "select", "value": "2", "enabled": true, "visible": true, "required": false,
        "options": [{"value": "1", "title": "первый"}, {"value": "2", "title": "второй"}]},
       {"id": "key", "label": "Ключ", "type": "password", "value": "zzz", "enabled": true, "visible": true, "required": false},
       {"id": "n", "label": "Число", "type": "number", "value": 3, "enabled": true, "visible": true, "required": false}],
     "tables": [],
     "buttons": [{"id": "save", "label": "Сохранить", "enabled": true, "visible": true, "style": "primary"},
                 {"id": "no", "label": "Нельзя", "enabled": false, "visible": true, "style": "default", "why": "Почему"}]}
    """

  static let table = """
    {"id": "w1", "type": "registry:things", "kind": "registry", "title": "Вещи", "revision": 1, "modal": false,
     "fields": [], "tabs": [],
     "tables": [{"id": "t", "columns": [
        {"id": "name", "title": "Имя", "type": "text", "sortable": true, "editable": false},
        {"id": "on", "title": "Да?", "type": "boolean", "sortable": false, "editable": true},
        {"id": "all", "title": "Отметить", "type": "boolean", "sortable": false, "editable": false, "button": "mark"},
        {"id": "go", "title": "Куда", "type": "link", "sortable": false, "editable": false}],
       "selection": "multiple", "selected": ["2"], "revision": 7, "total": 3}],
     "buttons": [{"id": "add", "label": "Добавить", "enabled": true, "visible": true, "style": "default", "table": "t"},
                 {"id": "mark", "label": "Отметить всех", "enabled": true, "visible": true, "style": "default"},
                 {"id": "drop", "label": "Убрать", "enabled": true, "visible": true, "style": "danger", "table": "t", "row": true}]}
    """

  static let rows = """
    {"rows": [{"id": "1", "cells": {"name": "Лампа", "on": true, "all": false, "go": "https://example.org/1"}},
              {"id": "2", "cells": {"name": "Стол", "on": false, "all": false, "go": null}, "locked": ["on"],
               "actions": ["drop"], "emphasis": "bold"}],
     "total": 3, "next": "c1"}
    """

  @Test
  func
    `I4: A form shows what is visible on its tab, values as people read them, what is wrong, and what can't be pressed`()
    throws
  {
    let (session, _) = try DeskSession.showing(Self.form)
    let page = try #require(try WindowPage.draw(session, "w1", width: 60))
    #expect(
      page.text == """
        Вещь
        Слова поясняют
        [Общее] [Прочее]

        Имя *: Лампа
        День: 04.05.2026  Не тот день
        Включена: [x]
        Вид: второй
        Ключ: ••••
        Число: 3
        <Сохранить> (Нельзя)

        """)
  }

  @Test func `I4: A table shows its buttons, headings, selected rows, row buttons, and how much more there is`() throws
  {
    let (session, wire) = try DeskSession.showing(Self.table, rows: Self.rows)
    let page = try #require(try WindowPage.draw(session, "w1", width: 80))
    #expect(
      page.text == """
        Вещи

        <Добавить>
          Имя    Да?  Отметить  Куда
          Лампа  Да   Нет       https://example.org/1
        ▸ Стол   Нет  Нет                              <Убрать>
        … ещё 1
        <Отметить всех>

        """)
    #expect(page.spots.contains { $0.action == .sort(window: "w1", table: "t", column: "name") })
    #expect(page.spots.contains { $0.action == .press(window: "w1", button: "mark", row: nil) && $0.line == 3 })
    #expect(page.spots.contains { $0.action == .press(window: "w1", button: "drop", row: "2") })
    // Drawn anew with the same revision, nothing is asked again.
    let count = wire.asked.count
    _ = try WindowPage.draw(session, "w1", width: 80)
    #expect(wire.asked.count == count)
  }

  @Test func `A table that is wider than the screen gives way in its widest columns`() throws {
    let (session, _) = try DeskSession.showing(Self.table, rows: Self.rows)
    let page = try #require(try WindowPage.draw(session, "w1", width: 40))
    let line = try #require(page.text.split(separator: "\n").first { $0.contains("Лампа") })
    #expect(line.count <= 40)
    #expect(line.contains("https://") && line.contains("…"))
  }

  @Test func `Wide characters take two cells, combining marks none`() {
    #expect(TextWidth.of("школа") == 5)
    #expect(TextWidth.of("学校") == 4)
    #expect(TextWidth.of("е\u{301}") == 1)
    #expect(TextWidth.fit("学校です", 5) == "学校…")
    #expect(TextWidth.fit("дом", 5) == "дом  ")
    #expect(TextWidth.wrap("один два три", 8) == ["один два", "три"])
  }
}
