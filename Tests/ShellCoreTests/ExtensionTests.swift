import Jansson
import ShellTesting
import Testing

/// A form of one plugin with elements of another in it.
@Suite struct ExtensionTests {
  /// A host with both plugins, a client of an administrator, and the form.
  private struct Scene {
    let host: TestHost
    let client: TestClient
    let remarks: RemarksPlugin

    init(
      _ members: JSONValue = .emptyObject, with others: [TestPlugin] = [], patienceMs: Int64 = 20_000,
      newsMs: Int64 = 100
    ) async throws {
      remarks = RemarksPlugin(members: members)
      host = try NotesPlugin.host(with: [try remarks.plugin()] + others) {
        $0.extensionsMs = patienceMs
        $0.newsMs = newsMs
      }
      client = try await host.connect()
      try await client.call("session/login", ["login": "admin", "password": "secret"])
      // Loads the second plugin, which a form waits for only a moment.
      try await run("remarks.setMood", ["on": true])
    }

    @discardableResult
    func run(_ command: String, _ arguments: JSONValue = .emptyObject) async throws -> JSONValue {
      try await client.call("command/execute", ["command": JSONValue(command), "arguments": arguments])
    }

    func open() async throws -> JSONValue {
      let outcome = try await run("notes.openForm")
      return try #require(outcome["effects"]?.array?.last { $0["type"] == "openWindow" }?["window"])
    }

    @discardableResult
    func press(_ form: JSONValue, _ button: String, row: String? = nil) async throws -> JSONValue {
      var params: JSONValue = ["window": form["id"] ?? "", "button": JSONValue(button)]
      if let row { params = params.setting("row", JSONValue(row)) }
      return try await client.call("window/press", params)
    }

    @discardableResult
    func set(_ form: JSONValue, _ values: JSONValue) async throws -> JSONValue {
      try await client.call("window/set", ["window": form["id"] ?? "", "values": values])
    }

    func now(_ form: JSONValue) async throws -> JSONValue {
      try await client.call("window/get", ["window": form["id"] ?? ""])
    }

    func field(_ form: JSONValue, _ id: String) async throws -> JSONValue? {
      try await now(form)["fields"]?.array?.first { $0["id"]?.string == id }
    }

    /// What an outcome says that changed in a form.
    func changes(of form: JSONValue, in outcome: JSONValue) -> JSONValue? {
      outcome["effects"]?.array?.first { $0["type"] == "updateWindow" && $0["id"] == form["id"] }?["changed"]
    }

    /// Waits until a client is told that a field of the form has that value.
    func told(_ form: JSONValue, _ field: String, _ value: String) async -> JSONValue {
      await client.notification("window/didChange") { params in
        params["window"] == form["id"]
          && params["changed"]?["fields"]?.array?.contains { $0["id"]?.string == field && $0["value"]?.string == value }
            == true
      }
    }

    /// Waits until a client is told that fields of the form are gone.
    func toldGone(_ form: JSONValue, _ field: String) async -> JSONValue {
      await client.notification("window/didChange") { params in
        params["window"] == form["id"]
          && params["changed"]?["removed"]?["fields"]?.array?.contains { $0.string == field } == true
      }
    }
  }

  private func ids(_ window: JSONValue, _ part: String) -> [String] {
    (window[part]?.array ?? []).compactMap { $0["id"]?.string }
  }

  @Test func `the elements stand in the form under the name of their plugin`() async throws {
    let scene = try await Scene()
    let form = try await scene.open()
    #expect(ids(form, "fields").suffix(4) == ["remarks:count", "remarks:known", "remarks:text", "remarks:length"])
    #expect(ids(form, "tables") == ["remarks:rows"])
    #expect(ids(form, "buttons").prefix(2) == ["save", "cancel"])
    #expect(ids(form, "buttons").contains("remarks:add"))
    let text = try await scene.client.call("window/render", ["window": form["id"] ?? ""])["text"]?.string ?? ""
    #expect(text.contains("Замечание*:") && text.contains("<Заметить>"), "\(text)")
    try await scene.host.stop()
  }

