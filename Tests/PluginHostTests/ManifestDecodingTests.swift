import JSONSchema
import Jansson
import ShellProtocol
import Testing

@testable import PluginHost

/// Manifests for tests.
enum ManifestSample {
  /// Folder of the manifests that ESh ships, found from this file.
  static var folder: String {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    return parts.joined(separator: "/") + "/Manifests"
  }

  /// The least that a manifest needs, with `members` put over it.
  static func json(_ id: String = "sample", _ members: JSONValue = [:]) -> JSONValue {
    let least: JSONValue = [
      "manifestVersion": 1, "id": JSONValue(id), "version": "1.0.0",
      "title": ["ru": "Пример", "en": "Sample"],
      "library": "libSamplePlugin.so", "abi": ["major": 1, "minor": 0],
    ]
    return least.merging(members)
  }

  static func manifest(_ id: String = "sample", _ members: JSONValue = [:]) throws -> Manifest {
    try Manifest(json(id, members), file: "\(id).json")
  }

  /// One with nothing but contributions.
  static func contributing(_ id: String, _ contributes: JSONValue) throws -> Manifest {
    try manifest(id, ["contributes": contributes])
  }

  static func catalog(_ manifests: [Manifest], disabled: Set<String> = []) -> Catalog {
    var builder = CatalogBuilder(disabled: disabled)
    for manifest in manifests { builder.add(manifest) }
    return builder.build()
  }

  static func text(_ ru: String, _ en: String) -> JSONValue { ["ru": JSONValue(ru), "en": JSONValue(en)] }
}

