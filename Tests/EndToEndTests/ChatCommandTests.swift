import Glibc
import Jansson
import Testing

/// `esh max …` on the platform's chats, as a person at a terminal has it.
struct ChatCommandTests {
  private static let phone = "+79120000001"

  @Test func `G2: what people do to a chat is done by its title or its id, and shown`() throws {
    let (folder, platform) = try standing()
    defer { platform.killAndWait() }
    let id = try chat("c1", "7А", in: folder)

    #expect(try max("kick", "--chat", id, "--phone", Self.phone, in: folder).succeeded)
    let again = try max("kick", "--chat", "7А", "--phone", Self.phone, in: folder)
    #expect(again.end == .status(1))
    #expect(again.errors == "esh: Ученик 1 (79120000001) is not in the chat '7А'\n")
    #expect(try max("join", "--chat", "7А", "--phone", Self.phone, in: folder).succeeded)
    #expect(try max("retitle", "--chat", "7А", "--title", "8А", in: folder).succeeded)
    #expect(try max("user", "refuse-chats", "--phone", Self.phone, in: folder).succeeded)
    #expect(try max("demote", "--chat", "8А", in: folder).succeeded)
    #expect(try max("demote", "--chat", "8А", "--off", in: folder).succeeded)

    let shown = try max("chats", "--json", in: folder).json()
    #expect(shown.array?.count == 1)
    #expect(shown[0]?["id"]?.string == id)
    #expect(shown[0]?["title"] == "8А")
    #expect(shown[0]?["members"]?[0]?["phone"] == "+79120000001")
    let table = try max("chats", "--chat", "8А", in: folder)
    #expect(table.output.contains("Ученик 1  +79120000001"), "\(table.output)")
    #expect(try max("leave", "--chat", "8А", "--phone", Self.phone, in: folder).succeeded)
    #expect(try max("chats", "--phone", Self.phone, "--json", in: folder).json().array?.isEmpty == true)
    #expect(try max("lose", "--chat", "8А", in: folder).succeeded)
    #expect(try max("chats", "--json", in: folder).json().array?.isEmpty == true)
  }

  @Test func `G2: a title that several chats have names none of them`() throws {
    let (folder, platform) = try standing()
    defer { platform.killAndWait() }
    let ids = try ["c1", "c2"].map { try chat($0, "7А", in: folder) }

    let run = try max("lose", "--chat", "7А", in: folder)

    #expect(run.end == .status(1))
    for id in ids { #expect(run.errors.contains(id), "\(run.errors)") }
    #expect(try max("lose", "--chat", "9Б", in: folder).end == .status(1))
    #expect(try max("kick", "--chat", ids[0], "--phone", "+79990000000", in: folder).end == .status(1))
    #expect(try max("chats", "--json", in: folder).json().array?.count == 2)
  }

  /// A platform by itself, with one person on it.
  private func standing() throws -> (SchoolFolder, ChildProcess) {
    let folder = try SchoolFolder.empty()
    let platform = try ChildProcess([BuildProducts.esh, "max", "serve", "--data", folder.path])
    try PlatformInHand(folder).addUser(Self.phone, "Ученик 1")
    return (folder, platform)
  }

  /// Has the gateway make a chat with that person; its id.
  private func chat(_ externalId: String, _ title: String, in folder: SchoolFolder) throws -> String {
    let user = try max("user", "list", "--json", in: folder).json()[0]?["userId"]?.int ?? 0
    let made = try GatewayCall(folder).post(
      "/sferum/v1/chats",
      #"{"external_id":"\#(externalId)","title":"\#(title)","kind":"class","member_user_ids":[\#(user)]}"#)
    guard let id = made["chat"]?["chat_id"]?.int else { throw TestTrouble("no chat: \(made.text())") }
    return String(id)
  }

  private func max(_ arguments: String..., in folder: SchoolFolder) throws -> CommandRun {
    try CommandRun([BuildProducts.esh, "max"] + arguments + ["--data", folder.path])
  }
}
