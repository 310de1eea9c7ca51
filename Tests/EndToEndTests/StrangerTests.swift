import Foundation
import Jansson
import Testing

/// Plugins of strangers, one in Swift and one in C, in clients that know neither: a shortcut with a badge, a registry, a
/// window to read, and a column, a button and a form in somebody else's registry.
struct StrangerTests {
  @Test func `I3, I4: plugins of strangers appear on the terminal with no change to it`() throws {
    let folder = try SchoolFolder()
    let host = try HostUnderTest.start(folder, try Examples.both(in: folder))
    try Examples.announce("Каникулы", "С понедельника", through: host)
    let (administrator, pupil) = (try Person.administrator(), try Person.with("pupil"))
    let terminal = try TerminalUnderTest("\(BuildProducts.esh) desktop --data \(folder.path)")
    try terminal.sees("Логин")
    try terminal.press(administrator.login, "Enter", SchoolFolder.password, "Enter")
    try terminal.sees("Объявления · новых: 1")
    try Examples.announce("Субботник", "В субботу", through: host)
    try terminal.sees("Объявления · новых: 2")

    try terminal.goTo("Объявления · новых: 2")
    try terminal.press("Enter")
    try terminal.sees("Каникулы")
    try terminal.goTo("  Каникулы")
    try terminal.press("Enter")
    try terminal.sees("▸ Каникулы")
    try terminal.goTo("<Прочитать>")
    try terminal.press("Enter")
    try terminal.sees("С понедельника")
    try terminal.press("F10")
    try terminal.sees("Объявления · новых: 1")

    try terminal.goTo("    Ученики")
    try terminal.press("Enter")
    try terminal.sees("(Шкафчик)")
    try terminal.press("/", pupil.name, "Enter")
    try terminal.sees("Поиск «\(pupil.name)»: 1")
    try terminal.goTo("  \(pupil.name)")
    try terminal.press("Enter")
    try terminal.goTo("<Шкафчик>")
    try terminal.press("Enter")
    try terminal.sees("Номер")
    try terminal.goTo("Номер")
    try terminal.press("Enter", "C-u", "4217", "Enter")
    try terminal.sees("4217")
    try terminal.goTo("<Сохранить>")
    try terminal.press("Enter")
    try terminal.sees("Поиск «")
    let isShown = try awaited(within: 30) { () -> Bool? in
      let row = try terminal.screen().split(separator: "\n").first { $0.contains("▸ \(pupil.name)") }
      return row?.contains("4217") == true ? true : nil
    }
    let screen = try terminal.screen()
    #expect(isShown == true, "the stranger's column is not on\n\(screen)")
  }

  @Test func `I3, I4: plugins of strangers appear in Neovim with no change to its client`() throws {
    let editor = try Editors.program("nvim", package: "neovim")
    try walk { [editor, "--headless", "--clean", "-u", "NONE", "-c", "luafile \($0)/neovim/test/strangers.lua"] }
  }

  @Test func `I3, I4: plugins of strangers appear in Emacs with no change to its client`() throws {
    let editor = try Editors.program("emacs", package: "emacs-nox")
    try walk {
      [
        editor, "-Q", "--batch", "-L", "\($0)/emacs", "-L", "\($0)/emacs/test", "-l", "\($0)/emacs/test/strangers.el",
      ]
    }
  }

  private func walk(_ command: (String) -> [String]) throws {
    let folder = try SchoolFolder()
    let host = try HostUnderTest.start(folder, try Examples.both(in: folder))
    try Examples.announce("Каникулы", "С понедельника", through: host)
    let pupil = try Person.with("pupil")
    let run = try CommandRun(
      command(Editors.clients),
      environment: [
        "ESH": BuildProducts.esh, "ESH_DATA": folder.path, "ESH_LOGIN": try Person.administrator().login,
        "ESH_PASSWORD": SchoolFolder.password, "ESH_PUPIL": pupil.name,
      ], within: 120)
    let report = try #require(
      run.output.split(separator: "\n").first { $0.hasPrefix("{") }, "\(run.errors)\(run.output)")
    let seen = try JSONValue(parsing: String(report))
    #expect(seen["badge"]?.string?.contains("Объявления · новых: 1") == true)
    #expect(seen["after"]?.string?.contains("новых") == false)
    #expect(seen["row"]?.string?.contains("4217") == true)
    #expect(run.succeeded, "\(run.errors)")
    // What was done in the editor was done in the host that everybody shares.
    let client = try host.client(signedInAs: Person.administrator())
    let page = try client.call("registry/query", ["registry": "pupils", "search": JSONValue(pupil.name)])
    #expect(page["rows"]?[0]?["cells"]?["lockers:number"] == 4217)
  }
}
