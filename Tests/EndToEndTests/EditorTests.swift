import Foundation
import Jansson
import Testing

/// The desktop in real editors: each walks through the plugin of its own with a person's keys.
struct EditorTests {
  @Test func `I4: Neovim shows the desktop in buffers and works windows by keys`() throws {
    let editor = try Editors.program("nvim", package: "neovim")
    try walk { [editor, "--headless", "--clean", "-u", "NONE", "-c", "luafile \($0)/neovim/test/walk.lua"] }
  }

  @Test func `I4: Emacs shows the desktop in buffers and works windows by keys`() throws {
    let editor = try Editors.program("emacs", package: "emacs-nox")
    try walk {
      [editor, "-Q", "--batch", "-L", "\($0)/emacs", "-L", "\($0)/emacs/test", "-l", "\($0)/emacs/test/walk.el"]
    }
  }

  /// Clients that know no word of a school: what the host describes is all that there is to show.
  @Test func `Clients for editors hold no word of the domain`() throws {
    let words = [
      "сферум", "ученик", "чат", "класс", "журнал", "урок", "конференц", "sferum", "pupil", "teacher", "lesson",
    ]
    let files = FileManager.default.enumerator(atPath: Editors.clients)?.compactMap { $0 as? String } ?? []
    let sources = files.filter { ($0.hasSuffix(".lua") || $0.hasSuffix(".el")) && !$0.contains("test/") }
    #expect(sources.count > 15)
    for source in sources {
      let text = try String(contentsOfFile: "\(Editors.clients)/\(source)", encoding: .utf8).lowercased()
      for word in words { #expect(!text.contains(word), "\(source) says «\(word)»") }
    }
  }

  private func walk(_ command: (String) -> [String]) throws {
    let folder = try SchoolFolder()
    let (administrator, pupil) = (try Person.administrator(), try Person.with("pupil"))
    let run = try CommandRun(
      command(Editors.clients),
      environment: [
        "ESH": BuildProducts.esh, "ESH_DATA": folder.path, "ESH_LOGIN": administrator.login,
        "ESH_PASSWORD": SchoolFolder.password, "ESH_PUPIL": pupil.name,
      ], within: 120)
    let report = try #require(
      run.output.split(separator: "\n").first { $0.hasPrefix("{") }, "\(run.errors)\(run.output)")
    let seen = try JSONValue(parsing: String(report))
    #expect(seen["person"]?.string == administrator.name)
    #expect(seen["registries"]?.array?.compactMap(\.string).contains("Сферум") == true)
    #expect((seen["commands"]?.int ?? 0) > 50)
    #expect(seen["why"] == "Выберите одну запись")
    #expect(seen["form"] == "Ученик: Изменение")
    #expect(seen["bad_date"]?.string?.hasPrefix("Нет такой даты") == true)
    #expect(seen["title"] == "Ученики")
    #expect(run.succeeded, "\(run.errors)")

    let export = try CommandRun.esh("export", "oneroster", "\(folder.path)/export", "--data", folder.path)
    #expect(export.succeeded, "\(export.errors)")
    let demographics = try String(contentsOfFile: "\(folder.path)/export/demographics.csv", encoding: .utf8)
    #expect(demographics.contains("2012-02-28"), "what was saved in the editor is not in the school")
  }
}

/// The editors of this machine, and our clients in them.
enum Editors {
  static func program(_ name: String, package: String) throws -> String {
    try #require(
      ["/usr/bin/\(name)", "/usr/local/bin/\(name)"].first { FileManager.default.isExecutableFile(atPath: $0) },
      "\(name) is not installed; 'apt-get install \(package)' brings it")
  }

  static let clients = "\(BuildProducts.root)/Clients"
}
