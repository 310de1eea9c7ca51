import Jansson
import Testing

/// A deleted chat that the platform keeps: an administrator sees that it is still there, and what to do.
struct ChatRemovalTests {
  @Test func `C2, C12: a deleted chat that the platform keeps says so in the registry, and «Обновить» tries again`()
    throws
  {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: Person.administrator())
    let chats = try client.openChats()
    try client.call(
      "command/execute", ["command": "chats.addChat", "arguments": ["title": "Поход в лес", "kind": "other"]])
    #expect(try host.platform.becomesChat("Поход в лес") { _ in true })
    try host.platform.fault("DELETE /sferum/v1/chats/*", "status", "--status", "400")

    let row = try #require(try client.rows(chats, search: "поход").first)
    try client.select([row], in: chats)
    try client.press("Да", of: WireClient.only(client.press("Удалить", of: chats)))

    let kept = try awaited(within: 20) { try client.rows(chats, search: "поход").first }
    #expect(kept?["cells"]?["state"] == "Не удаляется: отказ платформы (fault.injected)")
    try client.select([try #require(kept)], in: chats)
    for label in ["Изменить", "Удалить"] {
      let button = try client.look(at: chats).json["buttons"]?.array?.first { $0["label"]?.string == label }
      #expect(button?["enabled"] == false)
      #expect(button?["why"]?.string?.hasPrefix("Чат удалён") == true)
    }

    try host.platform.clearFaults()
    try client.press("Обновить", of: chats)
    #expect(try host.platform.chatVanishes("Поход в лес"))
    #expect(try awaited(within: 20) { try client.rows(chats, search: "поход").isEmpty ? true : nil } == true)
  }
}
