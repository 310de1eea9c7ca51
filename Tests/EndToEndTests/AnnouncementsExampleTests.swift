import Foundation
import Glibc
import Jansson
import Testing

/// The worked example in Swift (`Plugins/Examples/Announcements`), as the library that the package builds.
struct AnnouncementsExampleTests {
  @Test func `I2: the example is not there until a host is told of its manifest`() throws {
    let folder = try SchoolFolder()
    let host = try HostUnderTest.start(folder)
    let client = try host.client(signedInAs: Person.administrator())
    let plugins = try client.call("plugin/list").array ?? []
    #expect(plugins.contains { $0["id"] == "school" })
    #expect(!plugins.contains { $0["id"] == "announcements" })
  }

  @Test func `I1, I3: an announcement is told to whoever it is for, by a badge that outlives a crash`() throws {
    let folder = try SchoolFolder()
    let options = try Examples.announcements(in: folder)
    var host = try HostUnderTest.start(folder, options)
    let author = try host.client(signedInAs: Person.administrator())
    var pupil = try host.client(signedInAs: Person.with("pupil"))
    #expect(try pupil.shortcuts().contains("Объявления"))
    #expect(try Self.badge(pupil) == nil)

    let form = try WireClient.only(author.press("Добавить", of: author.openMenu("Реестры", "Объявления", "Все")))
    try author.type("Каникулы", into: "Заголовок", of: form)
    try author.type("С понедельника", into: "Текст", of: form)
    let saved = try author.press("Опубликовать", of: form)
    #expect(saved["effects"]?.array?.contains { $0["type"] == "closeWindow" } == true, "\(saved.text())")

    let told = try pupil.notification("desktop/didChange", within: 20)
    #expect(told?["changed"] == ["shortcuts", "startMenu"])
    #expect(try Self.badge(pupil) == 1)
    let status = try author.call("plugin/list").array?.first { $0["id"] == "announcements" }
    #expect(
      status?["process"] != nil, "a plugin of a third party runs in a process of its own: \(status?.text() ?? "")")
    let item = try pupil.call("desktop/get")["startMenu"]?.array?.first { $0["id"] == "registries" }?["children"]?
      .array?.first { $0["id"] == "announcements" }
    #expect(item?["badge"] == 1)

    host.process.killAndWait()
    host = try HostUnderTest.start(folder, options)
    pupil = try host.client(signedInAs: Person.with("pupil"))
    #expect(try Self.badge(pupil) == 1)
    let registry = try pupil.openShortcut("Объявления")
    let row = try pupil.call("table/query", ["window": JSONValue(registry.id), "table": "mine"])["rows"]?[0]
    #expect(row?["cells"]?["title"] == "Каникулы" && row?["emphasis"] != nil)
    let selection: JSONValue = ["window": JSONValue(registry.id), "table": "mine", "rows": [row?["id"] ?? ""]]
    try pupil.call("window/select", selection)
    let reading = try WireClient.only(pupil.press("Прочитать", of: registry))
    #expect(reading.title == "Каникулы" && reading.text == "С понедельника")
    #expect(try Self.badge(pupil) == nil)
  }

  @Test func `I3: the example is a package of its own: copied elsewhere, built with the SDK alone, and served`() throws
  {
    let folder = try SchoolFolder()
    let place = "\(folder.path)/announcements"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    for part in ["Package.swift", "announcements.json", "Sources", "Entry", "Tests"] {
      try FileManager.default.copyItem(atPath: "\(Examples.folder)/Announcements/\(part)", toPath: "\(place)/\(part)")
    }
    let build = try CommandRun(
      ["/usr/bin/env", "swift", "build", "--package-path", place, "--product", "AnnouncementsPlugin"],
      environment: ["ESH_SDK": "\(BuildProducts.root)/SDK"], within: 1_500)
    #expect(build.succeeded, "\(build.output)\(build.errors)")

    let libraries = try NativePlugin.libraries(in: folder, without: "libAnnouncementsPlugin.so")
    let host = try HostUnderTest.start(
      folder,
      [
        "--plugins", libraries, "--plugins", "\(place)/.build/debug", "--manifests", BuildProducts.manifests,
        "--manifests", place,
      ])
    try Examples.announce("Каникулы", "С понедельника", through: host)
    #expect(try Self.badge(host.client(signedInAs: Person.with("pupil"))) == 1)
  }

  @Test func `I3: the example's manifest has nothing to complain of`() throws {
    // What it does when it runs is tried by the tests beside it, and by those of the check.
    let manifest = "\(Examples.folder)/Announcements/announcements.json"
    let check = try CommandRun.esh("plugin", "check", manifest, "--static", "--json")
    #expect(check.succeeded, "\(check.output)\(check.errors)")
  }

  private static func badge(_ client: WireClient) throws -> JSONValue? {
    let shortcuts = try client.call("desktop/get")["shortcuts"]?.array ?? []
    return try #require(shortcuts.first { $0["id"] == "announcements" }, "no shortcut")["badge"]
  }
}

/// The worked examples, and hosts that have them beside the product's plugins.
enum Examples {
  static let folder = "\(BuildProducts.root)/Plugins/Examples"

  /// Options of a host with the example in Swift, as somebody's who has built it elsewhere: a plugin of a third party.
  static func announcements(in folder: SchoolFolder) throws -> [String] {
    try options(NativePlugin.libraries(in: folder, without: swift), [announcements])
  }

  /// Options of a host with both: no client has heard of either.
  static func both(in folder: SchoolFolder) throws -> [String] {
    let source = try String(contentsOfFile: "\(Self.folder)/Lockers/lockers.c", encoding: .utf8)
    let libraries = try NativePlugin.libraries(in: folder, without: swift)
    try NativePlugin.compile(source, to: "\(libraries)/libLockersPlugin.so", in: folder)
    return try options(libraries, [announcements, "\(Self.folder)/Lockers"])
  }

  private static let swift = "libAnnouncementsPlugin.so"
  private static let announcements = "\(folder)/Announcements"

  private static func options(_ libraries: String, _ manifests: [String]) throws -> [String] {
    try FileManager.default.copyItem(atPath: "\(BuildProducts.plugins)/\(swift)", toPath: "\(libraries)/\(swift)")
    return ["--plugins", libraries] + ([BuildProducts.manifests] + manifests).flatMap { ["--manifests", $0] }
  }

  /// Somebody publishes an announcement for everybody.
  static func announce(_ title: String, _ text: String, through host: HostUnderTest) throws {
    let author = try host.client(signedInAs: Person.with("employee"))
    try author.call(
      "command/execute",
      [
        "command": "announcements.publish",
        "arguments": ["title": JSONValue(title), "text": JSONValue(text), "audience": "all", "until": "2099-12-31"],
      ])
  }
}
