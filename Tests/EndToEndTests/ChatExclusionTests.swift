import Jansson
import Testing

/// C11 as people have it: somebody is taken out of a class chat by hand, is seen to be, and comes back by hand.
struct ChatExclusionTests {
  @Test func `C11: a pupil taken out of a class chat stands under «Исключены» and comes back by «Вернуть»`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: Person.administrator())
    let chats = try client.openChats()
    let row = try #require(try client.rows(chats, search: "классный").first)
    func form() throws -> Screen {
      try client.select([row], in: chats)
      return try WireClient.only(client.press("Изменить", of: chats))
    }
    func selectOnly(_ person: JSONValue, _ table: String, _ form: Screen) throws {
      try client.call(
        "window/select",
        ["window": JSONValue(form.id), "table": JSONValue(table), "rows": [person["id"] ?? ""]])
    }

    let first = try form()
    #expect(first.shownTabs == ["Сотрудники", "Ученики"])
    let pupil = try #require(try client.rows(of: "pupils", in: first).first)
    try selectOnly(pupil, "pupils", first)
    try client.call("window/press", ["window": JSONValue(first.id), "button": "remove-pupils"])
    try client.press("Сохранить", of: first)

    let second = try form()
    #expect(second.shownTabs == ["Сотрудники", "Ученики", "Исключены"])
    #expect(try !client.rows(of: "pupils", in: second).contains { $0["id"] == pupil["id"] })
    let excluded = try client.rows(of: "excluded", in: second)
    #expect(excluded.map { $0["id"] } == [pupil["id"]])
    #expect(excluded.first?["cells"]?["person"] == "Ученик")
    #expect(excluded.first?["cells"]?["reason"]?.string?.hasPrefix("ученик класса с ") == true)
    try selectOnly(excluded[0], "excluded", second)
    try client.press("Вернуть", of: second)
    #expect(try client.rows(of: "excluded", in: second).isEmpty)
    // Nobody has bound here: the warning of figure 14.
    try client.press("Ок", of: WireClient.only(client.press("Сохранить", of: second)))

    let third = try form()
    #expect(third.shownTabs == ["Сотрудники", "Ученики"])
    #expect(try client.rows(of: "pupils", in: third).contains { $0["id"] == pupil["id"] })
  }
}
