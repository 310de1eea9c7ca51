import Jansson
import Testing

@testable import JSONSchema

private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

/// Paths and English messages, as "path: message".
private func issues(_ schema: String, _ value: String) throws -> [String] {
  try JSONSchema(json(schema)).validate(json(value)).map { "\($0.path): \($0.en)" }
}

struct JSONSchemaValidationTests {
  @Test(arguments: [
    (#"{}"#, #"[1, {"a": null}]"#), (#"true"#, #"1"#), (#"{"type": "object"}"#, #"{}"#),
    (#"{"type": ["string", "null"]}"#, #"null"#), (#"{"type": "number"}"#, #"1"#),
    (#"{"type": "number"}"#, #"1.5"#),
    (#"{"type": "integer", "minimum": 1, "maximum": 3}"#, #"3"#), (#"{"minimum": 2}"#, #""text""#),
    (#"{"enum": ["a", 1, null, {"b": []}]}"#, #"{"b": []}"#), (#"{"const": 1}"#, #"1"#),
    (#"{"minLength": 3, "maxLength": 3}"#, #""ёжё""#),
    (#"{"type": "array", "minItems": 1, "maxItems": 2}"#, #"[1]"#),
    (#"{"items": {"type": "string"}}"#, #"["a", "b"]"#),
    (#"{"properties": {"a": {"type": "string"}}}"#, #"{"b": 1}"#),
    (#"{"additionalProperties": {"type": "integer"}}"#, #"{"a": 1, "b": 2}"#),
    (#"{"properties": {"a": false}}"#, #"{"b": 1}"#),
    (#"{"propertyNames": {"pattern": "^[a-z]+$"}}"#, #"{"abc": 1}"#),
    (#"{"minProperties": 1, "maxProperties": 1}"#, #"{"a": 1}"#), (#"{"format": "date"}"#, #""2024-02-29""#),
    (#"{"anyOf": [{"type": "string"}, {"minimum": 5}]}"#, #"7"#),
    (#"{"oneOf": [{"type": "string"}, {"type": "integer"}]}"#, #""a""#),
    (##"{"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}"##, ##""x""##),
    (
      ##"{"type": "object", "properties": {"next": {"$ref": "#"}}, "additionalProperties": false}"##,
      ##"{"next": {"next": {}}}"##
    ),
    (
      #"{"title": "t", "description": "d", "default": 1, "examples": [1], "$comment": "c", "deprecated": true}"#,
      #"2"#
    ),
  ])
  func `a value that fits has no issues`(schema: String, value: String) throws {
    #expect(try issues(schema, value) == [])
  }

  @Test(arguments: [
    (#"{"type": "string"}"#, #"1"#, ": expected a string, found an integer"),
    (#"{"type": ["string", "null"]}"#, #"[]"#, ": expected a string or null, found an array"),
    (#"{"type": "integer"}"#, #"1.0"#, ": expected an integer, found a number"),
    (#"{"type": "boolean"}"#, #""true""#, ": expected true or false, found a string"),
    (#"false"#, #"1"#, ": nothing is allowed here"), (#"{"minimum": 1}"#, #"0"#, ": must be at least 1"),
    (#"{"maximum": 1.5}"#, #"2"#, ": must be at most 1.5"),
    (#"{"enum": ["a", "b"]}"#, #""c""#, #": must be one of "a", "b""#),
    (#"{"const": 1}"#, #"2"#, ": must be 1"), (#"{"minLength": 1}"#, #""""#, ": must not be empty"),
    (#"{"maxLength": 2}"#, #""abc""#, ": must have at most 2 characters"),
    (#"{"minItems": 2}"#, #"[1]"#, ": must have at least 2 elements"),
    (#"{"minProperties": 1}"#, #"{}"#, ": must have at least 1 members"),
    (#"{"pattern": "^a$"}"#, #""b""#, ": does not match ^a$"),
    (#"{"format": "phone"}"#, #""89991234567""#, ": expected a number like +79XXXXXXXXX"),
    (#"{"items": {"type": "string"}}"#, #"["a", 1]"#, "/1: expected a string, found an integer"),
    (#"{"required": ["a"]}"#, #"{}"#, "/a: missing member 'a'"),
    (
      #"{"properties": {"a": {}, "b": {}}, "additionalProperties": false}"#, #"{"x": 1}"#,
      "/x: unknown member 'x'; known: a, b"
    ),
    (
      #"{"type": "object", "additionalProperties": false}"#, #"{"x": 1}"#,
      "/x: unknown member 'x'; none is known here"
    ),
    (
      #"{"properties": {"a/b~": {"type": "null"}}}"#, #"{"a/b~": 1}"#,
      "/a~1b~0: expected null, found an integer"
    ),
    (#"{"propertyNames": {"maxLength": 1}}"#, #"{"ab": 1}"#, "/ab: must have at most 1 characters"),
    (
      #"{"additionalProperties": {"type": "integer"}}"#, #"{"a": "1"}"#,
      "/a: expected an integer, found a string"
    ),
    (
      #"{"oneOf": [{"type": "string"}, {"maxLength": 5}]}"#, #""a""#,
      ": fits 2 forms at once, must fit exactly one"
    ),
    (
      #"{"oneOf": [{"type": "string"}, {"type": "object", "required": ["id"]}]}"#, #"{}"#,
      "/id: missing member 'id'"
    ),
    (
      #"{"anyOf": [{"type": "string"}, {"items": {"type": "null"}}]}"#, #"[1]"#,
      "/0: expected null, found an integer"
    ),
  ])
  func `an issue tells where and what`(schema: String, value: String, expected: String) throws {
    #expect(try issues(schema, value) == [expected])
  }

  @Test func `issues are in both languages`() throws {
    let schema = try JSONSchema(
      json(#"{"properties": {"phone": {"type": "string"}}, "additionalProperties": false}"#))
    let found = schema.validate(["phone": 1, "fone": "x"])
    #expect(
      found.map(\.ru) == [
        "ожидается строка, получено: целое число", "неизвестное поле «fone»; известны: phone",
      ])
    #expect(found.map(\.path) == ["/phone", "/fone"])
  }

  @Test func `the number of issues is bounded`() throws {
    let schema = try JSONSchema(json(#"{"items": {"type": "string"}}"#))
    let value = JSONValue((0..<1000).map { JSONValue($0) })
    #expect(schema.validate(value).count == 32)
    #expect(schema.validate(value, limit: 3).count == 3)
  }

  @Test func `a value nested too deep is refused, not followed`() throws {
    let schema = try JSONSchema(json(##"{"items": {"$ref": "#"}}"##))
    var value: JSONValue = []
    for _ in 0..<2000 { value = [value] }
    #expect(schema.validate(value).map(\.en) == ["nested too deep"])
  }

  @Test func `ready-made schemas`() {
    #expect(JSONSchema.anything.validate([1, "x"]).isEmpty)
    #expect(JSONSchema.noMembers.validate([:]).isEmpty)
    #expect(JSONSchema.noMembers.validate(["a": 1]).map(\.path) == ["/a"])
    #expect(JSONSchema.noMembers.validate([]).count == 1)
  }
}

struct JSONSchemaCompilationTests {
  @Test(arguments: [
    (#"1"#, ""), (#"{"type": "text"}"#, "/type"), (#"{"type": []}"#, "/type"),
    (#"{"properties": []}"#, "/properties"),
    (#"{"properties": {"a": 1}}"#, "/properties/a"), (#"{"required": "a"}"#, "/required"),
    (#"{"required": [1]}"#, "/required"), (#"{"enum": []}"#, "/enum"), (#"{"minLength": -1}"#, "/minLength"),
    (#"{"maxItems": 1.5}"#, "/maxItems"), (#"{"minimum": "1"}"#, "/minimum"),
    (#"{"format": "email"}"#, "/format"),
    (#"{"pattern": "("}"#, "/pattern"), (#"{"pattern": 1}"#, "/pattern"), (#"{"oneOf": []}"#, "/oneOf"),
    (##"{"items": [true]}"##, "/items"), (##"{"$ref": "other.json"}"##, "/$ref"),
    (##"{"$ref": "#/$defs/x"}"##, "/$ref"),
    (#"{"uniqueItems": true}"#, "/uniqueItems"), (#"{"allOf": [{}]}"#, "/allOf"),
    (#"{"proprties": {}}"#, "/proprties"),
    (##"{"$ref": "#"}"##, ""), (##"{"anyOf": [{"$ref": "#"}]}"##, ""),
    (##"{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"oneOf": [{"$ref": "#/$defs/a"}]}}}"##, ""),
  ])
  func `what cannot be checked is refused when compiled`(schema: String, pointer: String) throws {
    let error = #expect(throws: JSONSchemaError.self) { try JSONSchema(json(schema)) }
    #expect(error?.pointer == pointer)
  }

  @Test func `a schema that is too deep is refused`() throws {
    var schema: JSONValue = [:]
    for _ in 0..<500 { schema = ["items": schema] }
    #expect(throws: JSONSchemaError.self) { try JSONSchema(schema) }
  }
}

struct SchemaFormatTests {
  @Test(arguments: [
    (SchemaFormat.date, "2025-04-05", true), (.date, "2025-02-29", false), (.date, "2024-02-29", true),
    (.date, "1900-02-29", false), (.date, "2025-13-01", false), (.date, "2025-4-05", false),
    (.date, "05.04.2025", false),
    (.date, "2025-04-05T", false), (.time, "08:00", true), (.time, "24:00", false), (.time, "8:00", false),
    (.time, "08:60", false), (.time, "08-00", false), (.instant, "2025-04-05T08:00:00Z", true),
    (.instant, "2025-04-05T08:00:00.123+03:00", true), (.instant, "2025-04-05T08:00:00", false),
    (.instant, "2025-04-05 08:00:00Z", false), (.instant, "2025-04-05T08:00:00+3", false),
    (.instant, "2025-04-05T08:00:00.Z", false), (.phone, "+79991234567", true),
    (.phone, "+78991234567", false),
    (.phone, "+7999123456", false), (.phone, "+7 (999) 123-45-67", false), (.id, "a-1", true),
    (.id, "", false),
    (.id, "a b", false), (.id, String(repeating: "a", count: 129), false), (.id, "ключ", true),
    (.date, "", false),
    (.instant, "", false),
  ])
  func `formats`(format: SchemaFormat, text: String, fits: Bool) {
    #expect(format.accepts(text) == fits)
  }
}
