import Jansson

/// The shapes of what the host answers, for its OpenRPC document: `components/schemas`, by name.
///
/// Results may have more members than these say, since the wire grows by adding; so none is closed.
enum WireSchemas {
  static func ref(_ name: String) -> JSONValue { ["$ref": JSONValue("#/components/schemas/\(name)")] }

  static func list(of name: String) -> JSONValue { ["type": "array", "items": ref(name)] }

  /// Made when a document is first asked for, not when a host starts.
  static var all: [(String, JSONValue)] {
    [
      ("Organization", object(["id": text, "name": text, "timeZone": text])),
      (
        "User",
        object(
          [
            "id": text, "login": text, "displayName": text, "roles": texts, "organization": ref("Organization"),
          ], required: ["id", "login", "displayName", "roles", "organization"])
      ),
      ("SignedIn", object(["user": ref("User"), "desktop": ref("Desktop")], required: ["user", "desktop"])),
      (
        "Desktop",
        object(
          [
            "revision": whole, "shortcuts": list(of: "Item"), "startMenu": list(of: "Node"),
            "windows": list(of: "Window"),
          ], required: ["revision", "shortcuts", "startMenu", "windows"])
      ),
      (
        "Item",
        object(
          [
            "id": text, "title": text, "icon": text, "badge": ["type": "integer", "minimum": 1], "command": text,
            "arguments": ["type": "object"],
          ], required: ["id", "title", "command"])
      ),
      (
        "Node",
        [
          "description": "A submenu, with `children`, or an item.",
          "anyOf": [
            object(
              ["id": text, "title": text, "children": list(of: "Node")], required: ["id", "title", "children"]),
            ref("Item"),
          ],
        ]
      ),
      (
        "Registry",
        object(
          ["id": text, "title": text, "tabs": ["type": "array", "items": object(["id": text, "title": text])]],
          required: ["id", "title", "tabs"])
      ),
      (
        "Command",
        object(
          ["id": text, "title": text, "enabled": flag, "params": ["type": "object"]],
          required: ["id", "title", "enabled", "params"])
      ),
      (
        "Plugin",
        object(
          [
            "id": text, "version": text,
            "state": choice("discovered", "resolved", "active", "failed", "disabled"), "calls": whole,
            "failures": whole, "process": whole, "walls": ["type": "array", "items": choice("calls", "files")],
            "generation": whole, "crashes": whole, "lastCrash": text,
          ], required: ["id", "version", "state"])
      ),
      (
        "Health",
        object(
          [
            "status": choice("ok", "degraded", "failed"), "uptimeSeconds": whole,
            "plugins": ["type": "array", "items": object(["id": text, "state": text], required: ["id", "state"])],
            "queue": object(["pending": whole, "failed": whole], required: ["pending", "failed"]),
            "store": object(["sizeBytes": whole, "schema": ["type": "object"]], required: ["sizeBytes", "schema"]),
          ], required: ["status", "uptimeSeconds", "plugins", "queue", "store"])
      ),
      (
        "Metrics",
        object(
          [
            "counters": ["type": "object", "additionalProperties": whole],
            "methods": ["type": "object", "additionalProperties": ["type": "object"]],
          ], required: ["counters", "methods"])
      ),
    ] + windows + tables + outcomes
  }

  // MARK: - Words

  static let text: JSONValue = ["type": "string"]
  static let texts: JSONValue = ["type": "array", "items": ["type": "string"]]
  static let whole: JSONValue = ["type": "integer"]
  static let flag: JSONValue = ["type": "boolean"]

  static func choice(_ words: String...) -> JSONValue {
    ["type": "string", "enum": JSONValue(words.map { JSONValue($0) })]
  }

  /// An object that may have other members, too.
  static func object(_ properties: JSONValue, required: [String] = []) -> JSONValue {
    var schema: JSONValue = ["type": "object", "properties": properties]
    if !required.isEmpty { schema = schema.setting("required", JSONValue(required.map { JSONValue($0) })) }
    return schema
  }
}
