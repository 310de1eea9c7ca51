import Jansson
import ShellProtocol
import Testing
import WhenClause

@testable import PluginHost

/// The desktop as it is shown from manifests alone.
struct ManifestCatalogTests {
  private let catalog: Catalog

  init() throws {
    catalog = ManifestSample.catalog(ManifestFolder.read([ManifestSample.folder]).manifests)
  }

  private func person(_ roles: [String], bound: Bool = false) -> (String) -> WhenValue {
    let catalog = catalog
    return { key in
      switch key {
      case "signedIn": .boolean(true)
      case "roles": .list(roles.map { .string($0) })
      case "sferum.bound": .boolean(bound)
      default: catalog.defaultValue(of: key)
      }
    }
  }

  private func titles(_ nodes: JSONValue?) -> [String] {
    (nodes?.array ?? []).compactMap { $0["title"]?.string }
  }

  @Test func `A3: the Start menu of an administrator`() throws {
    let menu = catalog.startMenu(locale: .ru, context: person(["administrator"]))
    #expect(titles(menu).first == "Реестры")
    #expect(titles(menu).last == "Администрирование")
    let expected = [
      "Сферум", "Сотрудники", "Ученики", "Родители", "Классы", "Группы", "Расписание уроков", "КТП",
    ]
    #expect(Array(titles(menu[0]?["children"]).prefix(8)) == expected)
    let administration = titles(menu[menu.count - 1]?["children"])
    #expect(administration.contains("Настройки организации"))
    let sferum = try #require(menu[0]?["children"]?[0])
    #expect(
      sferum == [
        "id": "sferum", "title": "Сферум", "icon": "sferum", "command": "shell.openRegistry",
        "arguments": ["registry": "sferum"],
      ])
  }

  @Test func `A4: what a pupil may not open is not shown, and empty groups vanish`() {
    let menu = catalog.startMenu(locale: .ru, context: person(["pupil"]))
    #expect(titles(menu) == ["Реестры"])
    #expect(titles(menu[0]?["children"]) == ["Сферум"])
    #expect(catalog.startMenu(locale: .ru) { catalog.defaultValue(of: $0) } == [])
    let registries = catalog.registries(locale: .ru, context: person(["pupil"]))
    let tabs: JSONValue = [
      ["id": "chats", "title": "Чаты"], ["id": "conferences", "title": "Видеоконференции"],
    ]
    #expect(registries == [["id": "sferum", "title": "Сферум", "tabs": tabs]])
  }

  @Test func `A4: shortcuts change with the binding`() {
    let unbound = catalog.shortcuts(locale: .ru, context: person(["employee"]))
    #expect(titles(unbound) == ["Привязать аккаунт к Сферум"])
    let bound = catalog.shortcuts(locale: .ru, context: person(["employee"], bound: true))
    #expect(titles(bound) == ["Сферум", "Перейти в Сферум"])
    #expect(
      titles(catalog.shortcuts(locale: .en, context: person(["pupil"]))) == ["Bind the account to Sferum"])
    #expect(catalog.shortcutKeys == ["signedIn", "sferum.bound"])
    #expect(catalog.startMenuKeys == ["signedIn", "roles"])
  }

  @Test func `B1, B7: the toolbar of the tab «Чаты» follows the binding`() throws {
    let tab = try #require(catalog.registry("sferum")?.tab("chats"))
    func labels(bound: Bool) -> [String] {
      tab.toolbar[.ru].filter { $0.rule.verdict(person(["parent"], bound: bound)) == .allowed }.map(
        \.label.ru)
    }
    #expect(labels(bound: false).contains("Привязать учетную запись"))
    #expect(!labels(bound: false).contains("Отвязать учетную запись"))
    #expect(labels(bound: true).contains("Отвязать учетную запись"))
    #expect(tab.fields[.ru].map(\.label.ru) == ["Телефон, привязанный к Сферум"])
    #expect(tab.owner == "chats")
  }

  @Test func `H: a command's access holds for the command and for every item of it`() throws {
    let command = try #require(catalog.command("school.openSettings"))
    #expect(command.owner == "school")
    #expect(command.rule.verdict(person(["employee"])) == .forbidden)
    #expect(command.rule.verdict(person(["administrator"])) == .allowed)
    let path = ["Администрирование", "Настройки организации"]
    guard case .refused(.forbidden, let item) = catalog.find(startMenu: path, context: person(["pupil"]))
    else {
      Issue.record("a pupil finds the settings")
      return
    }
    #expect(item.command == "school.openSettings")
  }

  @Test(arguments: [
    ["Реестры", "Сферум"], ["registries", "sferum"], ["Registries", "Sferum"], ["реестры", "СФЕРУМ"],
  ])
  func `startMenu open finds nodes by id or title in either language`(path: [String]) {
    guard case .item(let item, tab: nil) = catalog.find(startMenu: path, context: person(["pupil"])) else {
      Issue.record("\(path) leads elsewhere")
      return
    }
    #expect(item.registry == "sferum")
  }

  @Test func `the last step may be a tab`() {
    let context = person(["pupil"])
    guard case .item(_, let tab?) = catalog.find(startMenu: ["Реестры", "Сферум", "Чаты"], context: context)
    else {
      Issue.record("no tab")
      return
    }
    #expect(tab.id == "chats")
    for (path, step) in [([], 0), (["Нет"], 0), (["Реестры", "Нет"], 1), (["Реестры", "Сферум", "Нет"], 2)] {
      guard case .nowhere(step: step) = catalog.find(startMenu: path, context: context) else {
        Issue.record("\(path) leads somewhere")
        continue
      }
    }
    guard case .group(let group) = catalog.find(startMenu: ["Реестры"], context: context) else {
      Issue.record("no group")
      return
    }
    #expect(group.id == "registries")
  }

  @Test func `a shortcut is found by id or title, with how it stands to the person`() throws {
    let unbound = try #require(catalog.find(shortcut: "Перейти в Сферум", context: person(["pupil"])))
    #expect(unbound.verdict == .unavailable)
    let bound = try #require(catalog.find(shortcut: "sferum", context: person(["pupil"], bound: true)))
    #expect(bound.verdict == .allowed)
    #expect(bound.item.registry == "sferum")
    #expect(catalog.find(shortcut: "нет", context: person([])) == nil)
  }

  @Test func `every name knows its owner`() {
    #expect(catalog.provider(of: "authentication/1") == "school")
    #expect(catalog.service("authentication.verify")?.owner == "school")
    #expect(catalog.window("sferum.authorization")?.owner == "sferum-binding")
    #expect(catalog.job("platform.poll")?.background == true)
    #expect(catalog.event("platform.v1.binding")?.owner == "max-platform")
    #expect(catalog.subscribers(of: "platform.v1.binding") == ["sferum-binding"])
    #expect(catalog.contextKey("sferum.bound")?.scope == .user)
    #expect(catalog.defaultValue(of: "sferum.state") == .string("unbound"))
    #expect(catalog.owner(ofTable: "school.pupils") == "school")
    #expect(catalog.command("nobody.knows") == nil)
  }

  @Test func `a plugin that is switched off takes its contributions along`() {
    let manifests = ManifestFolder.read([ManifestSample.folder]).manifests
    let without = ManifestSample.catalog(manifests, disabled: ["max-platform"])
    #expect(without.plugin("sferum-binding")?.state == .disabled)
    #expect(without.registry("sferum") == nil)
    #expect(without.shortcuts(locale: .ru, context: person(["employee"])) == [])
    #expect(without.registry("pupils") != nil)
  }
}

