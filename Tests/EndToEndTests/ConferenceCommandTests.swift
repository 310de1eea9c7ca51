import Glibc
import Jansson
import Testing

/// `esh max …` on the platform's conferences and chat messages, as a person at a terminal has it.
struct ConferenceCommandTests {
  private static let phone = "+79120000001"

  @Test func `G2: people come into a conference, go and end it, and all of it is shown`() throws {
    let folder = try SchoolFolder.empty()
    let platform = try ChildProcess([BuildProducts.esh, "max", "serve", "--data", folder.path])
    defer { platform.killAndWait() }
    try PlatformInHand(folder).addUser(Self.phone, "Ученик 1")
    let gateway = try GatewayCall(folder)
    let chat = try gateway.post("/sferum/v1/chats", #"{"external_id":"c1","title":"7А","kind":"class"}"#)
    let chatId = try #require(chat["chat"]?["chat_id"]?.int)
    _ = try gateway.post("/messages?chat_id=\(chatId)", #"{"text":"Урок начинается"}"#)
    let made = try gateway.post(
      "/sferum/v1/calls", #"{"external_id":"v1","chat_id":\#(chatId),"name":"Алгебра"}"#)
    let id = try #require(made["call_id"]?.string)

    #expect(try max("messages", "--chat", "7А", in: folder).output.contains("Урок начинается"))
    #expect(try max("conferences", "--json", in: folder).json().array?.isEmpty == true)
    #expect(try max("conferences", "--all", "--json", in: folder).json()[0]?["state"] == "created")
    let early = try max("call", "join", "--call", "Алгебра", "--phone", Self.phone, in: folder)
    #expect(early.end == .status(1))
    #expect(early.errors == "esh: the conference 'Алгебра' is not active but created\n")

    _ = try gateway.post("/sferum/v1/calls/\(id)/start", "")
    let link = try #require(made["join_link"]?.string)
    #expect(try max("call", "join", "--call", link, "--phone", Self.phone, in: folder).succeeded)
    #expect(try max("call", "leave", "--call", "Алгебра", "--phone", Self.phone, in: folder).succeeded)
    #expect(try max("call", "join", "--call", id, "--phone", Self.phone, in: folder).succeeded)
    let table = try max("conferences", in: folder)
    #expect(table.output.contains("Алгебра") && table.output.contains(link), "\(table.output)")
    #expect(try max("call", "end", "--call", "Алгебра", in: folder).succeeded)
    #expect(try max("call", "end", "--call", "Алгебра", in: folder).end == .status(1))

    let shown = try max("conferences", "--json", in: folder).json()
    #expect(shown.array?.count == 1)
    #expect(shown[0]?["id"]?.string == id)
    #expect(shown[0]?["chat"] == "7А")
    #expect(shown[0]?["state"] == "finished")
    #expect(shown[0]?["link"]?.string == link)
    #expect(shown[0]?["participants"]?.int == 1)
    #expect(shown[0]?["startedAt"]?.string != nil && shown[0]?["finishedAt"]?.string != nil)
    let stays = try max("call", "participants", "--call", "Алгебра", "--json", in: folder).json()
    #expect(stays.array?.count == 2)
    #expect(stays[1]?["phone"] == "79120000001")
    #expect(stays.array?.allSatisfy { $0["leftAt"]?.string != nil } == true)
  }

  private func max(_ arguments: String..., in folder: SchoolFolder) throws -> CommandRun {
    try CommandRun([BuildProducts.esh, "max"] + arguments + ["--data", folder.path])
  }
}
