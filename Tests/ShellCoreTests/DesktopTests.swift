import Jansson
import ShellTesting
import Testing

/// The desktop as a client meets it, with a plugin behind it and no socket in between.
@Suite struct DesktopTests {
  private func opened(_ outcome: JSONValue) throws -> JSONValue {
    try #require(outcome["effects"]?.array?.last { $0["type"] == "openWindow" }?["window"])
  }

  private func signedIn(_ host: TestHost, _ login: String = "admin") async throws -> TestClient {
    let client = try await host.connect()
    try await client.call("session/login", ["login": JSONValue(login), "password": "secret"])
    return client
  }

  @Test func `A2: signing in shows the desktop that the person may see`() async throws {
    let host = try NotesPlugin.host()
    let client = try await host.connect()
    let welcome = try await client.call("session/login", ["login": "admin", "password": "secret"])
    #expect(welcome["desktop"]?["shortcuts"]?[0]?["title"] == "Новая заметка")
    #expect(welcome["desktop"]?["startMenu"]?[0]?["children"]?[0]?["title"] == "Заметки")
    #expect(welcome["user"]?["roles"] == ["administrator"])
    try await host.stop()
  }

  @Test func `nothing of the desktop is served before signing in`() async throws {
    let host = try NotesPlugin.host()
    let client = try await host.connect()
    let refusal = await #expect(throws: Refusal.self) { try await client.call("desktop/get") }
    #expect(refusal?.code == -32001)
    #expect(refusal?.kind == "session.required")
    try await host.stop()
  }

  @Test func `A4: a context key changes shortcuts of every client of that user by itself`() async throws {
    let host = try NotesPlugin.host()
    let (acting, watching) = (try await signedIn(host), try await signedIn(host))
    try await watching.call("desktop/get")
    try await acting.call("command/execute", ["command": "notes.add", "arguments": ["text": "привет"]])
    let news = await watching.notification("desktop/didChange")
    #expect(news["params"]?["changed"] == ["shortcuts"])
    #expect(try await watching.call("desktop/get")["shortcuts"] == [])
    try await host.stop()
  }

  @Test func `who signs in after another on the same connection is whom plugins are told of`() async throws {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    try await client.call("command/execute", ["command": "notes.add", "arguments": ["text": "раз"]])
    try await client.call("session/logout")
    try await client.call("session/login", ["login": "anna", "password": "secret"])
    #expect(try await client.call("desktop/get")["shortcuts"]?.count == 1)
    // The note hides the shortcut of whoever the plugin takes for its author.
    try await client.call("command/execute", ["command": "notes.add", "arguments": ["text": "два"]])
    #expect(try await client.call("desktop/get")["shortcuts"] == [])
    try await host.stop()
  }

  @Test func `a form's button runs the command that scripts run, and closes the form`() async throws {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    let window = try opened(try await client.call("shortcut/open", ["id": "Новая заметка"]))
    let id = window["id"] ?? ""
    try await client.call("window/set", ["window": id, "values": ["text": "один", "day": "2026-09-01"]])
    let outcome = try await client.call("window/press", ["window": id, "button": "save"])
    #expect(outcome["result"]?["id"] == "один")
    #expect(outcome["effects"]?.array?.contains { $0["type"] == "closeWindow" && $0["id"] == id } == true)
    let page = try await client.call("registry/query", ["registry": "notes"])
    #expect(page["rows"]?[0]?["cells"] == ["text": "один", "day": "2026-09-01"])
    #expect(page["total"] == 1)
    try await host.stop()
  }