/// The number beside an item.
struct ManifestBadgeTests {
  private let key = "sample.count"

  private func catalog(_ more: JSONValue = [:], others: [Manifest] = []) throws -> Catalog {
    let item: JSONValue = [
      "id": "i", "title": ManifestSample.text("Новое", "News"), "command": "shell.openRegistry",
      "badge": JSONValue(key),
    ]
    let sample: JSONValue = ["contributes": ["shortcuts": [item], "startMenu": [item]]]
    return ManifestSample.catalog(others + [try ManifestSample.manifest("sample", sample.merging(more))])
  }

  private func shown(_ catalog: Catalog, _ value: WhenValue?) -> (shortcut: JSONValue?, item: JSONValue?) {
    let context = { (key: String) -> WhenValue in
      switch key {
      case "signedIn": .boolean(true)
      case self.key: value ?? catalog.defaultValue(of: key)
      default: catalog.defaultValue(of: key)
      }
    }
    return (
      catalog.shortcuts(locale: .ru, context: context)[0]?["badge"],
      catalog.startMenu(locale: .ru, context: context)[0]?["badge"]
    )
  }

  @Test func `an item shows its badge while it is a whole number above zero`() throws {
    let catalog = try catalog(["contextKeys": ["sample.count": ["type": "number", "scope": "user"]]])
    #expect(catalog.plugin("sample")?.state == .resolved)
    #expect(shown(catalog, .number(3)) == (3, 3))
    #expect(shown(catalog, .number(9_007_199_254_740_992)).item == 9_007_199_254_740_992)
    let others: [WhenValue?] = [
      nil, .number(0), .number(-2), .number(2.5), .number(1e300), .number(.nan), .string("3"),
    ]
    for nothing in others {
      #expect(shown(catalog, nothing) == (nil, nil))
    }
    #expect(catalog.shortcutKeys == ["signedIn", "sample.count"])
    #expect(catalog.startMenuKeys == ["signedIn", "sample.count"])
  }

