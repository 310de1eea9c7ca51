import JSONSchema
import Jansson
import ShellProtocol

/// The check of one method's params.
struct ParamsCheck {
  private let schema: JSONSchema
  /// Names that the schema knows; nil when it takes others too.
  private let knownNames: Set<String>?

  init(_ method: MethodDefinition, schemas: JSONValue) {
    let closed = Self.closed(method.params)
    knownNames =
      closed["additionalProperties"]?.bool == false
      ? Set((closed["properties"]?.members ?? []).map(\.key)) : nil
    do throws(JSONSchemaError) {
      schema = try JSONSchema(Self.selfContained(closed, schemas))
    } catch {
      preconditionFailure("method '\(method.name)' has a params schema that cannot be compiled: \(error)")
    }
  }

  /// What is wrong with params that were read; nothing, mostly.
  func issues(_ params: JSONValue) -> [WireError.Issue] {
    schema.validate(params).map { WireError.Issue(path: $0.path, LocalizedText(ru: $0.ru, en: $0.en)) }
  }

  /// Refuses params by the names at their top, before a tree is built of them: somebody's ten megabytes for a
  /// parameter that does not exist cost one look. `text` is valid JSON.
  func unknownNames(in text: RawSpan) -> [WireError.Issue] {
    guard let knownNames else { return [] }
    var issues: [WireError.Issue] = []
    for name in TopLevelNames.read(text, atMost: 1_000) where name != "_meta" && !knownNames.contains(name) {
      issues.append(
        .init(
          path: "/\(name.asPointerStep)", LocalizedText(ru: "неизвестный параметр", en: "unknown parameter")))
      if issues.count == 32 { break }
    }
    return issues
  }

  /// Params are an object, and unknown ones are refused unless the method says otherwise.
  static func closed(_ schema: JSONValue) -> JSONValue {
    var closed = schema
    if closed["type"] == nil { closed = closed.setting("type", "object") }
    if closed["additionalProperties"] == nil { closed = closed.setting("additionalProperties", false) }
    return closed
  }

  /// The schema with the shared ones that it names put inside.
  static func selfContained(_ schema: JSONValue, _ shared: JSONValue) -> JSONValue {
    let rewritten = rewritten(schema)
    guard rewritten != schema else { return schema }
    let definitions = (shared.members ?? []).map { ($0.key, Self.rewritten($0.value)) }
    return rewritten.setting("$defs", JSONValue(members: definitions))
  }

  private static func rewritten(_ schema: JSONValue) -> JSONValue {
    let prefix = "#/components/schemas/"
    if let members = schema.members {
      return JSONValue(
        members: members.map { name, value in
          guard name == "$ref", let target = value.string, target.hasPrefix(prefix) else {
            return (name, rewritten(value))
          }
          return (name, JSONValue("#/$defs/" + target.dropFirst(prefix.count)))
        })
    }
    if let elements = schema.array { return JSONValue(elements.map(rewritten)) }
    return schema
  }
}

/// Reads the names at the top of an object's text, and passes over their values. The text is valid JSON.
enum TopLevelNames {
  static func read(_ text: RawSpan, atMost limit: Int) -> [String] {
    unsafe text.withUnsafeBytes { bytes in
      var names: [String] = []
      var depth = 0
      var at = 0
      var isName = true
      while at < bytes.count, names.count < limit {
        switch unsafe bytes[at] {
        case UInt8(ascii: "\""):
          let start = at + 1
          at = start
          while at < bytes.count, unsafe bytes[at] != UInt8(ascii: "\"") {
            at += unsafe bytes[at] == UInt8(ascii: "\\") ? 2 : 1
          }
          if depth == 1, isName, at < bytes.count {
            unsafe names.append(name(UnsafeRawBufferPointer(rebasing: bytes[start..<at])))
            isName = false
          }
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        case UInt8(ascii: ",") where depth == 1: isName = true
        default: break
        }
        at += 1
      }
      return names
    }
  }

  private static func name(_ bytes: UnsafeRawBufferPointer) -> String {
    let plain = unsafe String(decoding: bytes, as: UTF8.self)
    guard plain.utf8.contains(UInt8(ascii: "\\")) else { return plain }
    // A name with escapes is rare enough to be read by the full parser; it was checked, so it is a string.
    return (try? JSONValue(parsing: "\"\(plain)\""))?.string ?? plain
  }
}