  @Test func `the extension knows what the form shares, and hears when that changes`() async throws {
    let scene = try await Scene()
    let form = try await scene.open()
    #expect(try await scene.field(form, "remarks:known")?["value"] == #"{"kind":"a","note":"n1"}"#)
    try await scene.set(form, ["kind": "b"])
    _ = await scene.told(form, "remarks:known", #"{"kind":"b","note":"n1"}"#)
    try await scene.host.stop()
  }

  @Test func `saving the form neither asks for foreign fields nor sends them`() async throws {
    let scene = try await Scene()
    let form = try await scene.open()
    try await scene.set(form, ["text": "моё", "remarks:text": ""])
    let outcome = try await scene.press(form, "save")
    #expect(outcome["result"]?["id"] == "моё")
    #expect(outcome["effects"]?[0]?["type"] == "closeWindow")
    try await scene.host.stop()
  }

  @Test func `a button's command takes the extension's own fields, marks them, and leaves the form open`() async throws
  {
    let scene = try await Scene()
    let form = try await scene.open()
    let marked = try await scene.press(form, "remarks:add")["effects"]?[0]?["changed"]?["fields"]
    #expect(marked?.count == 1)
    #expect(marked?[0]?["id"] == "remarks:text" && marked?[0]?["error"] == "Обязательное поле")
    try await scene.set(form, ["remarks:text": "первое"])
    let outcome = try await scene.press(form, "remarks:add")
    #expect(outcome["result"] == ["text": "первое"])
    #expect(outcome["effects"]?.array?.contains { $0["type"] == "closeWindow" } == false)
    #expect(try await scene.now(form)["title"] == "Заметка")
    try await scene.host.stop()
  }

  @Test func `presses and changes go to the extension with its own state, and their effects reach the form`()
    async throws
  {
    let scene = try await Scene()
    let form = try await scene.open()
    let typed = try await scene.set(form, ["remarks:text": "пять5"])
    #expect(typed["effects"]?[0]?["id"] == form["id"])
    #expect(try await scene.field(form, "remarks:length")?["value"] == "5")

    let dialog = try #require(try await scene.press(form, "remarks:ask")["effects"]?.array?.last?["window"])
    #expect(dialog["text"] == "Точно, notes.form?")
    try await scene.press(dialog, "yes")
    #expect(try await scene.field(form, "remarks:count")?["value"] == "да 2")

    let look = try await scene.press(form, "remarks:look")["effects"]
    #expect(look?[0] == ["type": "openURL", "url": "https://example.org"])
    #expect(look?[1]?["window"]?["type"] == "remarks.all")
    let left = try await scene.press(form, "remarks:leave")
    #expect(left["effects"] == [["type": "closeWindow", "id": form["id"] ?? ""]])
    try await scene.host.stop()
  }

  @Test func `rows of the extension's table and their buttons are its own`() async throws {
    let scene = try await Scene()
    try await scene.run("remarks.add", ["text": "раз"])
    let form = try await scene.open()
    let query: JSONValue = ["window": form["id"] ?? "", "table": "remarks:rows"]
    let page = try await scene.client.call("table/query", query)
    #expect(page["rows"]?[0] == ["id": "0", "cells": ["text": "раз"], "actions": ["remarks:strike"]])
    try await scene.press(form, "remarks:strike", row: "0")
    #expect(try await scene.client.call("table/query", query)["total"] == 0)
    try await scene.host.stop()
  }

  @Test func `a change of what the extension has read shows in open forms by itself, and typing stays`() async throws {
    let scene = try await Scene()
    let form = try await scene.open()
    try await scene.set(form, ["remarks:text": "недописано", "text": "моё"])
    let other = try await scene.host.connect()
    try await other.call("session/login", ["login": "anna", "password": "secret"])
    try await other.call("command/execute", ["command": "remarks.add", "arguments": ["text": "чужое"]])
    _ = await scene.told(form, "remarks:count", "1")
    #expect(try await scene.field(form, "remarks:text")?["value"] == "недописано")
    #expect(try await scene.field(form, "text")?["value"] == "моё")
    try await scene.host.stop()
  }

  @Test func `an extension that fails is not there, and comes back when it can`() async throws {
    let scene = try await Scene()
    let form = try await scene.open()
    try await scene.run("remarks.add", ["text": "упади"])
    _ = await scene.toldGone(form, "remarks:count")
    #expect(ids(try await scene.open(), "buttons") == ["save", "cancel"])
    try await scene.run("remarks.add", ["text": "встань"])
    _ = await scene.told(form, "remarks:count", "2")
    try await scene.host.stop()
  }

  @Test func `a slow extension holds no form up, and shows when it is ready`() async throws {
    let scene = try await Scene(patienceMs: 100)
    try await scene.run("remarks.add", ["text": "жди"])
    let form = try await scene.open()
    #expect(ids(form, "buttons") == ["save", "cancel"])
    let refusal = await #expect(throws: Refusal.self) { try await scene.press(form, "remarks:ask") }
    #expect(refusal?.code == -32004)
    scene.remarks.gate.open()
    _ = await scene.told(form, "remarks:count", "1")
    try await scene.press(form, "remarks:ask")
    try await scene.host.stop()
  }

  @Test func `switching the plugin off and on takes its elements out of open forms and brings them back`() async throws
  {
    let scene = try await Scene()
    let form = try await scene.open()
    try await scene.client.call("plugin/disable", ["plugin": "remarks"])
    _ = await scene.toldGone(form, "remarks:count")
    #expect(ids(try await scene.now(form), "fields") == ["text", "day", "kind", "extra", "other", "key"])
    try await scene.set(form, ["text": "без них"])
    try await scene.client.call("plugin/enable", ["plugin": "remarks"])
    _ = await scene.told(form, "remarks:count", "0")
    #expect(try await scene.press(form, "save")["result"]?["id"] == "без них")
    try await scene.host.stop()
  }

  @Test func `several extensions stand in one form, each under its own name, one of them in a tab of its own`()
    async throws
  {
    let scene = try await Scene(with: [try LabelsPlugin.plugin()])
    try await scene.run("labels.wake")
    let form = try await scene.open()
    #expect(Set(["labels:text", "labels:count", "remarks:text", "remarks:count"]).isSubset(of: ids(form, "fields")))
    let tab = form["tabs"]?.array?.first { $0["id"] == "labels:mine" }
    #expect(tab?["title"] == "Метки")
    #expect(try await scene.field(form, "labels:text")?["tab"] == "labels:mine")
    #expect(try await scene.field(form, "labels:count")?["tab"] == nil)
    try await scene.client.call("window/select", ["window": form["id"] ?? "", "tab": "labels:mine"])
    let selected = try await scene.now(form)["tabs"]?.array?.first { $0["selected"] == true }
    #expect(selected?["id"] == "labels:mine")

    // A press of one reaches nobody else.
    try await scene.set(form, ["labels:text": "срочно", "remarks:text": "первое"])
    let pressed = try await scene.press(form, "labels:add")
    #expect(scene.changes(of: form, in: pressed)?["fields"]?.array?.map { $0["id"] } == ["labels:count"])
    #expect(try await scene.field(form, "labels:count")?["value"] == "срочно!")
    #expect(try await scene.field(form, "remarks:count")?["value"] == "0")
    try await scene.press(form, "remarks:add")
    _ = await scene.told(form, "remarks:count", "1")
    #expect(try await scene.field(form, "labels:text")?["value"] == "срочно")

    // One that is switched off takes its tab with it and leaves the other.
    try await scene.client.call("plugin/disable", ["plugin": "labels"])
    _ = await scene.toldGone(form, "labels:text")
    let left = try await scene.now(form)
    #expect(!ids(left, "tabs").contains("labels:mine") && ids(left, "fields").contains("remarks:text"))
    #expect(left["tabs"]?.array?.contains { $0["id"] == "labels:mine" } == false)
    try await scene.host.stop()
  }

  @Test func `conditions decide at once whether the elements show`() async throws {
    // What belongs to the outcome is in the outcome, however long that takes.
    let scene = try await Scene(["when": "remarks.on", "access": "'administrator' in roles"], newsMs: 600_000)
    let form = try await scene.open()
    #expect(ids(form, "buttons").contains("remarks:ask"))
    let gone = scene.changes(of: form, in: try await scene.run("remarks.setMood", ["on": false]))
    #expect(gone?["removed"]?["fields"]?.array?.contains("remarks:count") == true)
    let refusal = await #expect(throws: Refusal.self) { try await scene.press(form, "remarks:ask") }
    #expect(refusal?.code == -32004)
    let back = scene.changes(of: form, in: try await scene.run("remarks.setMood", ["on": true]))
    #expect(back.map { ids($0, "fields").contains("remarks:count") } == true)

    let pupil = try await scene.host.connect()
    try await pupil.call("session/login", ["login": "anna", "password": "secret"])
    let outcome = try await pupil.call("command/execute", ["command": "notes.openForm"])
    #expect(ids(outcome["effects"]?[0]?["window"] ?? .null, "buttons") == ["save", "cancel"])
    try await scene.host.stop()
  }

  @Test func `an extension of a form that is not shared is left out, and the list of plugins says so`() async throws {
    let scene = try await Scene(["window": "notes.list"])
    #expect(ids(try await scene.open(), "buttons") == ["save", "cancel"])
    let remarks = try await scene.client.call("plugin/list").array?.first { $0["id"] == "remarks" }
    #expect(
      remarks?["leftOut"] == [
        "plugin 'remarks', /contributes/extensions/0/window: plugin 'notes' does not let others extend its window 'notes.list'"
      ])
    try await scene.host.stop()
  }

  @Test func `a live window shows what others save, keeps what is typed, and marks bold headings in its text`()
    async throws
  {
    let scene = try await Scene()
    let outcome = try await scene.run("remarks.openAll")
    let window = try #require(outcome["effects"]?[0]?["window"])
    #expect(window["tables"]?[0]?["columns"]?[0]?["emphasis"] == "bold")
    try await scene.set(window, ["note": "моё"])
    let other = try await scene.host.connect()
    try await other.call("session/login", ["login": "anna", "password": "secret"])
    for text in ["раз", "два"] {
      try await other.call("command/execute", ["command": "remarks.add", "arguments": ["text": JSONValue(text)]])
    }
    _ = await scene.client.notification("window/didChange") { params in
      params["window"] == window["id"] && params["changed"]?["tables"]?[0]?["total"] == 2
    }
    let now = try await scene.now(window)
    #expect(now["fields"]?[0]?["value"] == "моё")
    #expect(now["tables"]?[0]?["columns"]?[0]?["emphasis"] == nil)
    #expect(now["tables"]?[0]?["columns"]?[0]?["button"] == "first")
    try await scene.host.stop()
  }
}