struct ManifestDecodingTests {
  @Test func `every member is read`() throws {
    let manifest = try ManifestSample.manifest(
      "max-platform",
      [
        "$schema": "manifest.schema.json", "description": "Слова", "concurrency": "parallel",
        "isolation": "any",
        "limits": ["callMs": 5],
        "requires": ["plugins": ["school": ">=0.1.0"], "services": ["authentication/1"]],
        "provides": ["platform.binding/2"],
        "permissions": [
          "views": ["school_v1_people"], "services": ["authentication.user"], "events": ["school.v1.hired"],
          "http": ["@platform", "http://127.0.0.1:*/*"], "context": ["school.open"], "present": true,
        ],
        "contextKeys": ["max.level": ["type": "number", "scope": "all", "default": 3]],
        "publishes": ["views": ["max_platform_v1_bindings"], "events": ["platform.v1.binding"]],
        "contributes": [
          "startMenu": [
            [
              "id": "registries", "title": "Реестры",
              "children": [["id": "chats", "title": "Чаты", "registry": "chats", "tab": "all", "index": 5]],
            ]
          ],
          "shortcuts": [
            [
              "id": "go", "title": "Идти", "icon": "go-there", "command": "max.go", "arguments": ["a": 1],
              "when": "signedIn",
            ]
          ],
          "registries": [["id": "chats", "title": "Чаты", "access": "signedIn"]],
          "tabs": [
            ["registry": "chats", "id": "all", "title": "Все", "table": "max.chats", "selection": "multiple"]
          ],
          "toolbar": [
            [
              "registry": "chats", "tab": "all", "id": "go", "label": "Идти", "style": "danger",
              "command": "max.go",
              "arguments": ["a": "=row"], "row": true, "enabledWhen": "selection.count == 1",
              "why": "Выберите строку",
            ],
            ["registry": "chats", "tab": "all", "id": "refresh", "label": "Обновить", "action": "refresh"],
          ],
          "fields": [
            [
              "registry": "chats", "tab": "all", "id": "level", "label": "Уровень", "type": "number",
              "value": "max.level",
            ]
          ],
          "columns": [
            [
              "registry": "chats", "tab": "all", "column": ["id": "state", "title": "Состояние"],
              "source": ["table": "max.states", "column": "text"], "index": 7, "when": "true",
            ]
          ],
          "windows": [["type": "max.window"]],
          "commands": [
            [
              "id": "max.go", "title": "Идти", "reads": true,
              "params": ["type": "object", "properties": ["a": [:]]],
            ]
          ],
          "services": [["name": "platform.bind", "params": ["type": "object"]]],
          "events": [["name": "school.v1.hired"]],
          "jobs": [
            [
              "name": "platform.poll", "background": true,
              "retry": ["firstMs": 1, "maxMs": 2, "attempts": 3],
            ]
          ],
          "settings": [["key": "max.rate", "title": "Скорость", "type": "number", "default": 30]],
        ],
      ])

    #expect(manifest.id == "max-platform")
    #expect(manifest.tablePrefix == "max_platform_")
    #expect(manifest.version == SemanticVersion(1, 0, 0))
    #expect(manifest.title == LocalizedText(ru: "Пример", en: "Sample"))
    #expect(manifest.abi == Manifest.ABI(major: 1, minor: 0))
    #expect(manifest.concurrency == .parallel)
    #expect(manifest.isolation == .any)
    #expect(manifest.limits == Manifest.Limits(callMs: 5, jobMs: Manifest.Limits.defaultJobMs, memoryMB: 512))
    #expect(manifest.requires.plugins.map(\.id) == ["school"])
    #expect(manifest.requires.services == ["authentication/1"])
    #expect(manifest.provides == ["platform.binding/2"])
    #expect(manifest.permissions.http == ["@platform", "http://127.0.0.1:*/*"])
    #expect(manifest.permissions.present)
    #expect(manifest.contextKeys.map(\.name) == ["max.level"])
    #expect(manifest.contextKeys.first?.defaultValue == 3)
    #expect(manifest.publishes.events == ["platform.v1.binding"])
    #expect(manifest.menuItems.map(\.id) == ["chats"])
    #expect(manifest.menuItems.first?.pointer == "/contributes/startMenu/0/children/0")
    let add = manifest.contributes
    #expect(add.shortcuts.first?.when?.pointer == "/contributes/shortcuts/0/when")
    #expect(add.tabs.first?.selection == .multiple)
    #expect(add.toolbar.map(\.row) == [true, false])
    #expect(add.toolbar.first?.style == .danger)
    #expect(add.fields.first?.value == "max.level")
    #expect(add.columns.first?.id == "state")
    #expect(add.columns.first?.table == "max.states")
    #expect(add.columns.first?.cell == "text")
    #expect(add.columns.first?.index == 7)
    #expect(add.columns.first?.when != nil)
    #expect(add.jobs.first?.retry == Manifest.Job.Retry(firstMs: 1, maxMs: 2, attempts: 3))
    #expect(add.settings.first?.defaultValue == 30)
    #expect(add.events == ["school.v1.hired"])
    #expect(manifest.plainTexts.contains("/description"))
  }

