import Foundation
import Jansson
import Testing

/// X2 as people have it: what a package would do to the chats on the platform, before it is loaded.
struct ChatPreviewTests {
  /// The school as a package, in which one pupil has gone over to another class.
  private struct Package {
    let path: String
    let title: String
    let newTitle: String

    /// `pupil`: found by the phone. The other class is not that of the chat `home`.
    init(of folder: SchoolFolder, moving pupil: Person, not home: String) throws {
      path = "\(folder.path)/package"
      let run = try CommandRun.esh("export", "oneroster", path, "--data", folder.path)
      guard run.succeeded else { throw TestTrouble("no package: \(run.errors)") }
      let file = "\(path)/enrollments.csv"
      let users = try String(contentsOfFile: "\(path)/users.csv", encoding: .utf8).split(whereSeparator: \.isNewline)
      let classes = try String(contentsOfFile: "\(path)/classes.csv", encoding: .utf8).split(
        whereSeparator: \.isNewline)
      let titles = Dictionary(
        classes.filter { $0.contains(",homeroom,school,") || $0.contains(",homeroom,,school,") }.map { line in
          let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
          return (cells[0], cells[3])
        }, uniquingKeysWith: { $1 })
      let row = try #require(users.first { $0.contains(",\(pupil.phone),") })
      let id = try #require(row.split(separator: ",").first.map(String.init))
      var text = try String(contentsOfFile: file, encoding: .utf8)
      let old = try #require(titles.keys.first { text.contains("\($0).\(id),,,\($0),school,\(id),student") })
      let new = try #require(titles.keys.filter { $0 != old && !home.hasSuffix(" \(titles[$0] ?? "")") }.min())
      text = text.replacingOccurrences(of: "\(old).\(id),,,\(old),school,", with: "\(old).\(id),,,\(new),school,")
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      title = "Классный чат \(titles[old] ?? "")"
      newTitle = "Классный чат \(titles[new] ?? "")"
    }
  }

  @Test func `X2: esh import --dry-run and «Импорт» say what becomes of the platform's chats, a drift included`() throws
  {
    let folder = try SchoolFolder()
    let host = try HostUnderTest.start(folder)
    let (moved, kicked) = (try Person.with("pupil"), try Person.with("pupil", 1))
    for person in [moved, kicked] { try host.bind(person, on: host.client(signedInAs: person)) }
    let pupil = try host.client(signedInAs: kicked)
    let home = try #require(try pupil.every(pupil.openChats()).first?["cells"]?["title"]?.string)
    let package = try Package(of: folder, moving: moved, not: home)
    for (title, person) in [(package.title, moved), (home, kicked)] {
      #expect(try host.platform.becomesChat(title) { $0.phones.contains(person.phone) })
    }
    let client = try host.client(signedInAs: Person.administrator())
    // All of the school's chats stand, so that only what follows is left to be done.
    #expect(try awaited(within: 60) { try client.execute("chats.preview")["calls"] == 0 ? true : nil } == true)
    // Somebody on the platform's side takes one out, and the platform lets nobody in for a while.
    try host.platform.fault("POST /chats/*", "status", "--status", "503")
    try host.platform.kick(kicked.phone, from: home)
    #expect(
      try awaited(within: 20) { try Self.change(of: home, in: package, folder)?.joins == 1 ? true : nil } == true)

    let leaving = try #require(try Self.change(of: package.title, in: package, folder))
    let joining = try #require(try Self.change(of: package.newTitle, in: package, folder))
    #expect(leaving.leaves == 1)
    #expect(joining.joins == 1)
    let text = try CommandRun.esh("import", "oneroster", package.path, "--dry-run", "--data", folder.path)
    #expect(text.output.contains("Чаты: останутся без участников: 1; войдут: 2, выйдут: 1; запросов"), "\(text.output)")
    #expect(text.output.contains(package.newTitle))

    // The same in the window.
    let form = try WireClient.only(client.press("Загрузить", of: client.openMenu("Администрирование", "Импорт")))
    try client.type(package.path, into: "Папка или архив", of: form)
    try client.press("Проверить", of: form)
    let rows = try client.rows(of: "effects", in: form)
    #expect(rows.first?["cells"]?["plugin"] == "Чаты")
    #expect(rows.contains { $0["cells"]?["title"]?.string == package.newTitle })
    #expect(try host.platform.chats().first { $0.title == package.title }?.phones.contains(moved.phone) == true)

    // And then it happens.
    try host.platform.clearFaults()
    // Its next attempt may be half a minute away by now.
    try client.execute("chats.refresh")
    let run = try CommandRun.esh("import", "oneroster", package.path, "--data", folder.path)
    #expect(run.succeeded, "\(run.errors)")
    #expect(try host.platform.becomesChat(package.newTitle) { $0.phones.contains(moved.phone) })
    #expect(try host.platform.becomesChat(package.title) { !$0.phones.contains(moved.phone) })
    #expect(try host.platform.becomesChat(home) { $0.phones.contains(kicked.phone) })
  }

  @Test func `X2: «Перевод на новый учебный год» says it in its window and in its question`() throws {
    let folder = try SchoolFolder()
    let host = try HostUnderTest.start(folder)
    let client = try host.client(signedInAs: Person.administrator())
    // Chats that the platform has are renamed; before that they would be made with their new names.
    let first = try #require(try client.rows(client.openChats(), search: "классный").first?["cells"]?["title"]?.string)
    #expect(try host.platform.becomesChat(first) { _ in true })

    let window = try client.openMenu("Администрирование", "Перевод на новый учебный год")
    let rows = try client.rows(of: "effects", in: window)
    #expect(rows.first?["cells"]?["plugin"] == "Чаты")
    #expect(rows.first?["cells"]?["text"]?.string?.contains("получат другое наименование: ") == true)
    #expect(rows.contains { $0["cells"]?["text"]?.string?.contains("сейчас «\(first)»") == true })
    let question = try WireClient.only(client.press("Перевести", of: window))
    #expect(question.text.contains("\nЧаты: "), "\(question.text)")
    try client.press("Нет", of: question)
    #expect(try host.platform.chats().contains { $0.title == first })
  }

  @Test func `I1: with the chats switched off an import is checked without them`() throws {
    let folder = try SchoolFolder()
    #expect(try CommandRun.esh("call", "plugin/disable", #"{"plugin": "chats"}"#, "--data", folder.path).succeeded)
    let package = "\(folder.path)/package"
    #expect(try CommandRun.esh("export", "oneroster", package, "--data", folder.path).succeeded)
    let told = try CommandRun.esh("import", "oneroster", package, "--dry-run", "--json", "--data", folder.path)
    #expect(told.succeeded, "\(told.errors)")
    #expect(try told.json()["previews"] == [])
  }

  /// What `--json` says of one chat.
  private static func change(
    of title: String, in package: Package, _ folder: SchoolFolder
  ) throws -> (joins: Int, leaves: Int)? {
    let told = try CommandRun.esh("import", "oneroster", package.path, "--dry-run", "--json", "--data", folder.path)
    let details = try told.json()["previews"]?[0]?["data"]?["details"]?.array ?? []
    return details.first { $0["title"]?.string == title }.map {
      ($0["joins"]?.array?.count ?? 0, $0["leaves"]?.array?.count ?? 0)
    }
  }
}
