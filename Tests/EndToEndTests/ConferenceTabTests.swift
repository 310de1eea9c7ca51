import Jansson
import Testing

/// The manual's section 2.2 by its words: the tab «Видеоконференции», its window, and every button of it.
struct ConferenceTabTests {
  private let stage: ConferenceStage
  private var client: WireClient { stage.client }

  init() throws { stage = try ConferenceStage() }

  /// «Пуск/Реестры/Сферум», tab «Видеоконференции».
  private func tab() throws -> Screen { try client.openMenu("Реестры", "Сферум", "Видеоконференции") }

  private func button(_ label: String, _ tab: Screen) throws -> JSONValue {
    let now = try client.look(at: tab)
    let found = now.json["buttons"]?.array?.first {
      $0["label"]?.string == label && $0["tab"] == "conferences" && $0["visible"] == true
    }
    return try #require(found, "\(now.buttons)")
  }

  private func press(_ label: String, _ tab: Screen, row: JSONValue? = nil) throws -> JSONValue {
    var params: JSONValue = ["window": JSONValue(tab.id), "button": try button(label, tab)["id"] ?? ""]
    if let row { params = params.setting("row", row) }
    return try client.call("window/press", params)
  }

  private func rows(_ tab: Screen) throws -> [JSONValue] { try client.rows(of: "conferences", in: tab) }

  private func select(_ row: JSONValue, _ tab: Screen) throws {
    try client.call(
      "window/select", ["window": JSONValue(tab.id), "table": "conferences", "rows": [row["id"] ?? ""]])
  }