  @Test func `what is absent has its default`() throws {
    let manifest = try ManifestSample.manifest()
    #expect(manifest.concurrency == .serial)
    #expect(manifest.isolation == .inproc)
    #expect(manifest.limits == Manifest.Limits(callMs: 10_000, jobMs: 60_000, memoryMB: 512))
    #expect(
      manifest.permissions
        == Manifest.Permissions(views: [], services: [], events: [], http: [], context: [], tables: [], present: false))
    #expect(manifest.plainTexts.isEmpty)
  }

  @Test func `a command refuses arguments that its schema does not name`() throws {
    let manifest = try ManifestSample.contributing(
      "sample",
      [
        "commands": [
          ["id": "a.none", "title": "x"],
          [
            "id": "a.one", "title": "x",
            "params": ["type": "object", "properties": ["p": ["type": "string"]]],
          ],
          ["id": "a.open", "title": "x", "params": ["type": "object", "additionalProperties": true]],
        ]
      ])
    let found = manifest.contributes.commands.map { $0.schema.validate(["q": 1]).map(\.path) }
    #expect(found == [["/q"], ["/q"], []])
  }

  @Test(
    arguments: [
      (["id": "School"], "/id"), (["id": "-a"], "/id"), (["version": "1.0"], "/version"),
      (["version": "01.0.0"], "/version"),
      (["manifestVersion": 2], "/manifestVersion"), (["title": ["ru": "Только русский"]], "/title/en"),
      (["title": ""], "/title"),
      (["library": "../evil.so"], "/library"), (["library": "plugin.dll"], "/library"),
      (["abi": ["major": 1]], "/abi/minor"),
      (["isolaton": "any"], "/isolaton"), (["limits": ["callMs": 0]], "/limits/callMs"),
      (["requires": ["plugins": ["school": "latest"]]], "/requires/plugins/school"),
      (["provides": ["authentication"]], "/provides/0"),
      (["permissions": ["http": ["ftp://x"]]], "/permissions/http/0"),
      (
        ["contextKeys": ["a.b": ["type": "boolean", "scope": "user", "default": 1]]],
        "/contextKeys/a.b/default"
      ),
      (["contextKeys": ["ab": ["type": "boolean", "scope": "user"]]], "/contextKeys/ab"),
      (["contributes": ["comands": []]], "/contributes/comands"),
      (["contributes": ["commands": [["id": "nodot", "title": "x"]]]], "/contributes/commands/0/id"),
      (
        ["contributes": ["startMenu": [["id": "a", "title": "x", "command": "a.b", "registry": "c"]]]],
        "/contributes/startMenu/0"
      ),
      (
        ["contributes": ["toolbar": [["registry": "a", "tab": "b", "id": "c", "label": "x"]]]],
        "/contributes/toolbar/0"
      ),
    ] as [(JSONValue, String)])
  func `a mistake is named with the file and its place`(members: JSONValue, pointer: String) throws {
    let error = #expect(throws: ManifestError.self) { try ManifestSample.manifest("sample", members) }
    let issue = try #require(error?.issues.first)
    #expect(issue.pointer.hasPrefix(pointer))
    #expect(error?.file == "sample.json")
    #expect(error?.message.ru.hasPrefix("sample.json: /") == true)
    #expect(error?.message.en.isEmpty == false)
  }

  @Test(
    arguments: [
      (
        ["publishes": ["views": ["school_v1_people"]]], "/publishes/views/0",
        "'school_v1_people' must start with sample_v<N>_"
      ),
      (
        ["contributes": ["commands": [["id": "a.b", "title": "x"], ["id": "a.b", "title": "y"]]]],
        "/contributes/commands/1/id", "command 'a.b' is declared twice"
      ),
      (
        ["contributes": ["commands": [["id": "shell.go", "title": "x"]]]], "/contributes/commands/0/id",
        "the name 'shell.go' belongs to the host"
      ),
      (
        ["contextKeys": ["user.id": ["type": "string", "scope": "user"]]], "/contextKeys/user.id",
        "the name 'user.id' belongs to the host"
      ),
      (
        ["contributes": ["events": [["name": "a.b"]]]], "/contributes/events/0/name",
        "the event 'a.b' is not in permissions.events"
      ),
      (
        [
          "contributes": [
            "commands": [["id": "a.b", "title": "x", "params": ["type": "object", "propertys": [:]]]]
          ]
        ],
        "/contributes/commands/0/params/propertys",
        "the keyword 'propertys' is not in the subset that is checked"
      ),
    ] as [(JSONValue, String, String)])
  func `what only the whole can show is refused too`(members: JSONValue, pointer: String, reason: String)
    throws
  {
    let error = #expect(throws: ManifestError.self) { try ManifestSample.manifest("sample", members) }
    let issues = try #require(error).issues
    #expect(issues.map(\.pointer) == [pointer])
    #expect(issues.map(\.reason.en) == [reason])
  }

  @Test func `a menu has at most four levels of groups`() throws {
    var node: JSONValue = ["id": "item", "title": "x", "command": "a.b"]
    for level in 0..<4 { node = ["id": JSONValue("g\(level)"), "title": "x", "children": [node]] }
    #expect(throws: Never.self) { try ManifestSample.contributing("sample", ["startMenu": [node]]) }
    let deeper: JSONValue = ["id": "g", "title": "x", "children": [node]]
    #expect(throws: ManifestError.self) { try ManifestSample.contributing("sample", ["startMenu": [deeper]]) }
  }

  @Test(arguments: ["", "{", "[]", "null", "{\"id\": \"a\", \"id\": \"b\"}", "\u{0}", "{}"])
  func `what is no manifest at all is an error`(text: String) {
    #expect(throws: ManifestError.self) { try Manifest(parsing: Array(text.utf8), file: "x.json") }
  }

  @Test func `a manifest nested without end is refused`() {
    let text = String(repeating: "[", count: 1500) + String(repeating: "]", count: 1500)
    #expect(throws: ManifestError.self) { try Manifest(parsing: Array(text.utf8), file: "x.json") }
  }
}

