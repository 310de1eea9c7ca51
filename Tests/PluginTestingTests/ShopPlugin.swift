import PluginTesting

/// A plugin that uses of others what can be used, and the library that it uses.
enum ShopPlugin {
  static let library = ScriptedPlugin("library", version: "2.1.0")
    .view("library_v1_readers", [["id": "r1", "name": "Ёлкина Анна"], ["id": "r2", "name": "Юдин Пётр"]])
    .registry("readers", tab: "readers", Text("Читатели", en: "Readers"), of: "library_v1_readers", columns: ["name"])
    .form("library.card", fields: [Field("reader", Text("Читатель", en: "Reader"))], shares: ["reader"])
    .event("library.v1.readersChanged")
    .contextKey("library.open", false)
    .service("library.fine") { params in
      guard params["reader"] == "r1" else { throw PluginError.notFound("reader", params["reader"]?.string ?? "") }
      return ["rubles": 10]
    }

  static let definition: PluginDefinition = {
    var plugin = PluginDefinition(id: "shop")
    plugin.migrations = [Migration("news", ["CREATE TABLE shop_news (text TEXT NOT NULL)"])]
    plugin.command("shop.fine") { call async throws -> Outcome in
      Outcome(result: try await call.host.callService("library.fine", call.params))
    }
    plugin.command("shop.peep") { call async throws -> Outcome in
      Outcome(result: try await call.host.callService("library.secret", [:]))
    }
    plugin.command("shop.price") { call async throws -> Outcome in
      let answer = try await call.host.fetch(HTTPRequest("GET", "\(try call.string("of"))"))
      return Outcome(result: ["status": JSONValue(answer.status), "price": answer.json?["rubles"] ?? .null])
    }
    plugin.command("shop.readers") { call throws -> Outcome in
      let rows = try call.read { try $0.rows("SELECT name FROM library_v1_readers ORDER BY name COLLATE russian") }
      return Outcome(result: JSONValue(rows.map { $0["name"] ?? .null }))
    }
    plugin.command("shop.guarded") { _ throws -> Outcome in Outcome(result: "in") }
    plugin.command("shop.whoami") { call throws -> Outcome in Outcome(result: JSONValue(try call.user().id)) }
    plugin.command("shop.order") { call throws -> Outcome in
      try call.write { transaction in
        try transaction.schedule(
          "shop.deliver", key: "one", dueAtMs: call.host.nowMs + 1000, payload: call.params["fails"] ?? 0)
      }
      return .done
    }
    plugin.job("shop.deliver", deliver)
    plugin.event("library.v1.readersChanged") { call throws in
      _ = try call.write { try $0.query("INSERT INTO shop_news VALUES (?)", [call.params["name"] ?? .null]) }
    }
    plugin.window(
      "shop.debt", open: debt,
      pressed: { question in
        let reader = question.value("debt").string ?? ""
        return WindowAnswer(effects: [.dialog(.info, Text("Долг читателя \(reader)", en: "What \(reader) owes"))])
      })
    return plugin
  }()

  private static func deliver(_ call: Call) throws {
    let attempt = call.params["attempt"]?.int ?? 0
    guard attempt >= call.params["payload"]?.int ?? 0 else {
      throw PluginError("shop.closed", Text("Закрыто", en: "Closed"))
    }
    try call.write { transaction in
      try transaction.emit("shop.v1.delivered", ["attempt": JSONValue(attempt)])
      try transaction.setContext("shop.orders", 1, user: nil)
      try transaction.audit("shop.delivered", object: "one")
      transaction.finishJob()
    }
  }

  private static func debt(_ call: Call) throws -> Window {
    Window(
      title: Text("Долг", en: "Debt"),
      fields: [
        Field("debt", Text("Долг", en: "Debt"), .label, value: call.params["arguments"]?["reader"] ?? .null)
      ], buttons: [Button("ask", Text("Спросить", en: "Ask"))])
  }
}
