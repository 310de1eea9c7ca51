import PluginKit
import ShellTesting
import Synchronization

/// The bench's own plugin: lets in whoever the test names, and opens windows and registries by their names.
final class SignInPlugin: Sendable {
  static let id = "esh-bench"
  private let users = Mutex<[String: JSONValue]>([:])
  private let organization: JSONValue

  init(_ organization: JSONValue) { self.organization = organization }

  func know(_ user: BenchUser) {
    users.withLock { $0[user.login] = user.json.setting("organization", organization) }
  }

  func plugin() throws -> TestPlugin {
    guard let table = unsafe PluginEntry.table(definition, hostMajor: 1) else { throw BenchTrouble("no table") }
    return unsafe TestPlugin(Self.id, manifest: Self.manifest, table: table)
  }

  private var definition: PluginDefinition {
    var plugin = PluginDefinition(id: Self.id)
    let find: @Sendable (Call) throws -> JSONValue = { [self] call throws in
      let login = try call.string("login")
      guard let user = users.withLock({ $0[login] }) else { throw PluginError.notFound("user", login) }
      return ["user": user]
    }
    plugin.service("authentication.verify", find)
    plugin.service("authentication.user", find)
    plugin.service("authentication.organization") { [organization] _ throws -> JSONValue in
      ["organization": organization]
    }
    plugin.command("eshBench.openWindow") { call throws -> Outcome in
      Outcome(effects: [.openWindow(try call.string("window"), arguments: call.params["arguments"] ?? .emptyObject)])
    }
    plugin.command("eshBench.openRegistry") { call throws -> Outcome in
      Outcome(effects: [.openRegistry(try call.string("registry"), tab: call.params["tab"]?.string)])
    }
    return plugin
  }

  private static let manifest: JSONValue = [
    "manifestVersion": 1, "id": JSONValue(id), "version": "1.0.0", "title": ["ru": "Стенд", "en": "Bench"],
    "library": "libBench.so", "abi": ["major": 1, "minor": 0], "provides": ["authentication/1"],
    "contributes": [
      "services": [
        ["name": "authentication.verify"], ["name": "authentication.user"], ["name": "authentication.organization"],
      ],
      "commands": [
        [
          "id": "eshBench.openWindow", "title": ["ru": "Открыть окно", "en": "Open a window"],
          "params": ["type": "object", "properties": ["window": ["type": "string"], "arguments": ["type": "object"]]],
        ],
        [
          "id": "eshBench.openRegistry", "title": ["ru": "Открыть реестр", "en": "Open a registry"],
          "params": ["type": "object", "properties": ["registry": ["type": "string"], "tab": ["type": "string"]]],
        ],
      ],
    ],
  ]
}