  @Test func `a refusal that names an argument marks the field and keeps what was typed`() async throws {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    let window = try opened(try await client.call("shortcut/open", ["id": "form"]))
    let id = window["id"] ?? ""
    try await client.call("window/set", ["window": id, "values": ["text": "плохо"]])
    let outcome = try await client.call("window/press", ["window": id, "button": "save"])
    let update = try #require(outcome["effects"]?.array?.first { $0["type"] == "updateWindow" })
    #expect(update["changed"]?["fields"]?[0]?["error"] == "Так писать нельзя")
    #expect(update["changed"]?["fields"]?[0]?["value"] == "плохо")
    let refusal = await #expect(throws: Refusal.self) {
      try await client.call("command/execute", ["command": "notes.add", "arguments": ["text": "плохо"]])
    }
    #expect(refusal?.code == -32602)
    #expect(refusal?.json["data"]?["issues"]?[0]?["path"] == "/text")
    try await host.stop()
  }

  @Test func `a refusal by a rule shows as a message and leaves the form open`() async throws {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    let id = try opened(try await client.call("shortcut/open", ["id": "form"]))["id"] ?? ""
    try await client.call("window/set", ["window": id, "values": ["text": "отказ"]])
    let dialog = try opened(try await client.call("window/press", ["window": id, "button": "save"]))
    #expect(dialog["kind"] == "dialog" && dialog["level"] == "error" && dialog["text"] == "Нет и всё")
    try await client.call("window/press", ["window": dialog["id"] ?? "", "button": "ok"])
    #expect(try await client.call("window/get", ["window": id])["fields"]?[0]?["value"] == "отказ")
    try await host.stop()
  }

  @Test func `an empty required field is marked and the command does not run`() async throws {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    let id = try opened(try await client.call("shortcut/open", ["id": "form"]))["id"] ?? ""
    let outcome = try await client.call("window/press", ["window": id, "button": "save"])
    #expect(outcome["effects"]?[0]?["changed"]?["fields"]?[0]?["error"] == "Обязательное поле")
    #expect(try await client.call("registry/query", ["registry": "notes"])["total"] == 0)
    try await host.stop()
  }

  @Test func `a value that its field cannot have stays typed and is marked`() async throws {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    let id = try opened(try await client.call("shortcut/open", ["id": "form"]))["id"] ?? ""
    let outcome = try await client.call("window/set", ["window": id, "values": ["day": "31.02"]])
    let field = try #require(outcome["effects"]?[0]?["changed"]?["fields"]?[0])
    #expect(field["value"] == "31.02" && field["error"] != nil)
    try await host.stop()
  }

  @Test func `setting a disabled field is refused, an unknown one is an invalid param`() async throws {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    let id = try opened(try await client.call("shortcut/open", ["id": "form"]))["id"] ?? ""
    let disabled = await #expect(throws: Refusal.self) {
      try await client.call("window/set", ["window": id, "values": ["extra": "x"]])
    }
    #expect(disabled?.code == -32009)
    let unknown = await #expect(throws: Refusal.self) {
      try await client.call("window/set", ["window": id, "values": ["nope": "x"]])
    }
    #expect(unknown?.code == -32602)
    #expect(unknown?.json["data"]?["issues"]?[0]?["path"] == "/values/nope")
    try await host.stop()
  }

  @Test func `a field that notifies lets the plugin change others`() async throws {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    let id = try opened(try await client.call("shortcut/open", ["id": "form"]))["id"] ?? ""
    let outcome = try await client.call("window/set", ["window": id, "values": ["kind": "b"]])
    let fields = outcome["effects"]?[0]?["changed"]?["fields"]?.array ?? []
    #expect(fields.contains { $0["id"] == "extra" && $0["enabled"] == true })
    try await host.stop()
  }

  @Test func `a reference is filled through its picker`() async throws {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    try await client.call("command/execute", ["command": "notes.add", "arguments": ["text": "альфа"]])
    let id = try opened(try await client.call("command/execute", ["command": "notes.openForm"]))["id"] ?? ""
    let picker = try opened(try await client.call("window/press", ["window": id, "button": "pick:other"]))
    #expect(picker["kind"] == "picker" && picker["title"] == "Заметки")
    let pickerID = picker["id"] ?? ""
    let rows = try await client.call("table/query", ["window": pickerID, "table": "rows"])
    let row = try #require(rows["rows"]?[0]?["id"])
    try await client.call("window/select", ["window": pickerID, "table": "rows", "rows": [row]])
    try await client.call("window/press", ["window": pickerID, "button": "select"])
    let fields = try await client.call("window/get", ["window": id])["fields"]?.array ?? []
    let field = try #require(fields.first { $0["id"] == "other" })
    #expect(field["value"] == "альфа" && field["display"] == "альфа")
    try await host.stop()
  }

  @Test func `a question's answer runs its command; closing it is its refusal`() async throws {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    try await client.call("command/execute", ["command": "notes.add", "arguments": ["text": "раз"]])
    let first = try opened(try await client.call("command/execute", ["command": "notes.ask"]))
    try await client.call("window/close", ["window": first["id"] ?? ""])
    #expect(try await client.call("registry/query", ["registry": "notes"])["total"] == 1)
    let second = try opened(try await client.call("command/execute", ["command": "notes.ask"]))
    try await client.call("window/press", ["window": second["id"] ?? "", "button": "yes"])
    #expect(try await client.call("registry/query", ["registry": "notes"])["total"] == 0)
    try await host.stop()
  }

  @Test func `one predicate shows a button and guards its command`() async throws {
    let host = try NotesPlugin.host()
    let pupil = try await signedIn(host, "pupil")
    let window = try opened(try await pupil.call("startMenu/open", ["path": ["Реестры", "Заметки", "Все"]]))
    #expect(window["buttons"]?.array?.compactMap { $0["id"]?.string } == ["add"])
    let refusal = await #expect(throws: Refusal.self) {
      try await pupil.call("command/execute", ["command": "notes.clear"])
    }
    #expect(refusal?.code == -32003)
    let commands = try await pupil.call("command/list").array ?? []
    #expect(!commands.contains { $0["id"] == "notes.clear" })
    try await host.stop()
  }

  @Test func `a toolbar button says why it is disabled until a row is selected`() async throws {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    try await client.call("command/execute", ["command": "notes.add", "arguments": ["text": "раз"]])
    let window = try opened(try await client.call("startMenu/open", ["path": ["registries", "notes"]]))
    let id = window["id"] ?? ""
    let button = try #require(window["buttons"]?.array?.first { $0["id"] == "clear" })
    #expect(button["enabled"] == false && button["why"] == "Выберите заметку")
    let refusal = await #expect(throws: Refusal.self) {
      try await client.call("window/press", ["window": id, "button": "clear"])
    }
    #expect(refusal?.code == -32009)
    try await client.call("window/select", ["window": id, "table": "all", "rows": ["раз"]])
    try await client.call("window/press", ["window": id, "button": "clear"])
    try await host.stop()
  }

  @Test func `a registry's window and its subscribers hear of changed rows`() async throws {
    let host = try NotesPlugin.host()
    let (acting, watching) = (try await signedIn(host), try await signedIn(host))
    let window = try opened(try await watching.call("startMenu/open", ["path": ["Реестры", "Заметки"]]))
    try await watching.call("registry/subscribe", ["registry": "notes"])
    try await acting.call("command/execute", ["command": "notes.add", "arguments": ["text": "раз"]])
    let row = await watching.notification("registry/didChange")
    #expect(row["params"]?["registry"] == "notes")
    let told = await watching.notification("window/didChange") { $0["changed"]?["tables"]?[0]?["total"] == 1 }
    #expect(told["params"]?["window"] == window["id"])
    try await host.stop()
  }

  @Test func `the acting connection gets its registry's new total in its outcome, and no word later`() async throws {
    // Far longer than the test: what is told by itself is told at a look at the desktop.
    let host = try NotesPlugin.host { $0.newsMs = 600_000 }
    let client = try await signedIn(host)
    let registry = try opened(try await client.call("startMenu/open", ["path": ["Реестры", "Заметки"]]))["id"] ?? ""
    let form = try opened(try await client.call("window/press", ["window": registry, "button": "add"]))["id"] ?? ""
    try await client.call("window/set", ["window": form, "values": ["text": "раз"]])
    let saved = try await client.call("window/press", ["window": form, "button": "save"])
    let effects = saved["effects"]?.array ?? []
    let update = try #require(effects.first { $0["type"] == "updateWindow" && $0["id"] == registry }, "\(saved.text())")
    #expect(update["changed"]?["tables"]?[0]?["total"] == 1)
    #expect(effects.contains { $0["type"] == "closeWindow" && $0["id"] == form })

    let run = try await client.call("command/execute", ["command": "notes.add", "arguments": ["text": "два"]])
    #expect(run["effects"]?[0]?["changed"]?["tables"]?[0]?["total"] == 2)
    // Nothing of that is left to be told.
    try await client.call("desktop/get")
    let other = try await signedIn(host)
    try await other.call("command/execute", ["command": "notes.add", "arguments": ["text": "три"]])
    try await client.call("desktop/get")
    let told = client.notifications.filter { $0["method"] == "window/didChange" && $0["params"]?["window"] == registry }
    let totals = told.compactMap { $0["params"]?["changed"]?["tables"]?[0]?["total"]?.int }
    #expect(totals == [3])
    try await host.stop()
  }

  @Test func `a password is kept for the save and never sent back`() async throws {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    let id = try opened(try await client.call("shortcut/open", ["id": "form"]))["id"] ?? ""
    let set = try await client.call("window/set", ["window": id, "values": ["key": "тайна-7", "text": "плохо"]])
    let refused = try await client.call("window/press", ["window": id, "button": "save"])
    let window = try await client.call("window/get", ["window": id])
    let text = try await client.call("window/render", ["window": id])
    for answer in [set, refused, window, text, try await client.call("desktop/get")] {
      #expect(!answer.text().contains("тайна-7"))
    }
    #expect(window["fields"]?.array?.first { $0["id"] == "key" }?["value"] == "")
    try await client.call("window/set", ["window": id, "values": ["text": "раз"]])
    let saved = try await client.call("window/press", ["window": id, "button": "save"])
    #expect(saved["result"]?["keyLength"] == 7)
    try await host.stop()
  }

  @Test func `a date is shown and typed as people write it, and a bad one stays with the form to write it in`()
    async throws
  {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    let id = try opened(try await client.call("shortcut/open", ["id": "form"]))["id"] ?? ""
    func day() async throws -> JSONValue {
      try #require(
        try await client.call("window/get", ["window": id])["fields"]?.array?.first { $0["id"] == "day" })
    }
    for bad in ["2025-02-31", "31.02.2025", "завтра"] {
      try await client.call("window/set", ["window": id, "values": ["day": JSONValue(bad)]])
      let field = try await day()
      #expect(field["value"] == JSONValue(bad) && field["display"] == nil)
      #expect(field["error"]?.string?.contains("ДД.ММ.ГГГГ") == true, "\(field.text())")
    }
    // It is not saved while it is marked.
    try await client.call("window/set", ["window": id, "values": ["text": "раз"]])
    let kept = try await client.call("window/press", ["window": id, "button": "save"])
    let marked = try await day()
    #expect(kept["result"] == nil && marked["error"]?.string?.contains("ДД.ММ.ГГГГ") == true)
    try await client.call("window/set", ["window": id, "values": ["day": "5.04.2025"]])
    let field = try await day()
    #expect(field["value"] == "2025-04-05" && field["display"] == "05.04.2025" && field["error"] == nil)
    try await host.stop()
  }

  @Test func `a window renders to the same text for the same state`() async throws {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    try await client.call(
      "command/execute", ["command": "notes.add", "arguments": ["text": "раз", "day": "2026-09-01"]])
    let window = try opened(try await client.call("startMenu/open", ["path": ["Реестры", "Заметки"]]))
    let text = try await client.call("window/render", ["window": window["id"] ?? "", "width": 40])["text"]?.string
    #expect(
      text == """
        === Заметки ============================
        [Все]
        <Добавить> (Очистить)
        Последняя: раз
          Текст | Дата
          ------+-----------
          раз   | 01.09.2026
          1/1

        """)
    try await host.stop()
  }

  @Test func `a changing call repeated with its key changes nothing and gets the first answer`() async throws {
    let host = try NotesPlugin.host()
    let client = try await signedIn(host)
    let params: JSONValue = [
      "command": "notes.add", "arguments": ["text": "раз"], "_meta": ["idempotencyKey": "k1"],
    ]
    let first = try await client.call("command/execute", params)
    #expect(try await client.call("command/execute", params) == first)
    #expect(try await client.call("registry/query", ["registry": "notes"])["total"] == 1)
    try await host.stop()
  }

  @Test func `texts come in the language that the client asked for`() async throws {
    let host = try NotesPlugin.host()
    let client = try await host.connect(locale: "en")
    let welcome = try await client.call("session/login", ["login": "admin", "password": "secret"])
    #expect(welcome["desktop"]?["shortcuts"]?[0]?["title"] == "New note")
    let refusal = await #expect(throws: Refusal.self) {
      try await client.call("session/login", ["login": "admin", "password": "x"])
    }
    #expect(refusal?.message == "Wrong login or password")
    try await host.stop()
  }

  @Test func `only the owner of the folder may claim a session`() async throws {
    let host = try NotesPlugin.host()
    let refusal = await #expect(throws: Refusal.self) { try await (try await host.connect()).call("session/claim") }
    #expect(refusal?.code == -32003)
    let owner = try await host.connect(owner: true)
    #expect(try await owner.call("session/claim")["user"]?["roles"] == ["administrator"])
    try await host.stop()
  }
}
