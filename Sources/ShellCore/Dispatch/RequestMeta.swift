import Jansson
import ShellProtocol

/// What any request may say about itself in the `_meta` member of its params.
package struct RequestMeta: Sendable {
  /// Milliseconds from its arrival in which the caller wants an answer; 1 or more.
  package private(set) var deadlineMs: Int64?
  /// Names one attempt of one change; 1…128 bytes, scoped to the user.
  package private(set) var idempotencyKey: String?
  /// A string or an integer, repeated in each `$/progress`.
  package private(set) var progressToken: JSONValue?
  /// W3C Trace Context, as it came.
  package private(set) var traceparent: String?

  package static let longestKey = 128
  /// A day. Longer deadlines are as good as none.
  static let longestDeadlineMs: Int64 = 86_400_000

  init() {}

  /// Reads a `_meta` member and names everything that is wrong with it.
  init(_ json: JSONValue, issues: inout [WireError.Issue]) {
    guard let members = json.members else {
      issues.append(.init(path: "/_meta", LocalizedText(ru: "должен быть объектом", en: "must be an object")))
      return
    }
    for (name, value) in members {
      let problem: LocalizedText? =
        switch name {
        case "deadlineMs": readDeadline(value)
        case "idempotencyKey": readKey(value)
        case "progressToken": readToken(value)
        case "traceparent": readTraceparent(value)
        default: LocalizedText(ru: "неизвестный параметр", en: "unknown parameter")
        }
      if let problem { issues.append(.init(path: "/_meta/\(name.asPointerStep)", problem)) }
    }
  }

  private mutating func readDeadline(_ value: JSONValue) -> LocalizedText? {
    guard let ms = value.int64, ms >= 1 else {
      return LocalizedText(
        ru: "нужно целое число миллисекунд, не меньше 1", en: "must be an integer of 1 or more")
    }
    deadlineMs = min(ms, Self.longestDeadlineMs)
    return nil
  }

  private mutating func readKey(_ value: JSONValue) -> LocalizedText? {
    guard let key = value.string, (1...Self.longestKey).contains(key.utf8.count) else {
      return LocalizedText(
        ru: "нужна строка от 1 до \(Self.longestKey) байт",
        en: "must be a string of 1…\(Self.longestKey) bytes")
    }
    idempotencyKey = key
    return nil
  }

  private mutating func readToken(_ value: JSONValue) -> LocalizedText? {
    guard value.kind == .string || value.kind == .integer else {
      return LocalizedText(ru: "нужна строка или целое число", en: "must be a string or an integer")
    }
    progressToken = value
    return nil
  }

  private mutating func readTraceparent(_ value: JSONValue) -> LocalizedText? {
    guard let text = value.string else {
      return LocalizedText(ru: "нужна строка", en: "must be a string")
    }
    traceparent = text
    return nil
  }

  /// The trace id of a well-formed `traceparent`; others are ignored, as their specification asks.
  var traceID: String? {
    guard let traceparent, traceparent.utf8.count <= 128 else { return nil }
    let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].utf8.count == 2, parts[1].utf8.count == 32,
      parts[1].utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
      parts[1].contains(where: { $0 != "0" })
    else { return nil }
    return String(parts[1])
  }
}

extension String {
  /// The text as one step of a JSON Pointer.
  var asPointerStep: String {
    guard utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return self }
    var step = ""
    for character in unicodeScalars {
      switch character {
      case "~": step += "~0"
      case "/": step += "~1"
      default: step.unicodeScalars.append(character)
      }
    }
    return step
  }
}