  @Test func `a badge may be a permitted key of another plugin, and is nothing while that one is absent`() throws {
    let permitted: JSONValue = ["permissions": ["context": ["sample.count"]]]
    let owner = try ManifestSample.manifest(
      "owner", ["contextKeys": ["sample.count": ["type": "number", "scope": "all", "default": 2]]])
    #expect(shown(try catalog(permitted, others: [owner]), nil) == (2, 2))
    let alone = try catalog(permitted)
    #expect(alone.plugin("sample")?.state == .resolved)
    #expect(shown(alone, nil) == (nil, nil))
    #expect(try catalog(others: [owner]).plugin("sample")?.state == .failed)
  }
}

/// Merging and sorting with plugins made for the purpose.
struct ManifestMergingTests {
  private let everybody: (String) -> WhenValue = { $0 == "signedIn" ? .boolean(true) : .string("") }

  private func item(_ id: String, _ title: String, index: Int? = nil, _ extra: JSONValue = [:]) -> JSONValue {
    let least: JSONValue = [
      "id": JSONValue(id), "title": ManifestSample.text(title, title), "command": "shell.go",
    ]
    return (index.map { least.setting("index", JSONValue($0)) } ?? least).merging(extra)
  }

  private func group(_ id: String, index: Int? = nil, _ children: [JSONValue]) -> JSONValue {
    let node: JSONValue = [
      "id": JSONValue(id), "title": ManifestSample.text(id, id), "children": JSONValue(children),
    ]
    return index.map { node.setting("index", JSONValue($0)) } ?? node
  }

  private func ids(_ nodes: JSONValue?) -> [String] { (nodes?.array ?? []).compactMap { $0["id"]?.string } }

  @Test func `items sort by index, then title, ё next to е`() throws {
    let names = ["ёлка", "Енот", "ежи", "Яблоко", "абрикос", "Zebra"]
    let items =
      names.enumerated().map { item("i\($0)", $1) } + [
        item("last", "А", index: 200), item("first", "Я", index: 1),
      ]
    let catalog = ManifestSample.catalog([
      try ManifestSample.contributing("a", ["startMenu": JSONValue(items)])
    ])
    let titles = catalog.startMenu(locale: .ru, context: everybody).array?.compactMap { $0["title"]?.string }
    #expect(titles == ["Я", "Zebra", "абрикос", "ежи", "ёлка", "Енот", "Яблоко", "А"])
  }

  @Test func `groups of one id merge at every level; the smallest given index counts`() throws {
    let first = try ManifestSample.contributing(
      "a", ["startMenu": [group("g", [group("inner", [item("x", "x")])]), item("top", "top", index: 50)]])
    let second = try ManifestSample.contributing(
      "b",
      ["startMenu": [group("g", index: 101, [group("inner", [item("y", "y", index: 1)]), item("z", "z")])]])
    let menu = ManifestSample.catalog([second, first]).startMenu(locale: .ru, context: everybody)
    #expect(ids(menu) == ["top", "g"])
    #expect(ids(menu[1]?["children"]) == ["inner", "z"])
    #expect(ids(menu[1]?["children"]?[0]?["children"]) == ["y", "x"])
  }

