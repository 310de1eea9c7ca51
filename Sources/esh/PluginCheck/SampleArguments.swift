import JSONSchema
import Jansson

/// Arguments made from a schema: what a person, a script or a careless client may send and the host lets through.
struct SampleArguments {
  private let root: JSONValue
  private let compiled: JSONSchema?
  private static let maxDepth = 6
  /// Characters of a long text where the schema sets no bound.
  private static let longText = 4096

  /// How a value is made where the schema leaves a choice.
  private enum Taste: CaseIterable {
    /// As little as possible.
    case least
    /// Everything, ordinary values.
    case full
    /// Everything, as large as it may be.
    case most
    /// Texts that are no words: quotes, an emoji, a zero width space.
    case odd
  }

  init(_ schema: JSONValue) {
    root = schema
    // try?: a manifest with a schema that does not compile was refused before.
    compiled = try? JSONSchema(schema)
  }

  /// Different values that the schema takes, the fullest first. Empty when none could be made.
  var values: [JSONValue] {
    var found: [JSONValue] = []
    for taste in [Taste.full, .least, .most, .odd] {
      let value = make(root, taste, depth: 0)
      guard compiled?.validate(value, limit: 1).isEmpty ?? true, !found.contains(value) else { continue }
      found.append(value)
    }
    return found
  }

  private func make(_ schema: JSONValue, _ taste: Taste, depth: Int) -> JSONValue {
    guard depth < Self.maxDepth else { return .null }
    if let reference = schema["$ref"]?.string { return make(resolve(reference), taste, depth: depth + 1) }
    if let value = schema["const"] { return value }
    if let options = schema["enum"]?.array, let first = options.first, let last = options.last {
      return taste == .most ? last : first
    }
    for keyword in ["anyOf", "oneOf"] {
      guard let options = schema[keyword]?.array, let first = options.first, let last = options.last else { continue }
      return make(taste == .most ? last : first, taste, depth: depth + 1)
    }
    switch type(schema, taste) {
    case "object": return object(schema, taste, depth)
    case "array": return array(schema, taste, depth)
    case "string": return JSONValue(text(schema, taste))
    case "integer": return JSONValue(Int64(number(schema, taste)))
    case "number": return JSONValue(number(schema, taste))
    case "boolean": return JSONValue(taste != .least)
    case "null": return .null
    default: return schema["properties"] == nil ? .emptyObject : object(schema, taste, depth)
    }
  }

  private func type(_ schema: JSONValue, _ taste: Taste) -> String {
    if let type = schema["type"]?.string { return type }
    let types = (schema["type"]?.array ?? []).compactMap(\.string)
    if taste == .least, types.contains("null") { return "null" }
    return types.first { $0 != "null" } ?? types.first ?? ""
  }

  private func resolve(_ reference: String) -> JSONValue {
    guard reference != "#" else { return root }
    return root["$defs"]?[String(reference.split(separator: "/").last ?? "")] ?? .emptyObject
  }

  private func object(_ schema: JSONValue, _ taste: Taste, _ depth: Int) -> JSONValue {
    let required = Set((schema["required"]?.array ?? []).compactMap(\.string))
    let members = (schema["properties"]?.members ?? []).filter { taste != .least || required.contains($0.key) }
    return JSONValue(members: members.map { ($0.key, make($0.value, taste, depth: depth + 1)) })
  }

  private func array(_ schema: JSONValue, _ taste: Taste, _ depth: Int) -> JSONValue {
    let least = schema["minItems"]?.int ?? 0
    let count = taste == .least ? least : max(least, min(schema["maxItems"]?.int ?? 2, taste == .most ? 64 : 2))
    return JSONValue((0..<count).map { _ in make(schema["items"] ?? .emptyObject, taste, depth: depth + 1) })
  }

  private func number(_ schema: JSONValue, _ taste: Taste) -> Double {
    let (least, most) = (schema["minimum"]?.double, schema["maximum"]?.double)
    switch taste {
    case .least: return least ?? min(0, most ?? 0)
    case .full: return max(least ?? 1, min(most ?? 1, 1))
    case .most: return most ?? max(least ?? 0, 9_007_199_254_740_991)
    case .odd: return least ?? min(most ?? -1, -1)
    }
  }

  private func text(_ schema: JSONValue, _ taste: Taste) -> String {
    let least = schema["minLength"]?.int ?? 0
    let most = schema["maxLength"]?.int ?? Self.longText
    let special = [
      "date": "2026-09-01", "time": "08:30", "instant": "2026-09-01T08:30:00+03:00", "phone": "+79001234567",
      "id": "c1",
    ]
    if let word = schema["format"]?.string.flatMap({ special[$0] }) { return word }
    if schema["pattern"] != nil { return patterned(schema) }
    let words =
      switch taste {
      case .least: ""
      case .full: "c1"
      case .most: String(repeating: "я", count: min(most, Self.longText))
      case .odd: "'); -- \"\u{200B}🦉\\%s{}"
      }
    let padded = words.count < least ? words + String(repeating: "x", count: least - words.count) : words
    return String(padded.prefix(most))
  }

  /// A text that an expression takes, among those that are usual; the whole value is checked afterwards.
  private func patterned(_ schema: JSONValue) -> String {
    let candidates = [
      "c1", "1", "a", "A", "abc", "2026-09-01", "08:30", "+79001234567", "2026", "2026/2027", "a@example.org",
      "01.09.2026",
      "7А", "https://example.org/", "0000000000000000", "00:00", "a.b", "a-b", "notes.all", "",
    ]
    let check = try? JSONSchema(schema.removing("description"))
    return candidates.first { check?.validate(JSONValue($0), limit: 1).isEmpty ?? false } ?? "c1"
  }

  // MARK: What no schema takes

  /// Objects with these members in which every value is of another type than anybody expects.
  static func broken(_ names: [String]) -> [JSONValue] {
    let values: [JSONValue] = [-1, [[], ["x": .null]], "", .null]
    var found = values.map { value in JSONValue(members: names.map { ($0, value) }) }
    if !names.isEmpty { found.append(["nobody-expects-this": ["deep": [1, [2, [3]]]]]) }
    return found
  }
}
