import PluginTesting
import Testing

/// The bench that plugin authors test with, on a plugin made for it.
struct BenchTests {
  private func bench(_ others: [ScriptedPlugin] = [ShopPlugin.library]) async throws -> PluginBench {
    try await PluginBench(ShopPlugin.definition, manifest: "Fixtures/shop.json", beside: others)
  }

  @Test func `I3: a service of a plugin that is not there is answered by the test, and its refusal is passed on`()
    async throws
  {
    let bench = try await bench()

    #expect(try await bench.execute("shop.fine", ["reader": "r1"]).result["rubles"] == 10)
    let refusal = await #expect(throws: BenchRefusal.self) { try await bench.execute("shop.fine", ["reader": "r9"]) }
    #expect(refusal?.kind == "reader.notFound")
    #expect(refusal?.message.contains("r9") == true)
  }

  @Test func `I3: the test is the world outside, as far as the manifest lets the plugin out`() async throws {
    let bench = try await bench()
    let nobody = await #expect(throws: BenchRefusal.self) {
      try await bench.execute("shop.price", ["of": "https://example.org/price/tea"])
    }
    #expect(nobody?.kind == "http.unreachable")

    bench.answerHTTP { request in
      guard request["url"] == "https://example.org/price/tea" else { return HTTPAnswer(404) }
      return HTTPAnswer(200, #"{"rubles": 90}"#)
    }
    let tea = try await bench.execute("shop.price", ["of": "https://example.org/price/tea"])
    #expect(tea.result == ["status": 200, "price": 90])
    let coal = try await bench.execute("shop.price", ["of": "https://example.org/price/coal"])
    #expect(coal.result["status"] == 404)
    await #expect(throws: BenchRefusal.self) { try await bench.execute("shop.price", ["of": "https://example.com/"]) }

    #expect(
      bench.requests.map { $0["url"] }.suffix(2) == ["https://example.org/price/tea", "https://example.org/price/coal"])
    #expect(bench.conduct.denials == 1)
  }

  @Test func `I2: what the manifest does not name is denied as in a host, and the bench tells`() async throws {
    let bench = try await bench()

    await #expect(throws: BenchRefusal.self) { try await bench.execute("shop.peep") }

    #expect(bench.conduct.denials == 1)
    #expect(!bench.conduct.isClean)
    #expect(bench.log.contains { $0.message == "a plugin lacks a permission" })
  }

  @Test func `I3: rows that a scripted plugin publishes change with its event`() async throws {
    let bench = try await bench()
    #expect(try await bench.execute("shop.readers").result == ["Ёлкина Анна", "Юдин Пётр"])

    try await bench.publish(
      "library.v1.readersChanged", with: ["library_v1_readers": [["id": "r3", "name": "Яшина Ия"]]])

    #expect(try await bench.execute("shop.readers").result == ["Яшина Ия"])
    #expect(try bench.query("SELECT text FROM shop_news") == [["text": "library.v1.readersChanged"]])
    try bench.replace("library_v1_readers", with: [])
    #expect(try await bench.execute("shop.readers").result == [])
  }

  @Test func `I3: a context key of another plugin opens and closes what its clause guards`() async throws {
    let closed = try await bench()
    let refusal = await #expect(throws: BenchRefusal.self) { try await closed.execute("shop.guarded") }
    #expect(refusal?.code == -32009)

    let open = try await bench([ShopPlugin.library.contextKey("library.open", true)])
    #expect(try await open.execute("shop.guarded").result == "in")
  }

  @Test func `I1: elements that the plugin adds to a form of another are shown and pressed there`() async throws {
    let bench = try await bench()
    let form = try await bench.open(window: "library.card", ["reader": "r2"])

    #expect(try await form.field("shop:debt")["value"] == "r2")
    let answer = try await form.press("Спросить").window()

    #expect(answer.text == "Долг читателя r2")
  }

  @Test func `a job that fails is tried again when its time has come, and is given up in the end`() async throws {
    let bench = try await bench()
    try await bench.execute("shop.order", ["fails": 2])

    try await bench.advance(by: .seconds(1))
    #expect(try bench.jobs().map(\.attempt) == [1])
    #expect(try bench.jobs().first?.lastError?.contains("shop.closed") == true)
    try await bench.advance(by: .seconds(3600))

    #expect(try bench.jobs().isEmpty)
    #expect(try bench.events("shop.v1.delivered").map(\.payload) == [["attempt": 2]])
    #expect(try bench.context("shop.orders") == 1)
    #expect(try bench.audit("shop.delivered").count == 1)
  }

  @Test func `words and rights are those of the user who calls`() async throws {
    let bench = try await bench()
    let english = BenchUser("bob", roles: ["employee"], language: .en)

    #expect(try await bench.open(registry: "readers", as: english).button("Ask")["enabled"] == false)
    let refusal = await #expect(throws: BenchRefusal.self) { try await bench.execute("shop.order", as: english) }
    #expect(refusal?.code == -32003)
    #expect(try await bench.execute("shop.whoami", as: english).result == "u-bob")
  }

  @Test func `a manifest with mistakes is told with all of them, and a plugin that cannot be loaded with the reason`()
    async throws
  {
    let broken = await #expect(throws: BenchTrouble.self) {
      _ = try await PluginBench(ShopPlugin.definition, manifest: "Fixtures/broken.json")
    }
    #expect(broken?.description.contains("/title") == true)
    #expect(broken?.description.contains("/abi") == true)

    let alone = await #expect(throws: BenchTrouble.self) { _ = try await bench([]) }
    #expect(alone?.description.contains("requires plugin 'library'") == true)

    var more = ShopPlugin.definition
    more.command("shop.unheard") { _ throws -> Outcome in .done }
    let other = await #expect(throws: BenchTrouble.self) {
      _ = try await PluginBench(more, manifest: "Fixtures/shop.json", beside: [ShopPlugin.library])
    }
    #expect(other?.description.contains("shop.unheard") == true)

    let missing = await #expect(throws: BenchTrouble.self) {
      _ = try await PluginBench(
        libraryIn: "Fixtures", manifest: "Fixtures/shop.json", beside: [ShopPlugin.library])
    }
    #expect(missing?.description.contains("libShopPlugin.so") == true)
  }

  @Test func `the names of elements that are not there are told with those that are`() async throws {
    let bench = try await bench()
    let form = try await bench.open(window: "library.card", ["reader": "r1"])

    let trouble = await #expect(throws: BenchTrouble.self) { try await form.press("Купить") }

    #expect(trouble?.description.contains("«Спросить»") == true)
    await #expect(throws: BenchTrouble.self) { try await bench.publish("nobody.knows") }
    await #expect(throws: BenchTrouble.self) { try await bench.advance(to: "2020-01-01T00:00:00Z") }
  }

  @Test func `two benches know nothing of each other`() async throws {
    let (one, two) = (try await bench(), try await bench())
    try await one.execute("shop.order")
    try await one.advance(by: .seconds(60))

    #expect(try one.events("shop.v1.delivered").count == 1)
    #expect(try two.events().isEmpty)
    #expect(one.nowMs == two.nowMs + 60_000)
  }
}
