import PluginKit

/// The platform's plugin and the binding's, as the chats know them: what they are handed is kept, what they tell is
/// what a test writes. The real ones are tried beside the real platform elsewhere.
enum StubPlatform {
  static var definition: PluginDefinition {
    var plugin = PluginDefinition(id: "max-platform")
    plugin.migrations = [
      Migration(
        "handed over",
        [
          "CREATE TABLE max_platform_put (n INTEGER PRIMARY KEY, chat_id TEXT, revision INTEGER, body TEXT)",
          "CREATE TABLE max_platform_calls (n INTEGER PRIMARY KEY, service TEXT, body TEXT)",
          """
          CREATE TABLE max_platform_chats (
            chat_id TEXT PRIMARY KEY, state TEXT, reason TEXT, waiting INTEGER DEFAULT 0, held INTEGER DEFAULT 0)
          """,
          """
          CREATE TABLE max_platform_chat_members (
            chat_id TEXT, user_id TEXT, desired INTEGER, actual INTEGER, reason TEXT, since INTEGER)
          """,
          "CREATE VIEW max_platform_v1_chats AS SELECT * FROM max_platform_chats",
          "CREATE VIEW max_platform_v1_chat_members AS SELECT * FROM max_platform_chat_members",
        ])
    ]
    plugin.service("platform.chat.put") { call throws in
      try call.write { transaction in
        for chat in call.params["chats"]?.array ?? [] {
          try transaction.query(
            "INSERT INTO max_platform_put (chat_id, revision, body) VALUES (?, ?, ?)",
            [chat["chatId"] ?? .null, chat["revision"] ?? .null, JSONValue(chat.text())])
        }
      }
      return ["accepted": 0]
    }
    for service in ["remove", "check", "plan", "confirm"].map({ "platform.chat.\($0)" }) {
      plugin.service(service) { call throws in
        _ = try call.write { transaction in
          try transaction.query(
            "INSERT INTO max_platform_calls (service, body) VALUES (?, ?)",
            [JSONValue(service), JSONValue(call.params.text())])
        }
        return .emptyObject
      }
    }
    return plugin
  }

  static let manifest: JSONValue = [
    "manifestVersion": 1, "id": "max-platform", "version": "0.1.0", "title": ["ru": "Платформа", "en": "Platform"],
    "library": "libMaxPlatformPlugin.so", "abi": ["major": 1, "minor": 0], "concurrency": "parallel",
    "provides": ["platform.chats/1"],
    "publishes": [
      "views": ["max_platform_v1_chats", "max_platform_v1_chat_members"], "events": ["platform.v1.chatsChanged"],
    ],
    "contributes": [
      "services": JSONValue(
        ["put", "remove", "check", "plan", "confirm"].map { ["name": JSONValue("platform.chat.\($0)")] as JSONValue }
      )
    ],
  ]
}

enum StubBinding {
  static var definition: PluginDefinition {
    var plugin = PluginDefinition(id: "sferum-binding")
    plugin.migrations = [
      Migration(
        "bindings",
        [
          "CREATE TABLE sferum_binding_all (person_id TEXT PRIMARY KEY, state TEXT)",
          "CREATE VIEW sferum_binding_v1_bindings AS SELECT * FROM sferum_binding_all",
        ])
    ]
    return plugin
  }

  static let manifest: JSONValue = [
    "manifestVersion": 1, "id": "sferum-binding", "version": "0.1.0", "title": ["ru": "Привязка", "en": "Binding"],
    "library": "libSferumBindingPlugin.so", "abi": ["major": 1, "minor": 0],
    "publishes": ["views": ["sferum_binding_v1_bindings"]],
    "contributes": [
      "registries": [["id": "sferum", "title": ["ru": "Сферум", "en": "Sferum"], "access": "signedIn"]]
    ],
  ]
}
