import Jansson

/// Pieces of the methods' parameter schemas.
enum MethodSchemas {
  static let string: JSONValue = ["type": "string"]
  static let id: JSONValue = ["type": "string", "minLength": 1, "maxLength": 256]
  static let anyObject: JSONValue = ["type": "object", "additionalProperties": true]
  static let strings: JSONValue = ["type": "array", "items": ["type": "string"]]

  /// An object with exactly these members.
  static func object(_ properties: [(String, JSONValue)], required: [String] = []) -> JSONValue {
    [
      "type": "object", "properties": JSONValue(members: properties),
      "required": JSONValue(required.map { JSONValue($0) }), "additionalProperties": false,
    ]
  }

  /// What `table/query` and `registry/query` share.
  static let page: [(String, JSONValue)] = [
    ("search", ["type": "string", "maxLength": 200]),
    ("filter", ["type": "object", "additionalProperties": true]),
    (
      "sort",
      [
        "type": "array", "maxItems": 8,
        "items": [
          "type": "object", "properties": ["column": ["type": "string"], "descending": ["type": "boolean"]],
          "required": ["column"], "additionalProperties": false,
        ],
      ]
    ),
    ("after", ["type": ["string", "null"], "maxLength": 4096]),
    ("limit", ["type": "integer", "minimum": 1, "maximum": 500]),
  ]

  static let outcome = WireSchemas.ref("Outcome")
  static let window = WireSchemas.ref("Window")
  static let rows = WireSchemas.ref("Page")
}
