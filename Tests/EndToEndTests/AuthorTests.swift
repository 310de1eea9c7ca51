import Foundation
import Jansson
import Testing

/// A stranger's way from an empty folder to a plugin on the desktop.
struct AuthorTests {
  @Test(arguments: ["swift", "c"])
  func `I3: esh plugin new makes a whole package under the plugin's own name`(language: String) throws {
    let folder = try SchoolFolder.empty()
    let made = try CommandRun.esh(
      "plugin", "new", "class-notes", "--language", language, "--directory", "\(folder.path)/deep/notes", "--json")
    let answer = try made.json()
    let files = (answer["files"]?.array ?? []).compactMap(\.string)

    #expect(answer["id"] == "class-notes")
    #expect(Set(files).isSuperset(of: [".gitignore", "Makefile", "README.md", "manifests/class-notes.json"]))
    #expect(files.contains(language == "swift" ? "Sources/ClassNotes/Notes.swift" : "src/class_notes.c"))
    #expect(files.contains { $0.lowercased().contains("tests/") })
    for file in files where file != "manifests/manifest.schema.json" {
      let text = try String(contentsOfFile: "\(folder.path)/deep/notes/\(file)", encoding: .utf8)
      #expect(text.range(of: "my.?sample", options: [.regularExpression, .caseInsensitive]) == nil, "\(file)")
      #expect(text.range(of: "@ESH", options: []) == nil, "\(file)")
    }
    let manifest = try JSONValue(
      parsing: String(contentsOfFile: "\(folder.path)/deep/notes/manifests/class-notes.json", encoding: .utf8))
    #expect(manifest["library"] == "libClassNotesPlugin.so")
    #expect(manifest["title"]?["ru"] != nil && manifest["title"]?["en"] != nil)
  }

  @Test func `I3: esh plugin new writes over nothing and refuses names that would not do, each with its reason`() throws
  {
    let folder = try SchoolFolder.empty()
    let kept = try folder.write("mine", to: "mine.txt")
    func refusal(_ name: String, _ more: String...) throws -> String {
      let run = try CommandRun([BuildProducts.esh, "plugin", "new", name] + more)
      #expect(run.end == .status(1), "\(name): \(run.output)")
      return run.errors
    }

    let full = try refusal("notes", "--directory", folder.path)
    #expect(full.contains("не пуста") && full.contains("is not empty"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["mine.txt"])
    #expect(try refusal("notes", "--directory", kept).contains("this is no folder"))
    let place = "\(folder.path)/new"
    #expect(try refusal("org.example.Notes", "--directory", place).contains("org-example-notes"))
    #expect(try refusal("Заметки", "--directory", place).contains("lower-case Latin"))
    #expect(try refusal("school", "--directory", place).contains("«Школа»"))
    #expect(try refusal("testing", "--directory", place).contains("Swift module 'Testing'"))
    #expect(try refusal("plugin-kit", "--directory", place).contains("Swift module 'PluginKit'"))
    #expect(try refusal("shell", "--directory", place).contains("keeps this name for itself"))
    #expect(try refusal("notes", "--directory", place, "--sdk", folder.path).contains("no SDK"))
    #expect(try refusal("notes", "--directory", place, "--sdk", "\(folder.path)/none").contains("no SDK"))
    #expect(!FileManager.default.fileExists(atPath: place))
    let language = try CommandRun.esh("plugin", "new", "notes", "--language", "cobol")
    #expect(language.end == .status(64))
  }

  @Test func `I3, I4: a plugin from the template is worked with in the browser`() throws {
    let folder = try SchoolFolder()
    let place = "\(folder.path)/class-notes"
    let made = try CommandRun.esh("plugin", "new", "class-notes", "--language", "c", "--directory", place)
    #expect(made.succeeded, "\(made.errors)")
    let make = try CommandRun(["/usr/bin/env", "make", "-s", "-C", place])
    #expect(make.succeeded, "\(make.errors)")
    let web = try HostUnderTest.onTheWeb(
      folder,
      [
        "--plugins", BuildProducts.plugins, "--plugins", "\(place)/build", "--manifests", BuildProducts.manifests,
        "--manifests", "\(place)/manifests",
      ])
    let hands = WebPerson(browser: try Browser(at: web), hand: .mouse)
    try hands.signIn(Person.with("employee"))

    try hands.openMenu("Реестры", "Заметки")
    try hands.expectWindow("Заметки")
    try hands.press("Добавить")
    try hands.fill("Заметка", with: "Купить мел")
    try hands.press("Сохранить")

    try hands.expectRow("Купить мел")
    let client = try web.host.client(signedInAs: Person.with("employee"))
    #expect(try client.registry("class-notes").map { $0["cells"]?["text"] } == ["Купить мел"])
    let listed = try client.call("plugin/list").array?.first { $0["id"] == "class-notes" }
    #expect(listed?["state"] == "active")
  }

  /// The guide's own commands; the plugin in C is built and tested against this checkout.
  @Test func `I3: the guide leads from an empty folder to a plugin in C on the desktop`() throws {
    let walk = try CommandRun(
      [Self.script, "c"], environment: ["ESH_BIN": BuildProducts.plugins], within: 300)
    #expect(walk.succeeded, "\(walk.output)\(walk.errors)")
    #expect(walk.output.split(separator: "\n").filter { $0.hasPrefix("passed: ") }.count >= 6, "\(walk.output)")
    #expect(!walk.output.contains("FAILED"))
    #expect(walk.output.contains("to the registry on the desktop (c)"))
  }

  /// The same in Swift with an ESh that is installed elsewhere, where no link leads back to this checkout.
  @Test func `I3: the guide leads from an empty folder to a plugin in Swift on the desktop of an installed ESh`() throws
  {
    let folder = try SchoolFolder.empty()
    let prefix = "\(folder.path)/usr"
    // What was built for the tests, in place of a release.
    let install = try CommandRun(
      [
        "/usr/bin/env", "make", "-s", "-C", BuildProducts.root, "-o", "release", "install", "PREFIX=\(prefix)",
        "RELEASE=\(BuildProducts.plugins)",
      ], within: 120)
    #expect(install.succeeded, "\(install.errors)")
    let links = try FileManager.default.subpathsOfDirectory(atPath: prefix).filter {
      try FileManager.default.attributesOfItem(atPath: "\(prefix)/\($0)")[.type] as? FileAttributeType
        == .typeSymbolicLink
    }
    #expect(links == [])
    for file in [
      "include/esh/shell_plugin.h", "include/esh/shell_testing.h", "share/esh/manifest.schema.json",
      "lib/esh/libEShTesting.so",
    ] {
      #expect(FileManager.default.fileExists(atPath: "\(prefix)/\(file)"), "\(file)")
    }

    let walk = try CommandRun([Self.script, "swift"], environment: ["ESH_BIN": "\(prefix)/bin"], within: 1_500)
    #expect(walk.succeeded, "\(walk.output)\(walk.errors)")
    #expect(walk.output.contains("Test run with 8 tests in 1 suite passed"), "\(walk.output)")
    #expect(walk.output.contains("to the registry on the desktop (swift)"))
  }

  private static let script = "\(BuildProducts.root)/Scripts/author-from-nothing"
}