  @Test
  func `a clause may read another plugin's key only by permission, and never holds without that plugin`()
    throws
  {
    let owner = try ManifestSample.manifest(
      "owner", ["contextKeys": ["owner.open": ["type": "boolean", "scope": "all", "default": true]]])
    let shown: JSONValue = ["contributes": ["startMenu": [item("i", "i", ["when": "owner.open"])]]]
    let reader = try ManifestSample.manifest(
      "reader", shown.setting("permissions", ["context": ["owner.open"]]))
    let thief = try ManifestSample.manifest("thief", shown)

    let both = ManifestSample.catalog([owner, reader])
    let menu = both.startMenu(locale: .ru) { $0 == "signedIn" ? .boolean(true) : both.defaultValue(of: $0) }
    #expect(ids(menu) == ["i"])

    let alone = ManifestSample.catalog([reader])
    #expect(alone.plugin("reader")?.state == .resolved)
    #expect(alone.startMenu(locale: .ru) { _ in .boolean(true) } == [])

    let stolen = ManifestSample.catalog([owner, thief])
    #expect(stolen.plugin("thief")?.state == .failed)
    #expect(stolen.plugin("thief")?.error?.en.contains("belongs to plugin 'owner'") == true)
  }

  @Test func `a contribution to something absent is left out with a warning`() throws {
    let text = ManifestSample.text("а", "a")
    let catalog = ManifestSample.catalog([
      try ManifestSample.contributing(
        "a",
        [
          "startMenu": [
            item("i", "i", ["command": "gone.command"]), ["id": "r", "title": text, "registry": "gone"],
          ],
          "tabs": [["registry": "gone", "id": "t", "title": text]],
          "toolbar": [["registry": "gone", "tab": "other", "id": "b", "label": text, "action": "refresh"]],
        ])
    ])
    #expect(catalog.plugin("a")?.state == .resolved)
    #expect(catalog.warnings.count == 4)
    #expect(catalog.startMenu(locale: .ru, context: everybody) == [])
  }

  @Test func `a button of one tab does not answer to the name of another tab's in the same registry`() throws {
    let text = ManifestSample.text("а", "a")
    func plugin(_ id: String, _ more: JSONValue = .emptyObject) throws -> Manifest {
      try ManifestSample.contributing(
        id,
        more.merging([
          "tabs": [["registry": "r", "id": JSONValue("tab-\(id)"), "title": text]],
          "toolbar": [
            ["registry": "r", "tab": JSONValue("tab-\(id)"), "id": "add", "label": text, "action": "refresh"]
          ],
        ]))
    }
    let home = try plugin("home", ["registries": [["id": "r", "title": text, "access": "signedIn"]]])
    let catalog = ManifestSample.catalog([home, try plugin("guest")])
    #expect(catalog.plugin("home")?.error?.en == "button 'r/add' is declared by 'guest' and by 'home'")
  }

  @Test func `tabs and buttons of several plugins stand in one registry in order`() throws {
    let text = ManifestSample.text("а", "a")
    let home = try ManifestSample.contributing(
      "home",
      [
        "registries": [["id": "r", "title": text, "access": "signedIn"]],
        "tabs": [["registry": "r", "id": "own", "title": text, "index": 20]],
      ])
    let guest = try ManifestSample.contributing(
      "guest",
      [
        "tabs": [["registry": "r", "id": "guest", "title": text, "index": 10, "access": "'x' in roles"]],
        "commands": [["id": "guest.go", "title": text, "access": "'x' in roles"]],
        "toolbar": [
          ["registry": "r", "tab": "own", "id": "z", "label": text, "index": 2, "action": "refresh"],
          [
            "registry": "r", "tab": "own", "id": "y", "label": text, "index": 1, "command": "guest.go",
            "enabledWhen": "selection.count == 1", "why": text,
          ],
        ],
      ])
    let registry = try #require(ManifestSample.catalog([guest, home]).registry("r"))
    #expect(registry.tabs[.ru].map(\.id) == ["guest", "own"])
    #expect(registry.visibleTabs(locale: .ru, context: everybody).map(\.id) == ["own"])
    let buttons = try #require(registry.tab("own")).toolbar[.en]
    #expect(buttons.map(\.id) == ["y", "z"])
    #expect(buttons.map { $0.rule.verdict(everybody) } == [.forbidden, .allowed])
    #expect(buttons.map { $0.enabledWhen.evaluate { _ in .number(1) } } == [true, true])
    #expect(buttons.map { $0.enabledWhen.evaluate { _ in .number(0) } } == [false, true])
  }
}