  @Test func `D1: the tab has its columns and its buttons`() throws {
    let tab = try tab()
    #expect(tab.title == "Сферум")
    #expect(tab.json["tabs"]?.array?.first { $0["selected"] == true }?["title"] == "Видеоконференции")
    let table = tab.json["tables"]?.array?.first { $0["tab"] == "conferences" }
    let columns = (table?["columns"]?.array ?? []).compactMap { $0["title"]?.string }
    #expect(
      columns.prefix(9) == [
        "Дата начала", "Время начала", "Наименование", "Тип", "Предмет", "Класс", "Количество участников", "Статус",
        "Ссылка",
      ])
    for label in ["Добавить", "Изменить", "Удалить", "Обновить", "Закончить видеоконференцию"] {
      _ = try button(label, tab)
    }
    #expect(try button("Изменить", tab)["why"]?.string?.isEmpty == false)
  }

  @Test func `D2: «Добавить», the form filled from chat and lesson, «Сохранить», and the row of figure 15`() throws {
    let tab = try tab()
    let form = try WireClient.only(press("Добавить", tab))
    #expect(form.title == "Видеоконференция Сферума: Добавление")
    #expect(
      try form.field("Тип видеоконференции")["options"]?.array?.compactMap { $0["title"]?.string }
        == ["Онлайн-урок", "Видеозвонок"])
    try client.pick("чат группы", into: "Чат", of: form)
    var seen = try client.look(at: form)
    #expect(try seen.field("Урок")["required"] == true)
    #expect(seen.shownTabs == ["Ученики", "Сотрудники"])
    let pupils = try client.rows(of: "pupils", in: form).count
    let employees = try client.rows(of: "employees", in: form).count
    #expect(pupils > 0 && employees > 1)

    // «Урок» is chosen among the timetable's; the first is today's.
    try client.pick("", into: "Урок", of: form)
    seen = try client.look(at: form)
    for label in ["Дата начала", "Время начала", "Время окончания"] {
      #expect(try seen.field(label)["value"]?.string?.isEmpty == false && seen.field(label)["enabled"] == true)
    }
    let date = try seen.field("Дата начала")["value"]?.string ?? ""
    let starts = try seen.field("Время начала")["value"]?.string ?? ""
    let name = try seen.field("Наименование видеоконференции")["value"]?.string ?? ""
    let shown = date.split(separator: "-").reversed().joined(separator: ".")
    #expect(name.contains(" - \(shown) - \(starts) - "))

    let outcome = try client.press("Сохранить", of: form)
    #expect(outcome["effects"]?[0]?["type"] == "closeWindow")
    let cells = try #require(try rows(tab).first?["cells"])
    #expect(cells["date"]?.string == date && cells["starts"]?.string == starts && cells["name"]?.string == name)
    #expect(cells["kind"] == "Онлайн-урок" && cells["status"] == "Новая")
    #expect(cells["people"]?.int == pupils + employees)
    #expect(cells["link"]?.isNull != false)
  }

  @Test func `D2: «Урок» is not to be filled for a «Видеозвонок», and «Изменить» changes it`() throws {
    let tab = try tab()
    let form = try WireClient.only(press("Добавить", tab))
    try client.type("call", into: "Тип видеоконференции", of: form)
    #expect(try client.look(at: form).field("Урок")["enabled"] == false)
    try client.pick("чат группы", into: "Чат", of: form)
    try client.fill(
      form,
      [
        "Наименование видеоконференции": "Разбор", "Дата начала": "23.11.2026", "Время начала": "10:00",
        "Время окончания": "09:00",
      ])
    try client.press("Сохранить", of: form)
    #expect(
      try client.look(at: form).field("Время окончания")["error"]
        == "Время окончания должно быть позже времени начала")
    try client.type("11:00", into: "Время окончания", of: form)
    try client.press("Сохранить", of: form)

    try select(try #require(try rows(tab).first), tab)
    let again = try WireClient.only(press("Изменить", tab))
    #expect(again.title == "Видеоконференция Сферума: Изменение")
    try client.type("Разбор ошибок", into: "Наименование видеоконференции", of: again)
    try client.press("Сохранить", of: again)
    #expect(try rows(tab).first?["cells"]?["name"] == "Разбор ошибок")
  }

  @Test func `D5: «Перейти» joins an active one, «Закончить видеоконференцию» ends it, «Удалить» removes it`() throws {
    try stage.add("Созвон", "10:00", "11:00")
    try stage.advance(to: "10:00")
    #expect(try stage.becomes("Созвон", "Активная"))
    let tab = try tab()
    let row = try #require(try rows(tab).first)
    #expect(row["actions"] == ["go"])
    let link = try #require(row["cells"]?["link"]?.string)
    #expect(link.hasPrefix("https://max.ru/joincall/"))
    #expect(try press("Перейти", tab, row: row["id"])["effects"] == [["type": "openURL", "url": JSONValue(link)]])

    try select(row, tab)
    #expect(try button("Удалить", tab)["enabled"] == false, "not while it is active")
    _ = try press("Закончить видеоконференцию", tab)
    #expect(try stage.becomes("Созвон", "Завершена"))
    #expect(try awaited(within: 20) { try stage.story("Созвон").finishes == 1 ? true : nil } == true)
    #expect(try rows(tab).first?["cells"]?["link"]?.isNull != false)

    try client.call("window/select", ["window": JSONValue(tab.id), "table": "conferences", "rows": .emptyArray])
    try select(row, tab)
    let question = try WireClient.only(press("Удалить", tab))
    #expect(question.buttons == ["Да", "Нет"])
    try client.press("Да", of: question)
    #expect(try rows(tab).isEmpty)
    #expect(try awaited(within: 20) { try stage.story("Созвон").deletions == 1 ? true : nil } == true)
  }

  @Test func `D4: what the platform refuses is «Ошибка» with the reason, and saving tries again`() throws {
    try stage.host.platform.fault("POST /sferum/v1/calls", "status", "--status", "400")
    let made = try client.call(
      "command/execute",
      [
        "command": "videoconferences.addConference",
        "arguments": [
          "kind": "call", "chat": stage.chat, "name": "Созвон", "date": JSONValue(LessonStage.day),
          "starts": "10:00", "ends": "11:00",
        ],
      ])
    #expect(made["result"]?["name"] == "Созвон")
    #expect(try stage.becomes("Созвон", "Ошибка"))
    #expect(try stage.cell("Созвон", "reason")?.isEmpty == false)
    try stage.host.platform.clearFaults()

    let tab = try tab()
    try select(try #require(try rows(tab).first), tab)
    let form = try WireClient.only(press("Изменить", tab))
    #expect(form.text.contains("Ошибка"))
    try client.press("Сохранить", of: form)
    #expect(try stage.cell("Созвон", "status") == "Новая")
    #expect(try awaited(within: 20) { try stage.story("Созвон").creations == 1 ? true : nil } == true)
    try stage.advance(to: "10:00")
    #expect(try stage.becomes("Созвон", "Активная"))
  }

  @Test func `X5: five minutes before its end its author is asked, and what is extended ends later by itself`() throws {
    try stage.add("Созвон", "10:00", "11:00")
    try stage.advance(to: "10:00")
    #expect(try stage.becomes("Созвон", "Активная"))
    try stage.advance(to: "10:55")
    let question = try #require(
      try client.dialog(saying: "Видеоконференция «Созвон» завершится через 5 минут."))
    #expect(question.buttons == ["Продлить на 15 минут", "Закрыть"])
    try client.press("Продлить на 15 минут", of: question)
    try stage.advance(to: "11:14")
    #expect(try stage.cell("Созвон", "status") == "Активная")
    try stage.advance(to: "11:15")
    #expect(try stage.becomes("Созвон", "Завершена"))
    let story = try stage.story("Созвон")
    #expect(story.starts == 1 && story.finishes == 1 && story.finishedAt == "2026-11-23T08:15:00Z")
  }
}
