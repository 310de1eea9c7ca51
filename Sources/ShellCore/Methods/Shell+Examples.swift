import Jansson
import ShellProtocol

/// What `rpc.discover` says beyond the methods: the commands of plugins, and examples of calls with registries, menus
/// and shortcuts that are really there for whoever asks. On the desk.
extension Shell {
  /// `[{name, title, enabled, params}]` of the commands that the session may run.
  func commandsForDocument(_ conversation: Conversation) -> JSONValue {
    guard let session = conversation.context as? DesktopSession else { return .emptyArray }
    let commands = catalog.commands(session.clauseContext()).array ?? []
    return JSONValue(commands.map { $0.removing("id").setting("name", $0["id"] ?? "") })
  }

  /// By method; nothing for somebody who is not signed in. A new connection opens its first window as "w1" and its first
  /// subscription as "s1", so examples can name them.
  func liveExamples(_ conversation: Conversation) -> [String: [MethodDefinition.Example]] {
    guard let session = conversation.context as? DesktopSession, session.signedIn != nil else { return [:] }
    var examples = Self.plainExamples
    let context = session.clauseContext()
    if let shortcut = catalog.shortcuts(context)[0]?["id"] {
      examples["shortcut/open"] = [
        .init("the first shortcut", params: ["id": shortcut], result: Self.done, isShape: true)
      ]
    }
    if session.signedIn?.isAdministrator == true, let plugin = plugins.statuses().first?.id {
      let off: JSONValue = ["plugin": JSONValue(plugin)]
      examples["plugin/disable"] = [.init("switch a plugin off", params: off, result: [:])]
      examples["plugin/enable"] = [
        .init("and on again", params: off, result: [:], after: [.init("plugin/disable", off)])
      ]
      examples["plugin/reload"] = [
        .init("after its library was built anew", params: off, result: ["generation": 2], isShape: true)
      ]
    }
    if let door = Door(catalog, context) { examples.merge(door.examples) { $1 } }
    return examples
  }

  private static let done: JSONValue = ["effects": []]

  /// What needs nothing but a sign-in.
  private static var plainExamples: [String: [MethodDefinition.Example]] {
    func shape(_ name: String, _ result: JSONValue) -> [MethodDefinition.Example] {
      [.init(name, result: result, isShape: true)]
    }
    return [
      "desktop/get": shape("the desktop", ["revision": 2, "shortcuts": [], "startMenu": [], "windows": []]),
      "command/list": shape("all commands", []), "registry/list": shape("all registries", []),
      "plugin/list": shape("all plugins", []), "metrics/get": shape("the numbers", ["counters": [:], "methods": [:]]),
      "session/logout": [.init("sign out", result: [:])],
      "health/get": shape(
        "a host that is well",
        [
          "status": "ok", "uptimeSeconds": 60, "plugins": [], "queue": ["pending": 0, "failed": 0],
          "store": ["sizeBytes": 4096, "schema": [:]],
        ]),
    ]
  }

  /// A registry that can be opened from the Start menu, and what can be done there without knowing more of it.
  private struct Door {
    let registry: String
    let path: [String]
    let tab: String
    let table: String

    init?(_ catalog: DesktopCatalog, _ context: ClauseContext) {
      for (item, path) in Self.items(catalog.startMenu(context).array ?? [], []) {
        guard item["command"]?.string == DesktopCatalog.openRegistryCommand,
          let registry = item["arguments"]?["registry"]?.string,
          let content = catalog.registryContent(registry, context: context),
          let table = content[.tables].first(where: { $0["source"]?.string != nil }),
          let id = table["id"]?.string, let tab = table["tab"]?.string
        else { continue }
        (self.registry, self.path, self.tab, self.table) = (registry, path, tab, id)
        return
      }
      return nil
    }

    /// Items of a menu with the titles that lead to them.
    private static func items(_ nodes: [JSONValue], _ path: [String]) -> [(JSONValue, [String])] {
      nodes.flatMap { node -> [(JSONValue, [String])] in
        let way = path + [node["title"]?.string ?? ""]
        guard let children = node["children"]?.array else { return [(node, way)] }
        return items(children, way)
      }
    }

    var examples: [String: [MethodDefinition.Example]] {
      let name = JSONValue(registry)
      let opened = MethodDefinition.Example.Step("startMenu/open", ["path": JSONValue(path.map { JSONValue($0) })])
      func inWindow(_ name: String, _ result: JSONValue, _ more: JSONValue = [:]) -> [MethodDefinition.Example] {
        [
          .init(
            name, params: (["window": "w1"] as JSONValue).merging(more), result: result, after: [opened], isShape: true)
        ]
      }
      let page: JSONValue = ["columns": [], "rows": [], "total": 0, "next": .null]
      let window: JSONValue = [
        "id": "w1", "type": name, "kind": "registry", "title": "", "revision": 1, "modal": false, "fields": [],
        "tabs": [], "tables": [], "buttons": [],
      ]
      return [
        "startMenu/open": [.init("a registry", params: opened.params, result: Shell.done, isShape: true)],
        "command/execute": [
          .init(
            "open a registry by its id",
            params: [
              "command": JSONValue(DesktopCatalog.openRegistryCommand), "arguments": ["registry": name],
            ], result: Shell.done, isShape: true)
        ],
        "registry/query": [
          .init("the first two rows", params: ["registry": name, "limit": 2], result: page, isShape: true)
        ],
        "registry/subscribe": [
          .init("news of a registry", params: ["registry": name], result: ["subscription": "s1"])
        ],
        "registry/unsubscribe": [
          .init(
            "no more news", params: ["subscription": "s1"], result: [:],
            after: [.init("registry/subscribe", ["registry": name])])
        ],
        "window/get": inWindow("an open window", window),
        "window/render": inWindow("as plain text", ["text": ""], ["width": 60]),
        "window/select": inWindow("a tab", Shell.done, ["tab": JSONValue(tab)]),
        "window/close": inWindow("close it", Shell.done),
        "table/query": inWindow("the first rows", page, ["table": JSONValue(table), "limit": 2]),
      ]
    }
  }
}