struct ManifestVersionTests {
  @Test(arguments: [
    ("1.2.0", "1.2.0", true), ("1.2.0", "1.2.1", false), (">=1.2", "1.2.0", true), (">=1.2", "3.0.0", true),
    (">=1.2.5", "1.2.4", false), ("^1.2", "1.9.9", true), ("^1.2", "2.0.0", false), ("^1.2", "1.1.9", false),
    ("^0.2", "0.2.9", true), ("^0.2", "0.3.0", false), ("^0.2.3", "0.2.2", false), ("^0.0.3", "0.0.3", true),
    ("^0.0.3", "0.0.4", false), ("^0", "0.9.0", true), ("^0", "1.0.0", false), ("^0.0", "0.0.9", true),
    ("^0.0", "0.1.0", false), ("^1", "1.0.0", true),
  ])
  func `ranges`(range: String, version: String, fits: Bool) throws {
    #expect(try #require(VersionRange(range)).contains(try #require(SemanticVersion(version))) == fits)
  }

  @Test(arguments: [
    "", "1.2", "=1.2.0", ">= 1.0", "~1.0", "*", "^", "^1.2.3.4", "1.2.x", ">=01.0", "^-1", "1.2.0 ",
  ])
  func `what is no range is refused`(text: String) { #expect(VersionRange(text) == nil) }

  @Test func `versions compare by their parts`() throws {
    let order = ["0.0.9", "0.1.0", "0.10.0", "1.0.0", "1.0.10"].compactMap { SemanticVersion($0) }
    #expect(order == order.sorted())
    #expect(order.map(\.description).last == "1.0.10")
  }

  @Test func `a right stands for its clause wherever access names it`() throws {
    let manifest = try ManifestSample.manifest(
      "notes",
      [
        "rights": ["manage": "'administrator' in roles", "idle": "signedIn"],
        "contributes": [
          "commands": [["id": "notes.add", "title": ManifestSample.text("К", "C"), "access": "@manage"]]
        ],
      ])

    #expect(manifest.contributes.commands[0].access?.text == "'administrator' in roles")
    #expect(manifest.unusedRights == ["idle"])
    #expect(ManifestLint.findings(in: manifest).contains { $0.pointer == "/rights/idle" })
    let catalog = ManifestSample.catalog([manifest])
    let verdict = catalog.command("notes.add")?.rule.verdict { key in
      key == "roles" ? .list([.string("pupil")]) : .boolean(true)
    }
    #expect(verdict == .forbidden)
  }

  @Test func `a right that nobody describes is a fault with its place`() throws {
    let failure = #expect(throws: ManifestError.self) {
      try ManifestSample.contributing(
        "notes", ["commands": [["id": "notes.add", "title": ManifestSample.text("К", "C"), "access": "@manage"]]])
    }
    #expect(failure?.issues.map(\.pointer) == ["/contributes/commands/0/access"])
  }

  @Test func `a tab shows a table of the host only with the permission to`() throws {
    let tab: JSONValue = [
      "registries": [["id": "log", "title": ManifestSample.text("Ж", "L")]],
      "tabs": [["registry": "log", "id": "log", "title": ManifestSample.text("Ж", "L"), "table": "shell.audit"]],
    ]
    let failure = #expect(throws: ManifestError.self) { try ManifestSample.contributing("notes", tab) }
    #expect(failure?.issues.map(\.pointer) == ["/contributes/tabs/0/table"])

    let manifest = try ManifestSample.manifest(
      "notes", ["permissions": ["tables": ["shell.audit"]], "contributes": tab])
    #expect(ManifestSample.catalog([manifest]).owner(ofTable: "shell.audit") == nil)
  }
}
