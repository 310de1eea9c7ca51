import PluginKit

/// The platform's plugin as conferences know it: what it is handed is kept, what it tells is what a test says. The real
/// one is tried beside the real platform elsewhere.
enum ToldPlatform {
  static var definition: PluginDefinition {
    var plugin = PluginDefinition(id: "max-platform")
    plugin.migrations = [Migration("handed over and told", tables)]
    plugin.service("platform.conference.put") { call throws in
      try call.write { transaction in
        for conference in call.params["conferences"]?.array ?? [] {
          try transaction.query(
            "INSERT INTO max_platform_put (conference_id, revision, body) VALUES (?, ?, ?)",
            [
              conference["conferenceId"] ?? .null, conference["revision"] ?? .null, JSONValue(conference.text()),
            ])
        }
      }
      return ["accepted": 0, "outdated": 0, "refused": .emptyArray]
    }
    plugin.service("platform.conference.participants") { _ in ["participants": .emptyArray] }
    plugin.service("platform.notify") { call throws in
      try call.write { transaction in
        for notice in call.params["notices"]?.array ?? [] {
          try transaction.query(
            "INSERT INTO max_platform_notices (key, user_id, text) VALUES (?, ?, ?)",
            [notice["key"] ?? .null, notice["userId"] ?? .null, notice["text"] ?? .null])
        }
      }
      return ["accepted": 0]
    }
    plugin.service("platform.conference.tell") { call throws in
      try call.write { try tell($0, call.params) }
      return .emptyObject
    }
    for service in chatServices { plugin.service(service) { _ in .emptyObject } }
    return plugin
  }

  private static func tell(_ transaction: Transaction, _ told: JSONValue) throws {
    let id = told["conferenceId"] ?? .null
    try transaction.query(
      """
      INSERT INTO max_platform_conferences (conference_id, revision, state, reason, link, started_at, finished_at,
        attempts, next_attempt_at)
      VALUES (:id, (SELECT max(revision) FROM max_platform_put WHERE conference_id = :id), :state, :reason, :link,
        :started, :finished, :attempts, :next)
      ON CONFLICT (conference_id) DO UPDATE SET revision = excluded.revision, state = excluded.state, reason = excluded.reason, link = excluded.link,
        started_at = coalesce(excluded.started_at, started_at), finished_at = excluded.finished_at,
        attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at
      """,
      [
        "id": id, "state": told["state"] ?? .null, "reason": told["reason"] ?? .null, "link": told["link"] ?? .null,
        "started": told["startedAt"] ?? .null, "finished": told["finishedAt"] ?? .null,
        "attempts": told["attempts"] ?? 0, "next": told["nextAttemptAt"] ?? .null,
      ])
    try transaction.emit(
      "platform.v1.conferencesChanged", told["all"] == true ? ["all": true] : ["conferenceIds": [id]])
  }

  private static let tables = [
    "CREATE TABLE max_platform_put (n INTEGER PRIMARY KEY, conference_id TEXT, revision INTEGER, body TEXT)",
    "CREATE TABLE max_platform_notices (n INTEGER PRIMARY KEY, key TEXT, user_id TEXT, text TEXT)",
    """
    CREATE TABLE max_platform_conferences (
      conference_id TEXT PRIMARY KEY, revision INTEGER, state TEXT, reason TEXT, call_id TEXT, link TEXT, started_at INTEGER,
      finished_at INTEGER, attempts INTEGER DEFAULT 0, next_attempt_at INTEGER, changed_at INTEGER)
    """,
    "CREATE VIEW max_platform_v1_conferences AS SELECT * FROM max_platform_conferences",
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
  ]

  private static let chatServices = ["put", "remove", "check", "preview", "confirm"].map { "platform.chat.\($0)" }

  static let manifest: JSONValue = [
    "manifestVersion": 1, "id": "max-platform", "version": "0.1.0", "title": ["ru": "Платформа", "en": "Platform"],
    "library": "libMaxPlatformPlugin.so", "abi": ["major": 1, "minor": 0],
    "provides": ["platform.chats/1", "platform.conferences/1"],
    "publishes": [
      "views": ["max_platform_v1_chats", "max_platform_v1_chat_members", "max_platform_v1_conferences"],
      "events": ["platform.v1.chatsChanged", "platform.v1.conferencesChanged"],
    ],
    "contributes": [
      "services": JSONValue(
        (chatServices + [
          "platform.conference.put", "platform.conference.participants", "platform.conference.tell", "platform.notify",
        ]).map { ["name": JSONValue($0)] as JSONValue })
    ],
  ]
}

/// Who is bound: whoever a test binds.
enum ToldBinding {
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
      "registries": [["id": "sferum", "title": ["ru": "Сферум", "en": "Sferum"], "access": "signedIn"]],
      "startMenu": [
        [
          "id": "registries", "title": ["ru": "Реестры", "en": "Registries"], "index": 1,
          "children": [
            ["id": "sferum", "title": ["ru": "Сферум", "en": "Sferum"], "index": 1, "registry": "sferum"]
          ],
        ]
      ],
    ],
  ]
}
